const HEADER_BYTES = 12;
/** A minute is remembered; what comes after is only counted. */
const MAX_REMEMBERED_BYTES = 480_000;

/** What a loudspeaker heard in one talk, packet by packet. */
export class HeardVoice {
  packets = 0;
  /** Packets that did not follow the one before by sequence number. */
  gaps = 0;
  /** Packets whose time did not follow by as much as the one before held. */
  wrongStamps = 0;
  /** SSRC and payload type of the first. */
  ssrc: number | undefined;
  payloadType: number | undefined;
  /** Octets of the first one's payload. */
  packetBytes: number | undefined;
  readonly #codes: Buffer[] = [];
  #bytes = 0;
  #sequence: number | undefined;
  #stamp = 0;

  /** The G.711 codes, in the order in which they came. */
  get codes(): Buffer {
    return Buffer.concat(this.#codes);
  }

  /** False for what is no RTP packet. */
  take(packet: Buffer): boolean {
    if (packet.length <= HEADER_BYTES || ((packet[0] ?? 0) & 0xc0) !== 0x80) return false;
    const payload = packet.subarray(HEADER_BYTES);
    const sequence = packet.readUInt16BE(2);
    const stamp = packet.readUInt32BE(4);
    this.ssrc ??= packet.readUInt32BE(8);
    this.payloadType ??= (packet[1] ?? 0) & 0x7f;
    this.packetBytes ??= payload.length;
    if (this.#sequence !== undefined && sequence !== this.#sequence) this.gaps += 1;
    if (this.#sequence !== undefined && stamp !== this.#stamp) this.wrongStamps += 1;
    this.#sequence = (sequence + 1) & 0xffff;
    this.#stamp = (stamp + payload.length) >>> 0;
    this.packets += 1;
    if (this.#bytes + payload.length <= MAX_REMEMBERED_BYTES) {
      this.#codes.push(Buffer.from(payload));
      this.#bytes += payload.length;
    }
    return true;
  }
}
