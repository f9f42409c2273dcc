import { spawnSync } from 'node:child_process';

/** Whether a program of the ffmpeg family can be run here. */
export function hasProgram(name: 'ffmpeg' | 'ffprobe'): boolean {
  return spawnSync(name, ['-version']).status === 0;
}

/** What a clip is made of. */
export interface ClipRecipe {
  readonly video: 'h264' | 'h265';
  readonly videoBps: number;
  readonly audio: 'alaw' | 'mulaw' | 'aac' | 'none';
  readonly seconds: number;
  readonly size: string;
  /** B-frames between two others. */
  readonly bFrames?: number;
}

/** One coded frame: access unit with its delimiter, AAC frame with its ADTS header, or 40 ms of G.711. */
export interface CodedFrame {
  readonly kind: 'video' | 'audio';
  readonly bytes: Buffer;
  readonly key: boolean;
  readonly pts90k: number;
  readonly dts90k: number;
}

const FRAMES_PER_SECOND = 25;
const TICKS_PER_FRAME = 90_000 / FRAMES_PER_SECOND;
const G711_PIECE = 320;
const AAC_RATE_HZ = 16_000;

/** Makes a clip with ffmpeg: a moving test picture and a two-tone sound, 25 frames a second, a key frame in 50. */
export function makeClip(recipe: ClipRecipe): CodedFrame[] {
  const frames = [...videoFrames(recipe), ...audioFrames(recipe)];
  return frames.sort((a, b) => a.dts90k - b.dts90k);
}

function videoFrames({ video, videoBps, seconds, size, bFrames = 0 }: ClipRecipe): CodedFrame[] {
  const kbps = `${String(Math.round(videoBps / 1000))}k`;
  const coder =
    video === 'h264'
      ? ['-c:v', 'libx264', '-bsf:v', 'h264_metadata=aud=insert', '-sc_threshold', '0']
      : [
          '-c:v',
          'libx265',
          '-bsf:v',
          'hevc_metadata=aud=insert',
          '-x265-params',
          `log-level=error:bframes=${String(bFrames)}:scenecut=0`,
        ];
  const bytes = ffmpeg([
    ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${String(FRAMES_PER_SECOND)},noise=alls=12:allf=t`],
    ...[
      '-t',
      String(seconds),
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      '-g',
      '50',
      '-bf',
      String(bFrames),
    ],
    ...coder,
    ...['-b:v', kbps, '-maxrate', kbps, '-bufsize', kbps, '-f', video === 'h264' ? 'h264' : 'hevc', '-'],
  ]);
  const units = splitAtDelimiters(bytes, video);
  return units.map(({ unit, key }, index) => {
    const dts90k = index * TICKS_PER_FRAME;
    return { kind: 'video', bytes: unit, key, pts90k: dts90k, dts90k };
  });
}

function audioFrames({ audio, seconds }: ClipRecipe): CodedFrame[] {
  if (audio === 'none') return [];
  const source = [
    '-f',
    'lavfi',
    '-i',
    'sine=f=440:r=16000,volume=0.5,tremolo=f=3:d=0.6',
    '-t',
    String(seconds),
  ];
  if (audio === 'aac') {
    const adts = ffmpeg([
      ...source,
      '-ar',
      String(AAC_RATE_HZ),
      '-ac',
      '1',
      '-c:a',
      'aac',
      '-b:a',
      '32k',
      '-f',
      'adts',
      '-',
    ]);
    return splitAdts(adts).map((bytes, index) => audioFrame(bytes, (index * 1024 * 90_000) / AAC_RATE_HZ));
  }
  const pcm = ffmpeg([...source, '-ar', '8000', '-ac', '1', '-f', audio, '-']);
  const pieces: CodedFrame[] = [];
  for (let at = 0; at < pcm.length; at += G711_PIECE) {
    pieces.push(audioFrame(pcm.subarray(at, at + G711_PIECE), (at * 90_000) / 8_000));
  }
  return pieces;
}

function audioFrame(bytes: Buffer, time90k: number): CodedFrame {
  return { kind: 'audio', bytes, key: false, pts90k: time90k, dts90k: time90k };
}

function ffmpeg(args: readonly string[]): Buffer {
  const { stdout, stderr, status } = spawnSync('ffmpeg', ['-v', 'error', '-nostdin', ...args], {
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`ffmpeg failed: ${stderr.toString()}`);
  return stdout;
}

/** Divides an Annex B stream at its access unit delimiters. */
export function splitAtDelimiters(
  stream: Buffer,
  codec: 'h264' | 'h265',
): { readonly unit: Buffer; readonly key: boolean }[] {
  const starts: { at: number; key: boolean }[] = [];
  const code = Buffer.from([0, 0, 1]);
  for (let at = stream.indexOf(code); at >= 0; at = stream.indexOf(code, at + 3)) {
    const header = stream[at + 3] ?? 0;
    const type = codec === 'h264' ? header & 0x1f : (header >> 1) & 0x3f;
    const last = starts[starts.length - 1];
    if (type === (codec === 'h264' ? 9 : 35)) {
      starts.push({ at: stream[at - 1] === 0 ? at - 1 : at, key: false });
    } else if (last && (codec === 'h264' ? type === 5 : type >= 16 && type <= 21)) {
      last.key = true;
    }
  }
  return starts.map(({ at, key }, index) => ({ unit: stream.subarray(at, starts[index + 1]?.at), key }));
}

/** Divides an ADTS stream at its frame lengths. */
export function splitAdts(stream: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at + 7 <= stream.length;) {
    const length =
      (((stream[at + 3] ?? 0) & 3) << 11) | ((stream[at + 4] ?? 0) << 3) | ((stream[at + 5] ?? 0) >> 5);
    frames.push(stream.subarray(at, at + length));
    at += length;
  }
  return frames;
}
