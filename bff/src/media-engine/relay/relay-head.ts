import { RTP_HEADER_BYTES } from '../rtp/rtp-packet.ts';

const MARKER_BIT = 0x80;

/**
 * Gives the packets of a stream a sender of their own (RFC 3550 §5.1): SSRC, payload type and a sequence that begins
 * with the first packet sent. Gaps and the order of the original stay, so that the receiver sees what was lost;
 * marker and timestamp stay too.
 */
export class RelayHead {
  readonly #ssrc: number;
  readonly #payloadType: number;
  #offset: number | undefined;

  constructor(ssrc: number, payloadType: number) {
    this.#ssrc = ssrc >>> 0;
    this.#payloadType = payloadType & 0x7f;
  }

  /** A new head for the first twelve octets of `packet`, behind `room` free octets. */
  of(packet: Uint8Array, room: number): Buffer {
    const head = Buffer.allocUnsafe(room + RTP_HEADER_BYTES);
    head.set(packet.subarray(0, RTP_HEADER_BYTES), room);
    const sequence = head.readUInt16BE(room + 2);
    this.#offset ??= 1 - sequence;
    head[room + 1] = (head.readUInt8(room + 1) & MARKER_BIT) | this.#payloadType;
    head.writeUInt16BE((sequence + this.#offset) & 0xffff, room + 2);
    head.writeUInt32BE(this.#ssrc, room + 8);
    return head;
  }
}
