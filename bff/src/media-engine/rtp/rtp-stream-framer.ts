import { byteAt, readUint16 } from '../es/bytes.ts';
import { MAX_RTP_PACKET_BYTES, RTP_HEADER_BYTES, ssrcOf } from './rtp-packet.ts';

const LENGTH_BYTES = 2;
/** RFC 2326 §10.12: `$`, channel, then the 2-byte length. */
const INTERLEAVE_MAGIC = 0x24;
const INTERLEAVE_BYTES = 4;
/** Ehome devices put 256 bytes that begin so before the first packet. */
const EHOME_PREFIX_BYTES = 256;
const EHOME_MAGIC = [0x01, 0x00, 0x01] as const;
const VERSION_MASK = 0xc0;
const VERSION_2 = 0x80;
const RTCP_FIRST = 200;
const RTCP_LAST = 207;
const HOLD_BYTES = 2 * (MAX_RTP_PACKET_BYTES + INTERLEAVE_BYTES) + EHOME_PREFIX_BYTES;
const FIRST_HOLD_BYTES = 4096;
/** Bytes thrown away in search of a packet before the connection is given up. */
const MAX_SKIPPED_BYTES = 1 << 20;

/** What stands at a position in the stream: a frame (perhaps an empty one), junk, or too few bytes to say. */
type Frame =
  | { readonly at: 'frame'; readonly headBytes: number; readonly packetBytes: number }
  | { readonly at: 'junk' }
  | { readonly at: 'more' };
const JUNK: Frame = { at: 'junk' };
const MORE: Frame = { at: 'more' };

/**
 * Cuts a TCP byte stream into RTP packets: RFC 4571 (2-byte length), RFC 2326 interleaving (`$`), and an Ehome
 * prefix. Lost framing is found again by two packets of one SSRC that stand exactly a length apart.
 */
export class RtpStreamFramer {
  #resyncs = 0;
  #broken = false;
  /** What was left of earlier chunks: `#hold[#start..#end)`. */
  #hold: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #begun = false;
  #seeking = false;
  #skippedBytes = 0;
  #ssrc = 0;
  #locked = false;

  /** Times the framing was lost. */
  get resyncs(): number {
    return this.#resyncs;
  }

  /** True = no packet was found in a megabyte: the connection is not RTP, close it. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Takes bytes in any cut; packets are views, valid during the call. */
  push(chunk: Uint8Array, onPacket: (packet: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length && !this.#broken) {
      if (this.#start === this.#end) {
        const used = this.#cut(chunk, at, chunk.length, onPacket);
        if (used === chunk.length || this.broken) return;
        at = this.#keep(chunk, used);
      } else {
        at = this.#keep(chunk, at);
        this.#start = this.#cut(this.#hold, this.#start, this.#end, onPacket);
      }
    }
  }

  /** Appends as much of the chunk as the hold may take; returns how far the chunk is used. */
  #keep(chunk: Uint8Array, from: number): number {
    const held = this.#end - this.#start;
    const take = Math.min(chunk.length - from, HOLD_BYTES - held);
    if (this.#end + take > this.#hold.length) this.#makeRoom(held, held + take);
    this.#hold.set(chunk.subarray(from, from + take), this.#end);
    this.#end += take;
    return from + take;
  }

  #makeRoom(held: number, wanted: number): void {
    if (wanted > this.#hold.length) {
      const size = Math.min(HOLD_BYTES, Math.max(FIRST_HOLD_BYTES, wanted * 2));
      const larger = new Uint8Array(size);
      larger.set(this.#hold.subarray(this.#start, this.#end));
      this.#hold = larger;
    } else {
      this.#hold.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = held;
  }

  /** Hands out each whole packet in `[from, end)`; returns where the first unfinished one begins. */
  #cut(bytes: Uint8Array, from: number, end: number, onPacket: (packet: Uint8Array) => void): number {
    let at = from;
    if (!this.#begun) {
      const begin = this.#skipPrefix(bytes, at, end);
      if (begin < 0) return at;
      at = begin;
      this.#begun = true;
    }
    while (at < end) {
      const frame = this.#seeking ? this.#seekAt(bytes, at, end) : this.#frameAt(bytes, at, end);
      if (frame.at === 'more') return at;
      if (frame.at === 'junk') {
        if (!this.#seeking) this.#loseFraming();
        at += 1;
        this.#skippedBytes += 1;
        if (this.#skippedBytes > MAX_SKIPPED_BYTES) {
          this.#broken = true;
          return end;
        }
        continue;
      }
      const start = at + frame.headBytes;
      if (start + frame.packetBytes > end) return at;
      if (this.#seeking) this.#seeking = false;
      at = start + frame.packetBytes;
      if (frame.packetBytes > 0) this.#emit(bytes.subarray(start, at), onPacket);
    }
    return at;
  }

  #emit(packet: Uint8Array, onPacket: (packet: Uint8Array) => void): void {
    this.#skippedBytes = 0;
    if (isRtcp(packet)) return;
    this.#ssrc = ssrcOf(packet);
    this.#locked = true;
    onPacket(packet);
  }

  #loseFraming(): void {
    this.#resyncs += 1;
    this.#seeking = true;
  }

