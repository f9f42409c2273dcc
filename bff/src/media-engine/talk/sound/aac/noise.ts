import { type Channel, NOISE_BOOK } from './channel.ts';
import { bandsOf, type BandRun } from './stereo.ts';

const MAX_BANDS = 8 * 15;
const MULTIPLIER = 1_664_525;
const INCREMENT = 1_013_904_223;

/** Perceptual noise substitution (§4.6.13): bands of which only the energy is known. */
export class Noise {
  #state = 1;
  /** By band: what its noise began with. */
  readonly #states = new Int32Array(MAX_BANDS);

  /** Fills the noisy bands of a single channel, or of the first one of a pair. */
  fill(channel: Channel): void {
    for (const run of bandsOf(channel))
      if (channel.books[run.index] === NOISE_BOOK) this.#fillNew(channel, run);
  }

  /** Those of the second one: the same noise where both have it and `midSide` says so. */
  fillSecond(channel: Channel, first: Channel, midSide: Uint8Array): void {
    for (const run of bandsOf(channel)) {
      if (channel.books[run.index] !== NOISE_BOOK) continue;
      const isSame = midSide[run.index] === 1 && first.books[run.index] === NOISE_BOOK;
      if (isSame) fillBand(channel, run, this.#states[run.index] ?? 0);
      else this.#fillNew(channel, run);
    }
  }

  #fillNew(channel: Channel, run: BandRun): void {
    this.#states[run.index] = this.#state;
    this.#state = fillBand(channel, run, this.#state);
  }
}

/** Gives every window of a band noise of the energy that its factor says; what the generator ends with. */
function fillBand({ spectrum, factors }: Channel, run: BandRun, started: number): number {
  const amplitude = 2 ** ((factors[run.index] ?? 0) / 4);
  let state = started;
  for (let window = 0, start = run.at; window < run.windows; window += 1, start += run.stride) {
    let energy = 0;
    for (let at = start; at < start + run.width; at += 1) {
      state = (Math.imul(state, MULTIPLIER) + INCREMENT) | 0;
      spectrum[at] = state;
      energy += state * state;
    }
    const gain = energy > 0 ? amplitude / Math.sqrt(energy) : 0;
    for (let at = start; at < start + run.width; at += 1) spectrum[at] = gain * (spectrum[at] ?? 0);
  }
  return state;
}
