/** Attenuation of what would fold into the band, and what the Kaiser window needs for it. */
const STOP_BAND_DB = 80;
const KAISER_BETA = 0.1102 * (STOP_BAND_DB - 8.7);
/** The pass band ends and the stop band begins at these shares of the lower of both rates. */
const PASS_EDGE = 0.43;
const STOP_EDGE = 0.52;
/** Phases kept at most: of ratios with larger terms the nearest phase is taken. */
const MAX_PHASES = 1_024;

/**
 * Changes the rate of one channel by a polyphase FIR filter (Kaiser window, 80 dB), block by block. Output begins
 * where input begins: the filter's delay is taken out.
 */
export class Resampler {
  readonly #step: number;
  readonly #phases: number;
  readonly #taps: number;
  /** Coefficients of all phases, one after another. */
  readonly #bank: Float32Array;
  /** Input that outputs to come still need. */
  #kept: Float32Array;
  /** Place of the next output: a whole sample of `kept`, and a fraction of it in 1/out. */
  #at = 0;
  #fraction = 0;
  readonly #from: number;
  readonly #to: number;

  /** Whole rates in Hz. */
  constructor(fromHz: number, toHz: number) {
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.#from = fromHz / divisor;
    this.#to = toHz / divisor;
    this.#step = Math.floor(this.#from / this.#to);
    this.#phases = Math.min(this.#to, MAX_PHASES);
    const lower = Math.min(fromHz, toHz) / fromHz;
    const transition = 2 * Math.PI * (STOP_EDGE - PASS_EDGE) * lower;
    const half = this.#isIdentity ? 0 : Math.ceil((STOP_BAND_DB - 8) / (2.285 * transition) / 2);
    this.#taps = 2 * half + 1;
    this.#bank = this.#isIdentity
      ? Float32Array.of(1)
      : bankOf(this.#phases, half, (PASS_EDGE + STOP_EDGE) * lower);
    this.#kept = new Float32Array(half);
  }

  get #isIdentity(): boolean {
    return this.#from === this.#to;
  }

  /** What can be told after these samples. */
  push(samples: Float32Array): Float32Array {
    if (this.#isIdentity) return samples;
    const input = new Float32Array(this.#kept.length + samples.length);
    input.set(this.#kept);
    input.set(samples, this.#kept.length);
    const output = new Float32Array(Math.ceil((input.length * this.#to) / this.#from) + 1);
    let count = 0;
    while (this.#at + this.#taps <= input.length) {
      output[count] = this.#output(input);
      count += 1;
      this.#at += this.#step;
      this.#fraction += this.#from - this.#step * this.#to;
      if (this.#fraction >= this.#to) {
        this.#fraction -= this.#to;
        this.#at += 1;
      }
    }
    const done = Math.min(this.#at, input.length);
    this.#kept = input.slice(done);
    this.#at -= done;
    return output.subarray(0, count);
  }

  /** The input is over: what is left of it. */
  flush(): Float32Array {
    return this.#isIdentity ? new Float32Array(0) : this.push(new Float32Array((this.#taps - 1) / 2));
  }

  #output(input: Float32Array): number {
    const phase = Math.floor((this.#fraction * this.#phases) / this.#to);
    const start = phase * this.#taps;
    let sum = 0;
    for (let tap = 0; tap < this.#taps; tap += 1)
      sum += (input[this.#at + tap] ?? 0) * (this.#bank[start + tap] ?? 0);
    return sum;
  }
}

/** One filter for each place between two samples; `cutoff` is a share of the input's rate, twice. */
function bankOf(phases: number, half: number, cutoff: number): Float32Array {
  const taps = 2 * half + 1;
  const bank = new Float32Array(phases * taps);
  for (let phase = 0; phase < phases; phase += 1) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const x = tap - half - phase / phases;
      const value = cutoff * sinc(cutoff * x) * kaiser(x / (half + 1));
      bank[phase * taps + tap] = value;
      sum += value;
    }
    // Every phase lets a constant through alike, or the phases would be heard as a tone.
    for (let tap = 0; tap < taps; tap += 1) bank[phase * taps + tap] = (bank[phase * taps + tap] ?? 0) / sum;
  }
  return bank;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel0(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel0(KAISER_BETA);
}

/** Modified Bessel function of the first kind, order zero. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
