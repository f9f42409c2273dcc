import { g711Table } from '../../../bff/src/media-engine/audio/g711.ts';

const RATE = 8_000;

/** Samples of G.711A codes. */
export function samplesOfALaw(codes: Uint8Array): Float64Array {
  const table = g711Table('pcma');
  return Float64Array.from(codes, (code) => table[code] ?? 0);
}

/** How far everything but one tone lies below that tone, dB; the tone's amplitude and phase are fitted. */
export function toneToNoiseDb(samples: ArrayLike<number>, hz: number, rateHz = RATE): number {
  const { sine, cosine } = fit(samples, hz, rateHz);
  let tone = 0;
  let rest = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const angle = (2 * Math.PI * hz * i) / rateHz;
    const fitted = sine * Math.sin(angle) + cosine * Math.cos(angle);
    tone += fitted ** 2;
    rest += ((samples[i] ?? 0) - fitted) ** 2;
  }
  return 10 * Math.log10(tone / rest);
}

/** Amplitude of one tone in a sound. */
export function toneAmplitude(samples: ArrayLike<number>, hz: number, rateHz = RATE): number {
  const { sine, cosine } = fit(samples, hz, rateHz);
  return Math.hypot(sine, cosine);
}

function fit(
  samples: ArrayLike<number>,
  hz: number,
  rateHz: number,
): { readonly sine: number; readonly cosine: number } {
  let sine = 0;
  let cosine = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const angle = (2 * Math.PI * hz * i) / rateHz;
    sine += (samples[i] ?? 0) * Math.sin(angle);
    cosine += (samples[i] ?? 0) * Math.cos(angle);
  }
  return { sine: (2 * sine) / samples.length, cosine: (2 * cosine) / samples.length };
}
