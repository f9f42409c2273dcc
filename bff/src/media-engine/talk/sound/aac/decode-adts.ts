import { type SoundBlock, SoundFault } from '../sound.ts';
import { type AdtsFrame, AdtsFramer } from './adts.ts';
import { BitReader } from './bit-reader.ts';
import { BLOCK_SAMPLES, BlockDecoder } from './block-decoder.ts';
import { faultOf, mayDecode } from './refusal.ts';

/** A file that has given no sound after so many octets is none; a tag with a picture may stand before. */
const MAX_SILENT_BYTES = 16 * 1024 * 1024;
const CRC_BYTES = 2;

/** AAC-LC in ADTS frames. */
export async function* decodeAdts(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<SoundBlock, void, undefined> {
  const decoder = new FrameDecoder();
  const framer = new AdtsFramer();
  let read = 0;
  for await (const chunk of chunks) {
    read += chunk.length;
    for (const frame of framer.push(chunk)) yield* decoder.decode(frame);
    if (!decoder.isSound && read > MAX_SILENT_BYTES) break;
  }
  for (const frame of framer.finish()) yield* decoder.decode(frame);
  if (!decoder.isSound) throw new SoundFault('unreadable', 'there is no AAC in the file');
}

/** Decodes the blocks of ADTS frames, of which each may have a rate of its own. */
export class FrameDecoder {
  readonly #bits = new BitReader();
  #decoder: BlockDecoder | undefined;
  #rateHz = 0;
  #faults = 0;
  #isSound = false;

  /** Some block was decoded. */
  get isSound(): boolean {
    return this.#isSound;
  }

  /** Blocks that could not be decoded. */
  get faults(): number {
    return this.#faults;
  }

  /** Throws SoundFault for channels that are not taken. */
  *decode(frame: AdtsFrame): Generator<SoundBlock, void, undefined> {
    mayDecode(frame);
    const decoder = this.#decoderFor(frame.rateHz);
    this.#bits.open(frame.payload);
    for (let block = 0; block < frame.blocks; block += 1) {
      const samples = new Float32Array(BLOCK_SAMPLES);
      const fault = decoder.decode(this.#bits, samples);
      if (fault === 'pce') throw faultOf(fault);
      if (fault === undefined) this.#isSound = true;
      else this.#faults += 1;
      if (this.#isSound) yield { rateHz: frame.rateHz, samples };
      // Where the next block begins is not known then.
      if (fault !== undefined) return;
      if (frame.hasBlockCrc) this.#bits.skip(8 * CRC_BYTES);
    }
  }

  #decoderFor(rateHz: number): BlockDecoder {
    if (this.#decoder === undefined || this.#rateHz !== rateHz) {
      this.#decoder = new BlockDecoder(rateHz);
      this.#rateHz = rateHz;
    }
    return this.#decoder;
  }
}
