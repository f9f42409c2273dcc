import { BitReader } from './bit-reader.ts';
import { rateOfIndex } from './bands.ts';

const HEAD_BYTES = 7;
const CRC_BYTES = 2;
/** What a block may have for each channel (§4.5.3). */
const MAX_BLOCK_BYTES_PER_CHANNEL = 768;
const ID3_HEAD_BYTES = 10;
const LC_PROFILE = 1;

/** An ADTS frame: adts_frame of ISO/IEC 14496-3 annex 1.A. */
export interface AdtsFrame {
  readonly rateHz: number;
  /** channel_configuration; 0 leaves it to a program_config_element. */
  readonly channels: number;
  /** raw_data_blocks in it, 1 to 4. */
  readonly blocks: number;
  /** Each block of several is followed by a CRC of its own. */
  readonly hasBlockCrc: boolean;
  /** What follows the head and its CRC. Valid until more is pushed. */
  readonly payload: Uint8Array;
}

type AdtsHead = Omit<AdtsFrame, 'payload'> & {
  readonly headBytes: number;
  readonly frameBytes: number;
};

/**
 * Cuts octets at ADTS frames. A head is believed when another one that agrees follows its frame, or the sound ends
 * there; otherwise the next one is looked for. Holds one frame and what is pushed at once.
 */
export class AdtsFramer {
  #held: Uint8Array = new Uint8Array(0);
  /** Octets of a tag that are still to be left out. */
  #skip = 0;
  #isStart = true;
  #inSync = false;
  #lost = 0;
  readonly #bits = new BitReader();

  /** Octets that belonged to no frame. */
  get lostBytes(): number {
    return this.#lost;
  }

  /** Octets that wait for more. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** Frames that are whole with these octets. */
  *push(bytes: Uint8Array): Generator<AdtsFrame, void, undefined> {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    yield* this.#cut(false);
    this.#held = Uint8Array.from(this.#held);
  }

  /** What waits, as nothing more will come. */
  *finish(): Generator<AdtsFrame, void, undefined> {
    yield* this.#cut(true);
    this.#lost += this.#held.length;
    this.#held = new Uint8Array(0);
  }

  *#cut(isEnd: boolean): Generator<AdtsFrame, void, undefined> {
    let at = 0;
    for (;;) {
      at += this.#skipTag(at);
      if (this.#held.length - at < ID3_HEAD_BYTES && !isEnd) break;
      if (this.#held.length - at < HEAD_BYTES) break;
      const head = this.#headAt(at);
      const verdict = head === undefined ? 'wrong' : this.#verdict(head, at, isEnd);
      if (verdict === 'wait') break;
      if (head === undefined || verdict === 'wrong') {
        this.#inSync = false;
        const next = this.#held.indexOf(0xff, at + 1);
        const to = next < 0 ? this.#held.length : next;
        this.#lost += to - at;
        at = to;
        continue;
      }
      this.#inSync = true;
      const { rateHz, channels, blocks, hasBlockCrc, headBytes, frameBytes } = head;
      const payload = this.#held.subarray(at + headBytes, at + frameBytes);
      at += frameBytes;
      yield { rateHz, channels, blocks, hasBlockCrc, payload };
    }
    this.#held = this.#held.subarray(at);
  }

  /** An ID3v2 tag may stand before the first frame. Octets to go on. */
  #skipTag(at: number): number {
    const held = this.#held;
    if (this.#isStart && held.length - at >= ID3_HEAD_BYTES) {
      this.#isStart = false;
      if (held[at] === 0x49 && held[at + 1] === 0x44 && held[at + 2] === 0x33) {
        const sevens = held.subarray(at + 6, at + ID3_HEAD_BYTES);
        this.#skip = sevens.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0) + ID3_HEAD_BYTES;
      }
    }
    const count = Math.min(this.#skip, held.length - at);
    this.#skip -= count;
    return count;
  }

  #verdict(head: AdtsHead, at: number, isEnd: boolean): 'right' | 'wrong' | 'wait' {
    const left = this.#held.length - at - head.frameBytes;
    if (left < 0) return isEnd ? 'wrong' : 'wait';
    if (this.#inSync) return 'right';
    if (left < HEAD_BYTES) return isEnd ? 'right' : 'wait';
    const next = this.#headAt(at + head.frameBytes);
    return next?.rateHz === head.rateHz && next.channels === head.channels ? 'right' : 'wrong';
  }

  #headAt(at: number): AdtsHead | undefined {
    const bits = this.#bits;
    bits.open(this.#held.subarray(at, at + HEAD_BYTES));
    if (bits.read(12) !== 0xfff) return undefined;
    bits.skip(1);
    if (bits.read(2) !== 0) return undefined;
    const isUnprotected = bits.readFlag();
    const isLc = bits.read(2) === LC_PROFILE;
    const rateHz = rateOfIndex(bits.read(4));
    bits.skip(1);
    const channels = bits.read(3);
    bits.skip(4);
    const frameBytes = bits.read(13);
    bits.skip(11);
    const blocks = bits.read(2) + 1;
    const hasBlockCrc = !isUnprotected && blocks > 1;
    // With several blocks, a CRC of the head and the places of all but the first stand before them.
    const headBytes = HEAD_BYTES + (isUnprotected ? 0 : CRC_BYTES * blocks);
    const most = headBytes + blocks * (CRC_BYTES + MAX_BLOCK_BYTES_PER_CHANNEL * Math.max(channels, 2));
    if (rateHz === undefined || !isLc || frameBytes < headBytes || frameBytes > most) return undefined;
    return { rateHz, channels, blocks, hasBlockCrc, headBytes, frameBytes };
  }
}
