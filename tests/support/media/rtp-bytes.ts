/** Fields of an RTP packet; what is left out is plain. */
export interface RtpFields {
  readonly sequence: number;
  readonly ssrc?: number;
  readonly timestamp?: number;
  readonly payloadType?: number;
  readonly marker?: boolean;
  readonly csrc?: readonly number[];
  /** Words of a header extension. */
  readonly extensionWords?: number;
  /** Bytes of padding, its count included; 0 sets the bit and pads nothing. */
  readonly padding?: number;
  readonly payload?: Uint8Array;
}

/** Lays out an RTP packet (RFC 3550 §5.1). */
export function rtpBytes(fields: RtpFields): Buffer {
  const { csrc = [], extensionWords, padding, payload = Buffer.from('payload') } = fields;
  const head = Buffer.alloc(
    12 + csrc.length * 4 + (extensionWords === undefined ? 0 : 4 + extensionWords * 4),
  );
  head[0] =
    0x80 | (padding === undefined ? 0 : 0x20) | (extensionWords === undefined ? 0 : 0x10) | csrc.length;
  head[1] = (fields.marker === true ? 0x80 : 0) | (fields.payloadType ?? 96);
  head.writeUInt16BE(fields.sequence & 0xffff, 2);
  head.writeUInt32BE((fields.timestamp ?? 0) >>> 0, 4);
  head.writeUInt32BE((fields.ssrc ?? 0x0bad_cafe) >>> 0, 8);
  for (const [index, source] of csrc.entries()) head.writeUInt32BE(source, 12 + index * 4);
  if (extensionWords !== undefined) {
    const at = 12 + csrc.length * 4;
    head.writeUInt16BE(0xbede, at);
    head.writeUInt16BE(extensionWords, at + 2);
  }
  const tail = Buffer.alloc(padding ?? 0);
  if (padding !== undefined && padding > 0) tail[padding - 1] = padding;
  return Buffer.concat([head, payload, tail]);
}

/** RFC 4571 §2: the packet behind its length. */
export function lengthFramed(packet: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.length);
  return Buffer.concat([length, packet]);
}

/** RFC 2326 §10.12: the packet behind `$`, channel and length. */
export function interleaved(packet: Uint8Array, channel = 0): Buffer {
  return Buffer.concat([Buffer.from([0x24, channel]), lengthFramed(packet)]);
}
