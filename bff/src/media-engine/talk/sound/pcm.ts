import { mixed, type SoundDecoder } from './sound.ts';

const FULL_SCALE = 32_768;

/** 16-bit little-endian samples, the channels in turn, as floats in −1…1; a half sample at the end is left out. */
export function pcm16(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from(
    { length: bytes.byteLength >> 1 },
    (_, index) => view.getInt16(index * 2, true) / FULL_SCALE,
  );
}

/** Raw PCM without any head. */
export function pcmDecoder(rateHz: number, channels = 1): SoundDecoder {
  return async function* decode(chunks) {
    for await (const bytes of inWhole(chunks, 2 * channels))
      yield { rateHz, samples: mixed(pcm16(bytes), channels) };
  };
}

/** The same octets cut at multiples of `unit`; a rest that is no whole unit is left out. */
export async function* inWhole(
  chunks: AsyncIterable<Uint8Array>,
  unit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % unit);
    if (whole > 0) yield bytes.subarray(0, whole);
    rest = Uint8Array.from(bytes.subarray(whole));
  }
}
