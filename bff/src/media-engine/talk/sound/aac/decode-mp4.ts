import { open } from 'node:fs/promises';
import { type SoundBlock, SoundFault } from '../sound.ts';
import { BitReader } from './bit-reader.ts';
import { BLOCK_SAMPLES, BlockDecoder } from './block-decoder.ts';
import { boxAt, type Mp4Box } from './mp4-boxes.ts';
import { readTrack } from './mp4-track.ts';
import { faultOf, mayDecode } from './refusal.ts';

const HEAD_BYTES = 16;
const MAX_TOP_BOXES = 1_024;
/** An hour of AAC at 48 kHz has 0.7 MiB of it; a picture may be in it. */
const MAX_MOOV_BYTES = 16 * 1024 * 1024;
const MAX_BLOCK_BYTES = 2 * 768;
const READ_AHEAD_BYTES = 16 * 1024;
/** Blocks in a row that may fail before the sound begins. */
const MAX_FAULTS_BEFORE_SOUND = 1_024;

/** Octets that can be read anywhere. */
export interface RandomBytes {
  readonly length: number;
  /** Octets from `at` on: `count`, or fewer at the end. */
  read(at: number, count: number): Promise<Buffer>;
}

/** AAC-LC in a file of MP4 (ISO/IEC 14496-14), `moov` before or behind the sound. */
export async function* decodeMp4File(path: string): AsyncGenerator<SoundBlock, void, undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = async (at: number, count: number): Promise<Buffer> => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(count, size - at)));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      return buffer.subarray(0, bytesRead);
    };
    yield* decodeMp4({ length: size, read });
  } finally {
    await file.close();
  }
}

/** The same of any octets. Throws SoundFault. */
export async function* decodeMp4(bytes: RandomBytes): AsyncGenerator<SoundBlock, void, undefined> {
  const moov = await findMoov(bytes);
  if (moov === undefined) throw unreadable('there is no moov box');
  if (moov.end - moov.start > MAX_MOOV_BYTES) throw unreadable('its moov box is too long');
  const track = readTrack(await bytes.read(moov.start, moov.end - moov.start));
  if (typeof track === 'string') throw unreadable(track);
  mayDecode(track.config);
  const { rateHz } = track.config;
  const decoder = new BlockDecoder(rateHz);
  const bits = new BitReader();
  const window = new ReadAhead(bytes);
  let isSound = false;
  let faults = 0;
  for (const { at, length } of track.samples) {
    const block = length <= MAX_BLOCK_BYTES ? await window.read(at, length) : undefined;
    bits.open(block ?? new Uint8Array(0));
    const samples = new Float32Array(BLOCK_SAMPLES);
    const fault = decoder.decode(bits, samples);
    if (fault === 'pce') throw faultOf(fault);
    if (fault === undefined) isSound = true;
    else faults += 1;
    if (isSound) yield { rateHz, samples };
    else if (faults > MAX_FAULTS_BEFORE_SOUND) break;
    if (at >= bytes.length) break;
  }
  if (!isSound) throw unreadable('there is no AAC in it');
}

async function findMoov(bytes: RandomBytes): Promise<Mp4Box | undefined> {
  let at = 0;
  for (let count = 0; at < bytes.length && count < MAX_TOP_BOXES; count += 1) {
    const box = boxAt(await bytes.read(at, HEAD_BYTES), at, bytes.length);
    if (box === undefined || box.name === 'moov') return box;
    at = box.end;
  }
  return undefined;
}

/** Reads what lies one behind another in larger pieces. */
class ReadAhead {
  readonly #bytes: RandomBytes;
  #start = 0;
  #held: Buffer = Buffer.alloc(0);

  constructor(bytes: RandomBytes) {
    this.#bytes = bytes;
  }

  async read(at: number, count: number): Promise<Buffer> {
    if (at < this.#start || at + count > this.#start + this.#held.length) {
      this.#start = at;
      this.#held = at < this.#bytes.length ? await this.#bytes.read(at, READ_AHEAD_BYTES) : Buffer.alloc(0);
    }
    return this.#held.subarray(at - this.#start, at - this.#start + count);
  }
}

function unreadable(why: string): SoundFault {
  return new SoundFault('unreadable', `the MP4 file cannot be read: ${why}`);
}
