import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { loadClip } from '../../../bff/simulator/src/media/clip.ts';
import { CELL, lit } from '../../../bff/simulator/src/media/osd/font.ts';

const WIDTH = 640;
const HEIGHT = 368;
const BAND_TOP = HEIGHT - CELL.height;
const FRAME_BYTES = (WIDTH * HEIGHT * 3) / 2;
const COLUMNS = WIDTH / CELL.width;
const CHARACTERS = ' 0123456789:-.+PTZ'.split('');
const DECODE_TIMEOUT_MS = 30_000;

/** A decoded picture of the simulator. */
interface SeenPicture {
  /** Of every sample of luma above the line that it shows. */
  readonly hash: string;
  /** The line that it shows. */
  readonly line: string;
}

/** The first pictures of an address or of a file, as FFmpeg decodes them: it must not complain. */
export async function seePictures(source: string | Buffer, howMany: number): Promise<readonly SeenPicture[]> {
  const isAddress = typeof source === 'string';
  const decoded = await decode(
    ['-f', 'flv', '-i', isAddress ? source : '-', '-frames:v', String(howMany)],
    isAddress ? undefined : source,
  );
  assert.equal(decoded.length, howMany * FRAME_BYTES, 'as many pictures as were asked for');
  return Array.from({ length: howMany }, (_, at) =>
    pictureOf(decoded.subarray(at * FRAME_BYTES, (at + 1) * FRAME_BYTES)),
  );
}

/** The pictures are those of a clip of the simulator, to the sample, one after another. */
export async function assertFromClip(seen: readonly SeenPicture[], name: string): Promise<void> {
  const { pictures } = loadClip(name);
  const decoded = await decode(['-f', 'h264', '-i', '-'], Buffer.concat(pictures.map(({ bytes }) => bytes)));
  const hashes = pictures.map((_, at) => hashOf(decoded.subarray(at * FRAME_BYTES, (at + 1) * FRAME_BYTES)));
  const begins = hashes.some((_, begin) =>
    seen.every(({ hash }, at) => hash === hashes[(begin + at) % hashes.length]),
  );
  assert.ok(begins, `${String(seen.length)} pictures that are none of ${name} in its order`);
}

/** When a picture was taken by the clock that it shows, UTC ms. */
export function shownTime({ line }: SeenPicture): number {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(line);
  assert.ok(match, `no clock in "${line}"`);
  return new Date(`${match[1] ?? ''}T${match[2] ?? ''}`).getTime();
}

function pictureOf(frame: Buffer): SeenPicture {
  const line = Array.from({ length: COLUMNS }, (_, column) => characterOf(frame, column)).join('');
  return { hash: hashOf(frame), line: line.trimEnd() };
}

function hashOf(frame: Buffer): string {
  return createHash('sha1')
    .update(frame.subarray(0, WIDTH * BAND_TOP))
    .digest('hex');
}

function characterOf(frame: Buffer, column: number): string {
  const isLit = (x: number, y: number): boolean =>
    (frame[(BAND_TOP + y) * WIDTH + column * CELL.width + x] ?? 0) > 128;
  const isShown = (character: string): boolean => {
    for (let at = 0; at < CELL.width * CELL.height; at += 1) {
      const x = at % CELL.width;
      const y = Math.floor(at / CELL.width);
      if (lit(character, x, y) !== isLit(x, y)) return false;
    }
    return true;
  };
  return CHARACTERS.find(isShown) ?? '?';
}

/** Planes of every picture, one after another. */
async function decode(from: readonly string[], input: Buffer | undefined): Promise<Buffer> {
  const child = spawn(
    'ffmpeg',
    [
      ...['-v', 'warning', '-err_detect', 'explode', ...from, '-an'],
      ...['-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-'],
    ],
    { timeout: DECODE_TIMEOUT_MS },
  );
  const planes: Buffer[] = [];
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => planes.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  // Whoever has seen enough does not read to the end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  assert.deepEqual([code, complaints], [0, '']);
  return Buffer.concat(planes);
}
