/**
 * The DCT of type IV, X[k] = Σ x[n] cos(π/N (n + ½)(k + ½)), by way of a complex FFT of N/2 points. N is a power of
 * two.
 */
export class DctIv {
  readonly #size: number;
  /** cos and sin of −π(8i + 1)/8N: before and behind the FFT. */
  readonly #twistCos: Float64Array;
  readonly #twistSin: Float64Array;
  /** cos and sin of −4πi/N: inside the FFT. */
  readonly #turnCos: Float64Array;
  readonly #turnSin: Float64Array;
  readonly #reversed: Uint16Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;

  constructor(size: number) {
    const half = size / 2;
    const twist = (i: number): number => (-Math.PI * (8 * i + 1)) / (8 * size);
    const turn = (i: number): number => (-2 * Math.PI * i) / half;
    this.#size = size;
    this.#twistCos = Float64Array.from({ length: half }, (_, i) => Math.cos(twist(i)));
    this.#twistSin = Float64Array.from({ length: half }, (_, i) => Math.sin(twist(i)));
    this.#turnCos = Float64Array.from({ length: half / 2 }, (_, i) => Math.cos(turn(i)));
    this.#turnSin = Float64Array.from({ length: half / 2 }, (_, i) => Math.sin(turn(i)));
    this.#reversed = Uint16Array.from({ length: half }, (_, i) => reversedBits(i, half));
    this.#real = new Float64Array(half);
    this.#imaginary = new Float64Array(half);
  }

  /** Transforms N values from `from` on, times `scale`, into the first N of `output`. */
  transform(input: Float64Array, from: number, output: Float64Array, scale: number): void {
    const half = this.#size / 2;
    const last = this.#size - 1;
    const real = this.#real;
    const imaginary = this.#imaginary;
    for (let n = 0; n < half; n += 1) {
      const a = input[from + 2 * n] ?? 0;
      const b = input[from + last - 2 * n] ?? 0;
      const cos = this.#twistCos[n] ?? 0;
      const sin = this.#twistSin[n] ?? 0;
      const to = this.#reversed[n] ?? 0;
      real[to] = a * cos - b * sin;
      imaginary[to] = a * sin + b * cos;
    }
    this.#fft();
    for (let k = 0; k < half; k += 1) {
      const re = real[k] ?? 0;
      const im = imaginary[k] ?? 0;
      const cos = this.#twistCos[k] ?? 0;
      const sin = this.#twistSin[k] ?? 0;
      output[2 * k] = scale * (re * cos - im * sin);
      output[last - 2 * k] = -scale * (re * sin + im * cos);
    }
  }

  /** FFT of what lies in bit-reversed order, in place. */
  #fft(): void {
    const size = this.#size / 2;
    const real = this.#real;
    const imaginary = this.#imaginary;
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let k = 0; k < half; k += 1) {
        const cos = this.#turnCos[k * step] ?? 0;
        const sin = this.#turnSin[k * step] ?? 0;
        for (let at = k; at < size; at += 2 * half) {
          const other = at + half;
          const re = (real[other] ?? 0) * cos - (imaginary[other] ?? 0) * sin;
          const im = (real[other] ?? 0) * sin + (imaginary[other] ?? 0) * cos;
          real[other] = (real[at] ?? 0) - re;
          imaginary[other] = (imaginary[at] ?? 0) - im;
          real[at] = (real[at] ?? 0) + re;
          imaginary[at] = (imaginary[at] ?? 0) + im;
        }
      }
    }
  }
}

function reversedBits(value: number, size: number): number {
  let reversed = 0;
  for (let bit = 1; bit < size; bit *= 2) reversed = reversed * 2 + ((value & bit) === 0 ? 0 : 1);
  return reversed;
}
