/** Codings of clips that can be spoken. `pcm` is 16 bits, little-endian, one channel. */
export type SoundFormat = 'mp3' | 'aac' | 'm4a' | 'wav' | 'pcm';

/** Samples of one channel in −1…1. */
export interface SoundBlock {
  readonly rateHz: number;
  readonly samples: Float32Array;
}

/** Turns the octets of a clip, in their order, into sound. Throws {@link SoundFault}. */
export type SoundDecoder = (chunks: AsyncIterable<Uint8Array>) => AsyncGenerator<SoundBlock, void, undefined>;

/** Rates that are taken, Hz. */
export const MIN_RATE_HZ = 4_000;
export const MAX_RATE_HZ = 192_000;

/** Why a clip cannot be spoken. */
export class SoundFault extends Error {
  /** `unreadable`: it is not what it is said to be; `no-decoder`: nothing here decodes it. */
  readonly why: 'unreadable' | 'no-decoder';

  constructor(why: SoundFault['why'], message: string) {
    super(message);
    this.name = 'SoundFault';
    this.why = why;
  }
}

/** One channel out of samples that several channels share in turn. */
export function mixed(interleaved: Float32Array, channels: number): Float32Array {
  if (channels === 1) return interleaved;
  const samples = new Float32Array(Math.floor(interleaved.length / channels));
  for (let i = 0; i < samples.length; i += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) sum += interleaved[i * channels + channel] ?? 0;
    samples[i] = sum / channels;
  }
  return samples;
}
