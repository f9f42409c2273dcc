/** The two laws of ITU-T G.711. */
export type G711Law = 'pcma' | 'pcmu';

/** Samples a second of every G.711 stream. */
export const G711_RATE_HZ = 8000;

const SIGN = 0x80;
const A_LAW_EVEN_BITS = 0x55;
const MU_LAW_BIAS = 0x84;
/** The largest magnitude that has a code. */
const MU_LAW_CLIP = 32_635;

/** ITU-T G.711 table 1: 13 bits of magnitude and sign, here in the upper bits of 16. */
function expandALaw(code: number): number {
  const value = code ^ A_LAW_EVEN_BITS;
  const exponent = (value >> 4) & 7;
  const mantissa = ((value & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (value & SIGN) !== 0 ? magnitude : -magnitude;
}

/** ITU-T G.711 table 2: 14 bits of magnitude and sign, here in the upper bits of 16. */
function expandMuLaw(code: number): number {
  const value = ~code & 0xff;
  const magnitude = ((((value & 0x0f) << 3) + MU_LAW_BIAS) << ((value >> 4) & 7)) - MU_LAW_BIAS;
  return (value & SIGN) !== 0 ? -magnitude : magnitude;
}

const EXPANDED: Readonly<Record<G711Law, Int16Array>> = {
  pcma: Int16Array.from({ length: 256 }, (_, code) => expandALaw(code)),
  pcmu: Int16Array.from({ length: 256 }, (_, code) => expandMuLaw(code)),
};

/** The linear 16-bit sample that each of the 256 codes of a law stands for. */
export function g711Table(law: G711Law): Int16Array {
  return EXPANDED[law];
}

/** The code that stands for a linear 16-bit sample. */
export function encodeG711(law: G711Law, sample: number): number {
  return law === 'pcma' ? compressALaw(sample) : compressMuLaw(sample);
}

/** ITU-T G.711 table 1: sign, segment and four bits of the place in it, even bits inverted. */
function compressALaw(sample: number): number {
  const sign = sample >= 0 ? SIGN : 0;
  const magnitude = Math.min(0xfff, (sample >= 0 ? sample : -sample - 1) >> 4);
  const segment = magnitude < 0x20 ? magnitude >> 4 : 28 - Math.clz32(magnitude);
  const place = (segment < 2 ? magnitude : magnitude >> (segment - 1)) & 0x0f;
  return (sign | (segment << 4) | place) ^ A_LAW_EVEN_BITS;
}

/** ITU-T G.711 table 2. */
function compressMuLaw(sample: number): number {
  const sign = sample < 0 ? SIGN : 0;
  const magnitude = Math.min(MU_LAW_CLIP, Math.abs(sample)) + MU_LAW_BIAS;
  const segment = 24 - Math.clz32(magnitude);
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) & 0xff;
}
