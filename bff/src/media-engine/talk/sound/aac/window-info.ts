import type { RateBands } from './bands.ts';
import type { BitReader } from './bit-reader.ts';
import type { AacFault } from './fault.ts';

/** window_sequence (table 4.54). */
export const ONLY_LONG = 0;
export const LONG_START = 1;
export const EIGHT_SHORT = 2;
export const LONG_STOP = 3;

const MAX_WINDOWS = 8;
const LONG_COEFFICIENTS = 1024;
const SHORT_COEFFICIENTS = 128;

/** ics_info (§4.4.2.1, table 4.6): how a channel is cut into windows, groups and bands. */
export class WindowInfo {
  readonly #bands: RateBands;
  sequence = ONLY_LONG;
  /** 0: sine; 1: Kaiser-Bessel-derived. */
  shape = 0;
  maxSfb = 0;
  groups = 1;
  readonly groupLengths = new Uint8Array(MAX_WINDOWS);

  constructor(bands: RateBands) {
    this.#bands = bands;
    this.groupLengths[0] = 1;
  }

  get isShort(): boolean {
    return this.sequence === EIGHT_SHORT;
  }

  get windows(): number {
    return this.isShort ? MAX_WINDOWS : 1;
  }

  /** Coefficients of one window. */
  get coefficients(): number {
    return this.isShort ? SHORT_COEFFICIENTS : LONG_COEFFICIENTS;
  }

  /** Where bands begin in a window, with the end of the last. */
  get offsets(): Uint16Array {
    return this.isShort ? this.#bands.short : this.#bands.long;
  }

  get tnsBands(): number {
    return this.isShort ? this.#bands.tnsShort : this.#bands.tnsLong;
  }

  read(bits: BitReader): AacFault | undefined {
    if (bits.readFlag()) return 'reserved';
    this.sequence = bits.read(2);
    this.shape = bits.read(1);
    if (this.isShort) {
      this.maxSfb = bits.read(4);
      this.#readGroups(bits.read(MAX_WINDOWS - 1));
    } else {
      this.maxSfb = bits.read(6);
      this.groups = 1;
      this.groupLengths[0] = 1;
      if (bits.readFlag()) return 'not-lc';
    }
    return this.maxSfb < this.offsets.length ? undefined : 'reserved';
  }

  /** A bit for each window but the first: whether it belongs to the group of the one before. */
  #readGroups(belongs: number): void {
    this.groups = 0;
    for (let window = 0; window < MAX_WINDOWS; window += 1) {
      const joins = window > 0 && ((belongs >> (MAX_WINDOWS - 1 - window)) & 1) === 1;
      if (!joins) {
        this.groupLengths[this.groups] = 0;
        this.groups += 1;
      }
      this.groupLengths[this.groups - 1] = (this.groupLengths[this.groups - 1] ?? 0) + 1;
    }
  }

  copy(other: WindowInfo): void {
    this.sequence = other.sequence;
    this.shape = other.shape;
    this.maxSfb = other.maxSfb;
    this.groups = other.groups;
    this.groupLengths.set(other.groupLengths);
  }
}
