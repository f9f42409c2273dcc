/** How {@link adtsFrame} writes. */
export interface AdtsOptions {
  readonly rateIndex?: number;
  readonly channels?: number;
  readonly objectType?: number;
  readonly crc?: boolean;
  readonly blocks?: number;
}

/** One ADTS frame around a raw_data_block (ISO/IEC 14496-3 §1.A.3.2); AAC-LC, 8 kHz, mono unless told otherwise. */
export function adtsFrame(block: Uint8Array, options: AdtsOptions = {}): Buffer {
  const { rateIndex = 11, channels = 1, objectType = 2, crc = false, blocks = 1 } = options;
  const length = block.length + (crc ? 9 : 7);
  const head = [
    0xff,
    crc ? 0xf0 : 0xf1,
    ((objectType - 1) << 6) | (rateIndex << 2) | (channels >> 2),
    ((channels & 3) << 6) | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc | (blocks - 1),
  ];
  return Buffer.concat([Buffer.from(crc ? [...head, 0, 0] : head), block]);
}
