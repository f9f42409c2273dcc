/** How {@link rtpPackets} writes. */
export interface RtpOptions {
  readonly ssrc?: number;
  readonly firstSequence?: number;
  readonly payloadBytes?: number;
  /** Sets the marker on the last packet of each unit. */
  readonly marks?: boolean;
}

/** One unit of a stream and the RTP timestamp of its packets. */
export interface TimedUnit {
  readonly bytes: Uint8Array;
  readonly time90k: number;
}

/** Cuts units over RTP packets (RFC 3550 §5.1); a packet never spans two units. */
export function rtpPackets(units: readonly TimedUnit[], options: RtpOptions = {}): Buffer[] {
  const { ssrc = 0x1234, firstSequence = 0, payloadBytes = 1400, marks = true } = options;
  const packets: Buffer[] = [];
  for (const { bytes, time90k } of units) {
    for (let at = 0; at < bytes.length; at += payloadBytes) {
      const payload = bytes.subarray(at, at + payloadBytes);
      const packet = Buffer.alloc(12 + payload.length);
      const last = at + payloadBytes >= bytes.length;
      packet.set([0x80, 96 | (marks && last ? 0x80 : 0)]);
      packet.writeUInt16BE((firstSequence + packets.length) & 0xffff, 2);
      packet.writeUInt32BE(time90k % 2 ** 32, 4);
      packet.writeUInt32BE(ssrc, 8);
      packet.set(payload, 12);
      packets.push(packet);
    }
  }
  return packets;
}

/** The packets of a file or stream in which each stands behind its length (RFC 4571 §2). */
export function unframedPackets(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 + bytes.readUInt16BE(at);
    packets.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return packets;
}
