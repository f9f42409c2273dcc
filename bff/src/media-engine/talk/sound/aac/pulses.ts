import type { BitReader } from './bit-reader.ts';
import type { AacFault } from './fault.ts';
import type { WindowInfo } from './window-info.ts';

const MAX_PULSES = 4;
const COEFFICIENTS = 1024;

/** pulse_data (table 4.7): magnitudes of up to four coefficients that were coded smaller. */
export class Pulses {
  #count = 0;
  readonly #places = new Uint16Array(MAX_PULSES);
  readonly #magnitudes = new Uint8Array(MAX_PULSES);

  clear(): void {
    this.#count = 0;
  }

  read(bits: BitReader, info: WindowInfo): AacFault | undefined {
    if (info.isShort) return 'reserved';
    const count = bits.read(2) + 1;
    const band = bits.read(6);
    if (band >= info.offsets.length) return 'reserved';
    let place = info.offsets[band] ?? 0;
    for (let i = 0; i < count; i += 1) {
      place += bits.read(5);
      if (place >= COEFFICIENTS) return 'reserved';
      this.#places[i] = place;
      this.#magnitudes[i] = bits.read(4);
    }
    this.#count = count;
    return undefined;
  }

  apply(quantised: Int32Array): void {
    for (let i = 0; i < this.#count; i += 1) {
      const place = this.#places[i] ?? 0;
      const value = quantised[place] ?? 0;
      const magnitude = this.#magnitudes[i] ?? 0;
      quantised[place] = value > 0 ? value + magnitude : value - magnitude;
    }
  }
}
