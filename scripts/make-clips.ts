/**
 * Makes the clips of the simulated cameras with FFmpeg: a moving test picture with a running clock, H.264
 * baseline with an access unit delimiter before each picture and a key frame each second, and a tone that
 * beeps once a second as G.711 A-law.
 *
 * The lowest two rows of macroblocks are a slice of their own, into which the simulator writes the display of
 * the camera. The picture above must not be predicted from them: while FFmpeg encodes, noise stands there,
 * which no motion vector finds like anything; afterwards the display is blanked. Hence no deblocking either.
 *
 * Run it only to change the clips (`npx tsx scripts/make-clips.ts`); the results are committed.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { splitPictures } from '../bff/simulator/src/media/clip.ts';
import { OsdWriter } from '../bff/simulator/src/media/osd/osd-writer.ts';

interface ClipRecipe {
  readonly name: string;
  readonly source: string;
  /** More filters: what would look like the noise in the display is covered. */
  readonly filters?: string;
  readonly label: string;
  readonly seconds: number;
  readonly framesPerSecond: number;
  readonly toneHz: number;
}

const WIDTH = 640;
const PICTURE_HEIGHT = 336;
const DISPLAY_HEIGHT = 32;
const PICTURE_MACROBLOCKS = (WIDTH / 16) * (PICTURE_HEIGHT / 16);
const COVER = 'drawbox=x=390:y=200:w=170:h=90:color=0x203040:t=fill';
const RECIPES: readonly ClipRecipe[] = [
  {
    name: 'ipc',
    source: 'testsrc2',
    filters: COVER,
    label: 'IPC',
    seconds: 12,
    framesPerSecond: 25,
    toneHz: 440,
  },
  { name: 'nvr-1', source: 'smptehdbars', label: 'NVR 1', seconds: 8, framesPerSecond: 15, toneHz: 523 },
  { name: 'nvr-2', source: 'testsrc', label: 'NVR 2', seconds: 8, framesPerSecond: 15, toneHz: 587 },
  { name: 'nvr-3', source: 'rgbtestsrc', label: 'NVR 3', seconds: 8, framesPerSecond: 15, toneHz: 659 },
  { name: 'nvr-4', source: 'pal75bars', label: 'NVR 4', seconds: 8, framesPerSecond: 15, toneHz: 698 },
];

const folder = fileURLToPath(new URL('../bff/simulator/clips/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const recipe of RECIPES) {
  makeVideo(recipe);
  makeAudio(recipe);
}
const index = RECIPES.map(({ name, seconds, framesPerSecond }) => ({ name, seconds, framesPerSecond }));
writeFileSync(join(folder, 'clips.json'), `${JSON.stringify(index, null, 2)}\n`);

function makeVideo({ name, source, filters = 'null', label, seconds, framesPerSecond }: ClipRecipe): void {
  const rate = String(framesPerSecond);
  const lavfi = (what: string): string[] => ['-f', 'lavfi', '-i', `${what}:rate=${rate}`];
  const text = (content: string, y: string): string =>
    `drawtext=text='${content}':x=24:y=${y}:fontsize=40:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=8`;
  const graph = [
    `[0]${filters},${text(label, '24')},${text('%{pts\\:hms}', '84')}[labelled]`,
    `[labelled][1]overlay=x='mod(t*120,W)':y=312,format=yuv420p[picture]`,
    `[2]format=yuv420p,noise=alls=100:allf=t+u:all_seed=1[noise]`,
    `[picture][noise]vstack=shortest=1`,
  ];
  const x264 = `scenecut=0:aud=1:repeat-headers=1:threads=1:ref=1:no-deblock=1:slice-max-mbs=${String(PICTURE_MACROBLOCKS)}`;
  ffmpeg([
    ...lavfi(`${source}=size=${String(WIDTH)}x${String(PICTURE_HEIGHT)}`),
    ...lavfi('color=red:size=48x12'),
    ...lavfi(`color=gray:size=${String(WIDTH)}x${String(DISPLAY_HEIGHT)}`),
    ...['-filter_complex', graph.join(';'), '-t', String(seconds)],
    ...['-c:v', 'libx264', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p', '-preset', 'veryslow'],
    ...['-crf', '30', '-g', rate, '-keyint_min', rate],
    ...['-x264-params', x264, '-f', 'h264', `${name}.h264`],
  ]);
  const path = join(folder, `${name}.h264`);
  const display = new OsdWriter();
  const pictures = splitPictures(readFileSync(path)).map((picture) => display.picture(picture, ''));
  writeFileSync(path, Buffer.concat(pictures));
}

function makeAudio({ name, seconds, toneHz }: ClipRecipe): void {
  const tone = `sine=frequency=${String(toneHz)}:beep_factor=2:sample_rate=8000:duration=${String(seconds)}`;
  ffmpeg(['-f', 'lavfi', '-i', tone, '-ac', '1', '-c:a', 'pcm_alaw', '-f', 'alaw', `${name}.alaw`]);
}

function ffmpeg(args: readonly string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ffmpeg failed: ${stderr}`);
}
