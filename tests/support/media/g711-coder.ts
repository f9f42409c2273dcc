/** Codes 16-bit samples to A-law (ITU-T G.711): sign, segment and four bits of the position in it, even bits inverted. */
export function alaw(samples: Int16Array): Buffer {
  return Buffer.from(Uint8Array.from(samples, codeOf));
}

function codeOf(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = Math.min(0xfff, (sample >= 0 ? sample : -sample - 1) >> 4);
  const segment = magnitude < 0x20 ? (magnitude < 0x10 ? 0 : 1) : 31 - Math.clz32(magnitude) - 3;
  const step = segment < 2 ? magnitude & 0x0f : (magnitude >> (segment - 1)) & 0x0f;
  return (sign | (segment << 4) | step) ^ 0x55;
}
