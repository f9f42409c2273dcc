import { type Channel, INTENSITY_BOOK, NOISE_BOOK } from './channel.ts';

/** Where the coefficients of one band lie. */
export interface BandRun {
  /** group · maxSfb + band of the group. */
  readonly index: number;
  /** First coefficient in the first window, and how many. */
  readonly at: number;
  readonly width: number;
  readonly windows: number;
  /** From one window to the next. */
  readonly stride: number;
}

/** All bands of a channel, in their order. */
export function* bandsOf({ info }: Channel): Generator<BandRun> {
  const { groups, groupLengths, maxSfb, offsets, coefficients } = info;
  let window = 0;
  for (let group = 0; group < groups; group += 1) {
    const windows = groupLengths[group] ?? 0;
    for (let band = 0; band < maxSfb; band += 1) {
      const from = offsets[band] ?? 0;
      const width = (offsets[band + 1] ?? 0) - from;
      const at = window * coefficients + from;
      yield { index: group * maxSfb + band, at, width, windows, stride: coefficients };
    }
    window += windows;
  }
}

/** How the two channels of a pair that share their windows belong together. */
export interface Pairing {
  /** By band: its channels are middle and side (§4.6.8.1). */
  readonly midSide: Uint8Array;
  /** `midSide` also turns the phase of intensity round (ms_mask_present is 1). */
  readonly turnsIntensity: boolean;
}

/** M/S and intensity stereo (§4.6.8), in place. */
export function unpair(left: Channel, right: Channel, { midSide, turnsIntensity }: Pairing): void {
  for (const run of bandsOf(left)) {
    const book = right.books[run.index] ?? 0;
    const isMidSide = midSide[run.index] === 1;
    if (book > NOISE_BOOK) {
      const inPhase = (book === INTENSITY_BOOK) !== (isMidSide && turnsIntensity);
      const gain = 0.5 ** ((right.factors[run.index] ?? 0) / 4);
      scaleInto(left.spectrum, right.spectrum, run, inPhase ? gain : -gain);
    } else if (isMidSide && book < NOISE_BOOK && (left.books[run.index] ?? 0) < NOISE_BOOK)
      sumAndDifference(left.spectrum, right.spectrum, run);
  }
}

function scaleInto(from: Float64Array, to: Float64Array, run: BandRun, gain: number): void {
  for (let window = 0, start = run.at; window < run.windows; window += 1, start += run.stride)
    for (let at = start; at < start + run.width; at += 1) to[at] = gain * (from[at] ?? 0);
}

function sumAndDifference(left: Float64Array, right: Float64Array, run: BandRun): void {
  for (let window = 0, start = run.at; window < run.windows; window += 1, start += run.stride)
    for (let at = start; at < start + run.width; at += 1) {
      const middle = left[at] ?? 0;
      const side = right[at] ?? 0;
      left[at] = middle + side;
      right[at] = middle - side;
    }
}
