const HEADER_BYTES = 12;
const PAYLOAD_TYPE_PS = 96;
const PAYLOAD_BYTES = 1_400;

/** Divides program stream bytes over RTP packets (RFC 3550 §5.1; the marker ends a picture). */
export class RtpWriter {
  #sequence: number;
  readonly #ssrc: number;

  constructor(ssrc: number, firstSequence: number) {
    this.#ssrc = ssrc;
    this.#sequence = firstSequence & 0xffff;
  }

  /** Packets of one access unit; `timestamp90k` counts modulo 2^32. */
  packets(parts: readonly Buffer[], timestamp90k: number): Buffer[] {
    const unit = Buffer.concat(parts);
    const packets: Buffer[] = [];
    for (let at = 0; at < unit.length; at += PAYLOAD_BYTES) {
      const payload = unit.subarray(at, at + PAYLOAD_BYTES);
      const packet = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
      const last = at + PAYLOAD_BYTES >= unit.length;
      packet[0] = 0x80;
      packet[1] = PAYLOAD_TYPE_PS | (last ? 0x80 : 0);
      packet.writeUInt16BE(this.#sequence, 2);
      packet.writeUInt32BE(timestamp90k % 2 ** 32, 4);
      packet.writeUInt32BE(this.#ssrc, 8);
      payload.copy(packet, HEADER_BYTES);
      packets.push(packet);
      this.#sequence = (this.#sequence + 1) & 0xffff;
    }
    return packets;
  }
}
