import { bandsAt } from './bands.ts';
import type { BitReader } from './bit-reader.ts';
import { Channel } from './channel.ts';
import type { AacFault } from './fault.ts';
import { FilterBank } from './filter-bank.ts';
import { Noise } from './noise.ts';
import { type Pairing, unpair } from './stereo.ts';
import { ONLY_LONG } from './window-info.ts';

/** Samples of one raw_data_block. */
export const BLOCK_SAMPLES = 1024;
const MAX_BANDS = 8 * 15;
const FULL_SCALE = 32_768;

/** id_syn_ele (table 4.85). */
const SCE = 0;
const CPE = 1;
const DSE = 4;
const PCE = 5;
const FIL = 6;
const END = 7;

/**
 * Decodes raw_data_blocks of AAC-LC (ISO/IEC 14496-3 subpart 4) with one or two channels to one channel. What stands
 * in fill elements, such as SBR, is left out. Never throws: a block that cannot be decoded is silent, so that time goes
 * on, and its fault is counted.
 */
export class BlockDecoder {
  readonly #left: Channel;
  readonly #right: Channel;
  readonly #banks = [new FilterBank(), new FilterBank()] as const;
  readonly #noise = new Noise();
  readonly #midSide = new Uint8Array(MAX_BANDS);
  readonly #mixed = new Float64Array(BLOCK_SAMPLES);
  #channels: 0 | 1 | 2 = 0;
  #channelsBefore: 1 | 2 = 1;

  constructor(rateHz: number) {
    const bands = bandsAt(rateHz);
    this.#left = new Channel(bands);
    this.#right = new Channel(bands);
  }

  /** Reads a block, to the octet behind it, and gives its 1024 samples in −1…1 to `samples`. */
  decode(bits: BitReader, samples: Float32Array): AacFault | undefined {
    this.#channels = 0;
    const fault = this.#readElements(bits);
    bits.align();
    if (fault !== undefined) this.#silence();
    this.#mix(samples);
    return fault;
  }

  #readElements(bits: BitReader): AacFault | undefined {
    while (!bits.overrun) {
      const id = bits.read(3);
      // Its ones cannot lie behind the end, where all is 0.
      if (id === END) return this.#channels === 0 ? 'layout' : undefined;
      const fault = this.#readElement(bits, id);
      if (fault !== undefined) return fault;
    }
    return 'cut-off';
  }

  #readElement(bits: BitReader, id: number): AacFault | undefined {
    switch (id) {
      case SCE:
      case CPE:
        if (this.#channels !== 0) return 'layout';
        bits.skip(4);
        return id === SCE ? this.#readSingle(bits) : this.#readPair(bits);
      case DSE:
        skipData(bits);
        return undefined;
      case FIL:
        skipFill(bits);
        return undefined;
      case PCE:
        return 'pce';
      default:
        return 'layout';
    }
  }

  #readSingle(bits: BitReader): AacFault | undefined {
    const fault = this.#left.read(bits, false);
    if (fault !== undefined) return fault;
    this.#channels = 1;
    this.#noise.fill(this.#left);
    this.#left.tns.apply(this.#left.spectrum, this.#left.info);
    return undefined;
  }

  #readPair(bits: BitReader): AacFault | undefined {
    const isCommon = bits.readFlag();
    const left = this.#left;
    const right = this.#right;
    let mask = 0;
    this.#midSide.fill(0);
    if (isCommon) {
      const fault = left.info.read(bits);
      if (fault !== undefined) return fault;
      right.info.copy(left.info);
      mask = bits.read(2);
      if (mask === 3) return 'reserved';
      const count = left.info.groups * left.info.maxSfb;
      for (let band = 0; band < count; band += 1) this.#midSide[band] = mask === 1 ? bits.read(1) : mask >> 1;
    }
    const fault = left.read(bits, isCommon) ?? right.read(bits, isCommon);
    if (fault !== undefined) return fault;
    this.#channels = 2;
    this.#finishPair(isCommon ? { midSide: this.#midSide, turnsIntensity: mask === 1 } : undefined);
    return undefined;
  }

  #finishPair(pairing: Pairing | undefined): void {
    const left = this.#left;
    const right = this.#right;
    this.#noise.fill(left);
    this.#noise.fillSecond(right, left, this.#midSide);
    if (pairing !== undefined) unpair(left, right, pairing);
    left.tns.apply(left.spectrum, left.info);
    right.tns.apply(right.spectrum, right.info);
  }

  #silence(): void {
    this.#channels = this.#channelsBefore;
    for (const channel of [this.#left, this.#right]) {
      channel.spectrum.fill(0);
      channel.info.sequence = ONLY_LONG;
    }
  }

  #mix(samples: Float32Array): void {
    const channels = this.#channels === 2 ? 2 : 1;
    const gain = 1 / (FULL_SCALE * channels);
    this.#mixed.fill(0);
    this.#banks[0].add(this.#left.spectrum, this.#left.info, this.#mixed, gain);
    if (channels === 2) this.#banks[1].add(this.#right.spectrum, this.#right.info, this.#mixed, gain);
    this.#channelsBefore = channels;
    for (let n = 0; n < BLOCK_SAMPLES; n += 1) samples[n] = Math.min(Math.max(this.#mixed[n] ?? 0, -1), 1);
  }
}

/** data_stream_element (table 4.10). */
function skipData(bits: BitReader): void {
  bits.skip(4);
  const isAligned = bits.readFlag();
  let count = bits.read(8);
  if (count === 255) count += bits.read(8);
  if (isAligned) bits.align();
  bits.skip(8 * count);
}

/** fill_element (table 4.11): padding, or what extends the sound. */
function skipFill(bits: BitReader): void {
  let count = bits.read(4);
  if (count === 15) count += bits.read(8) - 1;
  bits.skip(8 * count);
}
