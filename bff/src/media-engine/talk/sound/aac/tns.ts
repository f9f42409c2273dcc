import type { BitReader } from './bit-reader.ts';
import type { AacFault } from './fault.ts';
import type { WindowInfo } from './window-info.ts';

const MAX_ORDER_LONG = 12;
const MAX_ORDER_SHORT = 7;
const MAX_FILTERS = 8 * 3;
const STRIDE = MAX_ORDER_LONG + 1;

/** Temporal noise shaping (§4.6.9): filters over the coefficients of a window. */
export class Tns {
  #count = 0;
  readonly #windows = new Uint8Array(MAX_FILTERS);
  /** Bands from `bottoms` to `tops`. */
  readonly #bottoms = new Uint8Array(MAX_FILTERS);
  readonly #tops = new Uint8Array(MAX_FILTERS);
  readonly #orders = new Uint8Array(MAX_FILTERS);
  readonly #downwards = new Uint8Array(MAX_FILTERS);
  /** Reflection coefficients, 12 for each filter. */
  readonly #reflections = new Float64Array(MAX_FILTERS * MAX_ORDER_LONG);
  readonly #lpc = new Float64Array(STRIDE);
  readonly #before = new Float64Array(STRIDE);

  clear(): void {
    this.#count = 0;
  }

  /** tns_data (table 4.52). */
  read(bits: BitReader, info: WindowInfo): AacFault | undefined {
    const { isShort } = info;
    for (let window = 0; window < info.windows; window += 1) {
      const filters = bits.read(isShort ? 1 : 2);
      if (filters === 0) continue;
      const resolution = bits.read(1) + 3;
      let top = info.offsets.length - 1;
      for (let i = 0; i < filters; i += 1) {
        const bottom = Math.max(0, top - bits.read(isShort ? 4 : 6));
        const order = bits.read(isShort ? 3 : 5);
        if (order > (isShort ? MAX_ORDER_SHORT : MAX_ORDER_LONG)) return 'not-lc';
        const at = this.#count;
        this.#windows[at] = window;
        this.#tops[at] = top;
        this.#bottoms[at] = bottom;
        this.#orders[at] = order;
        if (order > 0) this.#readFilter(bits, order, resolution);
        this.#count += 1;
        top = bottom;
      }
    }
    return undefined;
  }

  #readFilter(bits: BitReader, order: number, resolution: number): void {
    this.#downwards[this.#count] = bits.read(1);
    const width = resolution - bits.read(1);
    const half = 2 ** (resolution - 1);
    for (let i = 0; i < order; i += 1) {
      const code = bits.read(width);
      const value = code >= 2 ** (width - 1) ? code - 2 ** width : code;
      const steps = value >= 0 ? half - 0.5 : half + 0.5;
      this.#reflections[this.#count * MAX_ORDER_LONG + i] = Math.sin((value * Math.PI) / (2 * steps));
    }
  }

  /** Filters a spectrum of 1024 coefficients, those of short windows one after another, in place. */
  apply(spectrum: Float64Array, info: WindowInfo): void {
    const { offsets } = info;
    const reach = Math.min(info.tnsBands, info.maxSfb);
    for (let filter = 0; filter < this.#count; filter += 1) {
      const order = this.#orders[filter] ?? 0;
      const from = offsets[Math.min(this.#bottoms[filter] ?? 0, reach)] ?? 0;
      const to = offsets[Math.min(this.#tops[filter] ?? 0, reach)] ?? 0;
      if (order === 0 || to <= from) continue;
      this.#toLpc(filter, order);
      const base = (this.#windows[filter] ?? 0) * info.coefficients;
      const isDown = this.#downwards[filter] === 1;
      const step = isDown ? -1 : 1;
      const start = base + (isDown ? to - 1 : from);
      this.#filter(spectrum, { start, step, count: to - from, order });
    }
  }

  #toLpc(filter: number, order: number): void {
    const lpc = this.#lpc;
    for (let m = 1; m <= order; m += 1) {
      const reflection = this.#reflections[filter * MAX_ORDER_LONG + m - 1] ?? 0;
      this.#before.set(lpc);
      for (let i = 1; i < m; i += 1)
        lpc[i] = (this.#before[i] ?? 0) + reflection * (this.#before[m - i] ?? 0);
      lpc[m] = reflection;
    }
  }

  #filter(
    spectrum: Float64Array,
    run: { readonly start: number; readonly step: number; readonly count: number; readonly order: number },
  ): void {
    const { start, step, count, order } = run;
    for (let n = 0, at = start; n < count; n += 1, at += step) {
      let value = spectrum[at] ?? 0;
      const reach = Math.min(n, order);
      for (let i = 1; i <= reach; i += 1) value -= (this.#lpc[i] ?? 0) * (spectrum[at - i * step] ?? 0);
      spectrum[at] = value;
    }
  }
}
