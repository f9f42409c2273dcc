/** How a WAV file is written. */
export interface WavOptions {
  readonly tag: number;
  readonly bits: number;
  readonly channels?: number;
  readonly rateHz?: number;
  readonly extensible?: boolean;
  /** A chunk before the sound. */
  readonly junk?: Buffer;
  /** What the head says of the sound's length, instead of the truth. */
  readonly length?: number;
  /** The sound as it is to stand there. */
  readonly codes?: Buffer;
}

/** A WAV file of samples in −1…1, the same in every channel. */
export function wavFile(options: WavOptions, samples: Float64Array): Buffer {
  const { tag, bits, channels = 1, rateHz = 8_000, extensible = false, junk } = options;
  const data =
    options.codes ??
    Buffer.concat([...samples].flatMap((value) => new Array<Buffer>(channels).fill(coded(value, tag, bits))));
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rateHz, 4);
  format.writeUInt32LE((rateHz * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(bits, 18);
    format.writeUInt16LE(tag, 24);
  }
  return Buffer.concat([
    Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'),
    ...(junk === undefined ? [] : [chunk('LIST', junk)]),
    chunk('fmt ', format),
    chunk('data', data, options.length),
  ]);
}

function coded(value: number, tag: number, bits: number): Buffer {
  const bytes = Buffer.alloc(bits / 8);
  const full = Math.round(value * (2 ** (bits - 1) - 1));
  if (tag === 3) bytes.writeFloatLE(value);
  else if (bits === 8) bytes.writeUInt8(full + 128);
  else bytes.writeIntLE(full, 0, bits / 8);
  return bytes;
}

function chunk(name: string, content: Buffer, length = content.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