  /** Where the packets begin: 0 or past an Ehome prefix; −1 = too few bytes to say. */
  #skipPrefix(bytes: Uint8Array, from: number, end: number): number {
    for (let i = 0; i < EHOME_MAGIC.length; i += 1) {
      if (from + i >= end) return -1;
      if (bytes[from + i] !== EHOME_MAGIC[i]) return from;
    }
    // As a length, `01 00` would be followed by an RTP version, not by 01.
    return end - from < EHOME_PREFIX_BYTES ? -1 : from + EHOME_PREFIX_BYTES;
  }

  #frameAt(bytes: Uint8Array, at: number, end: number): Frame {
    if (end - at < LENGTH_BYTES) return MORE;
    if (bytes[at] === INTERLEAVE_MAGIC && byteAt(bytes, at + 1) <= 3) {
      const interleaved = framed(bytes, at, end, INTERLEAVE_BYTES);
      if (interleaved.at !== 'junk') return interleaved;
    }
    return framed(bytes, at, end, LENGTH_BYTES);
  }

  /** While the framing is lost, a position counts only when the packet after it agrees. */
  #seekAt(bytes: Uint8Array, at: number, end: number): Frame {
    for (const headBytes of [LENGTH_BYTES, INTERLEAVE_BYTES]) {
      if (headBytes === INTERLEAVE_BYTES && bytes[at] !== INTERLEAVE_MAGIC) continue;
      const verdict = this.#agrees(bytes, at, end, headBytes);
      if (verdict.at !== 'junk') return verdict;
    }
    return JUNK;
  }

  #agrees(bytes: Uint8Array, at: number, end: number, headBytes: number): Frame {
    const frame = framed(bytes, at, end, headBytes);
    if (frame.at !== 'frame' || frame.packetBytes === 0) return frame.at === 'more' ? MORE : JUNK;
    const packetAt = at + headBytes;
    if (end - packetAt < RTP_HEADER_BYTES) return MORE;
    const ssrc = ssrcOf(bytes, packetAt);
    if (this.#locked && ssrc !== this.#ssrc) return JUNK;
    const nextAt = packetAt + frame.packetBytes;
    const next = framed(bytes, nextAt, end, headBytes);
    if (next.at !== 'frame') return next;
    if (next.packetBytes === 0) return JUNK;
    if (end - nextAt - headBytes < RTP_HEADER_BYTES) return MORE;
    return ssrcOf(bytes, nextAt + headBytes) === ssrc ? frame : JUNK;
  }
}

/** Reads one head; the packet after it may still be on its way. */
function framed(bytes: Uint8Array, at: number, end: number, headBytes: number): Frame {
  if (end - at < headBytes) return MORE;
  const packetBytes = readUint16(bytes, at + headBytes - 2);
  if (packetBytes === 0) return { at: 'frame', headBytes, packetBytes };
  if (packetBytes < RTP_HEADER_BYTES) {
    // Only a short RTCP packet is as small as this.
    if (packetBytes < 8) return JUNK;
    if (end - at < headBytes + 2) return MORE;
    return isRtcpType(byteAt(bytes, at + headBytes + 1)) ? { at: 'frame', headBytes, packetBytes } : JUNK;
  }
  if (end - at === headBytes) return MORE;
  if ((byteAt(bytes, at + headBytes) & VERSION_MASK) !== VERSION_2) return JUNK;
  return { at: 'frame', headBytes, packetBytes };
}

/** RFC 5761 §4: the packet types that tell RTCP from RTP on one connection. */
function isRtcpType(packetType: number): boolean {
  return packetType >= RTCP_FIRST && packetType <= RTCP_LAST;
}

function isRtcp(packet: Uint8Array): boolean {
  return packet.length < RTP_HEADER_BYTES || isRtcpType(byteAt(packet, 1));
}
