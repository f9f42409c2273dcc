import { g711Table } from '../../audio/g711.ts';
import { inWhole, pcm16 } from './pcm.ts';
import { MAX_RATE_HZ, MIN_RATE_HZ, mixed, type SoundBlock, SoundFault } from './sound.ts';

const CHUNK_HEAD_BYTES = 8;
const RIFF_HEAD_BYTES = 12;
const FMT_BYTES = 16;
/** What may stand before the sound: tags, cue points, a picture. */
const MAX_HEAD_BYTES = 4 * 1024 * 1024;
const MAX_CHANNELS = 8;
/** Length of a chunk whose writer did not know it. */
const UNKNOWN_LENGTH = 0xffff_ffff;

const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
/** WAVE_FORMAT_EXTENSIBLE: the format stands further behind. */
const EXTENSIBLE = 0xfffe;
const SUB_FORMAT_AT = 24;

/** What `fmt ` says. */
interface WavFormat {
  readonly tag: number;
  readonly channels: number;
  readonly rateHz: number;
  readonly bits: number;
}

/** RIFF/WAVE with PCM of 8 to 32 bits, 32-bit floats, or G.711. */
export async function* decodeWav(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<SoundBlock, void, undefined> {
  const reader = new HeadReader(chunks);
  const { format, length } = await readHead(reader);
  const unit = (format.bits >> 3) * format.channels;
  for await (const bytes of inWhole(reader.rest(length), unit))
    yield { rateHz: format.rateHz, samples: mixed(floatsOf(bytes, format), format.channels) };
}

async function readHead(
  reader: HeadReader,
): Promise<{ readonly format: WavFormat; readonly length: number }> {
  const riff = await reader.take(RIFF_HEAD_BYTES);
  if (nameAt(riff, 0) !== 'RIFF' || nameAt(riff, 8) !== 'WAVE') throw fault('there is no RIFF head');
  let format: WavFormat | undefined;
  for (;;) {
    const head = await reader.take(CHUNK_HEAD_BYTES);
    const length = head.readUInt32LE(4);
    if (nameAt(head, 0) === 'data') {
      if (format === undefined) throw fault('the sound stands before its format');
      return { format, length: length === 0 ? UNKNOWN_LENGTH : length };
    }
    // Chunks begin at even places.
    const content = await reader.take(length + (length & 1));
    if (nameAt(head, 0) === 'fmt ') format = readFormat(content);
  }
}

function readFormat(content: Buffer): WavFormat {
  if (content.length < FMT_BYTES) throw fault('its format is cut off');
  const tag = content.readUInt16LE(0);
  const isExtensible = tag === EXTENSIBLE && content.length >= SUB_FORMAT_AT + 2;
  const format = {
    tag: isExtensible ? content.readUInt16LE(SUB_FORMAT_AT) : tag,
    channels: content.readUInt16LE(2),
    rateHz: content.readUInt32LE(4),
    bits: content.readUInt16LE(14),
  };
  const { channels, rateHz } = format;
  if (channels === 0 || channels > MAX_CHANNELS || rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ)
    throw fault('its rate or channels are out of range');
  if (!isKnown(format)) throw fault(`its coding ${String(format.tag)} is not known`);
  return format;
}

function isKnown({ tag, bits }: WavFormat): boolean {
  if (tag === PCM) return bits === 8 || bits === 16 || bits === 24 || bits === 32;
  if (tag === FLOAT) return bits === 32;
  return (tag === A_LAW || tag === MU_LAW) && bits === 8;
}

function floatsOf(bytes: Uint8Array, { tag, bits }: WavFormat): Float32Array {
  if (tag === A_LAW || tag === MU_LAW) {
    const table = g711Table(tag === A_LAW ? 'pcma' : 'pcmu');
    return Float32Array.from(bytes, (code) => (table[code] ?? 0) / 32_768);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length / (bits >> 3);
  const floats = (read: (index: number) => number): Float32Array =>
    Float32Array.from({ length: count }, (_, index) => read(index));
  if (tag === FLOAT) return floats((index) => finite(view.getFloat32(index * 4, true)));
  if (bits === 8) return floats((index) => (view.getUint8(index) - 128) / 128);
  if (bits === 16) return pcm16(bytes);
  if (bits === 24)
    return floats(
      (index) => (view.getUint16(index * 3, true) + view.getInt8(index * 3 + 2) * 65_536) / 8_388_608,
    );
  return floats((index) => view.getInt32(index * 4, true) / 2_147_483_648);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** Takes the head of a file octet by octet, and hands on what follows as it comes. */
class HeadReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #buffered: Buffer = Buffer.alloc(0);
  #taken = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    this.#taken += count;
    if (this.#taken > MAX_HEAD_BYTES) throw fault('its head is too long');
    while (this.#buffered.length < count) {
      const next = await this.#chunks.next();
      if (next.done === true) throw fault('it is cut off');
      this.#buffered = Buffer.concat([this.#buffered, next.value]);
    }
    const taken = this.#buffered.subarray(0, count);
    this.#buffered = this.#buffered.subarray(count);
    return taken;
  }

  async *rest(length: number): AsyncGenerator<Uint8Array, void, undefined> {
    let left = length;
    let chunk: Uint8Array = this.#buffered;
    for (;;) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      if (part.length > 0) yield part;
      left -= part.length;
      if (left <= 0) return;
      const next = await this.#chunks.next();
      if (next.done === true) return;
      chunk = next.value;
    }
  }
}

function nameAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4);
}

function fault(message: string): SoundFault {
  return new SoundFault('unreadable', `the WAV file cannot be read: ${message}`);
}
