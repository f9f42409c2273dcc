import { byteAt, readUint16 } from '../es/bytes.ts';
import { MAX_RTP_PACKET_BYTES, RTP_HEADER_BYTES, ssrcOf } from './rtp-packet.ts';

/** Bytes before a packet: its length alone (RFC 4571 §2), or `$`, channel and length (RFC 2326 §10.12). */
type HeadBytes = 2 | 4;
const LENGTH_HEAD = 2;
const INTERLEAVED_HEAD = 4;
const INTERLEAVED_MAGIC = 0x24;
/** Channels that a first `$` may name; later ones may name any. */
const MAX_FIRST_CHANNEL = 3;
/** Ehome devices put 256 bytes that begin so before the first packet. */
const EHOME_PREFIX_BYTES = 256;
const EHOME_MAGIC = [0x01, 0x00, 0x01] as const;
const VERSION_MASK = 0xc0;
const VERSION_2 = 0x80;
const MIN_RTCP_BYTES = 8;
const RTCP_FIRST = 200;
const RTCP_LAST = 207;
/** What may have to be seen before a position is judged: one packet, and the head and header of the next. */
const MAX_WANTED_BYTES = MAX_RTP_PACKET_BYTES + 2 * INTERLEAVED_HEAD + RTP_HEADER_BYTES;
const FIRST_HOLD_BYTES = 4096;
/** Bytes thrown away in search of a packet before the connection is given up. */
const MAX_SKIPPED_BYTES = 1 << 20;

/** What stands at a position in the stream. */
type Verdict = 'frame' | 'junk' | 'more';

/**
 * Cuts a TCP byte stream into RTP packets: RFC 4571 (2-byte length), RFC 2326 interleaving (`$`), and an Ehome
 * prefix. Lost framing is found again by two packets of one SSRC that stand exactly a length apart.
 */
export class RtpStreamFramer {
  #resyncs = 0;
  #broken = false;
  /** An unfinished packet of earlier chunks: `#hold[#start..#end)`. Twice as large as what it may have to hold. */
  #hold: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** Bytes from the unfinished position on that are needed to go on; always more than are there. */
  #wanted = 0;
  #begun = false;
  #seeking = false;
  /** Bytes passed over since the last packet. */
  #skippedBytes = 0;
  /** SSRC of this connection: the first one, or one that two packets in a row agreed on. */
  #ssrc: number | undefined;
  #lastSsrc: number | undefined;
  /** The form that this sender uses, once known. */
  #style: HeadBytes | undefined;
  /** The frame that was judged last. */
  #headBytes: HeadBytes = LENGTH_HEAD;
  #packetBytes = 0;

  /** Times the framing was lost. */
  get resyncs(): number {
    return this.#resyncs;
  }

  /** True = no packet was found in a megabyte: the connection is not RTP, close it. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Bytes set aside for an unfinished packet. */
  get heldCapacity(): number {
    return this.#hold.length;
  }

  /** Takes bytes in any cut; packets are views, valid during the call. Only a packet cut in two is copied. */
  push(chunk: Uint8Array, onPacket: (packet: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length && !this.#broken) {
      const held = this.#end - this.#start;
      if (held === 0) {
        this.#start = 0;
        this.#end = 0;
        at = this.#cut(chunk, at, chunk.length, onPacket);
        this.#keep(chunk, at, chunk.length);
        return;
      }
      const take = Math.min(this.#wanted - held, chunk.length - at);
      this.#keep(chunk, at, at + take);
      at += take;
      if (held + take === this.#wanted) this.#start = this.#cut(this.#hold, this.#start, this.#end, onPacket);
    }
  }

  #keep(chunk: Uint8Array, from: number, to: number): void {
    if (from >= to || this.#broken) return;
    if (this.#end + to - from > this.#hold.length) this.#makeRoom(to - from);
    this.#hold.set(chunk.subarray(from, to), this.#end);
    this.#end += to - from;
  }

  /** Room for twice what is wanted: each byte is moved at most once, whatever the cut. */
  #makeRoom(count: number): void {
    const held = this.#end - this.#start;
    const least = 2 * Math.max(this.#wanted, held + count);
    if (least > this.#hold.length) {
      const size = Math.min(2 * MAX_WANTED_BYTES, Math.max(FIRST_HOLD_BYTES, 2 * least));
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
      const prefix = this.#prefixBytes(bytes, at, end);
      if (prefix < 0) return at;
      at += prefix;
      this.#begun = true;
    }
    while (at < end && !this.#broken) {
      const verdict = this.#seeking ? this.#seekAt(bytes, at, end) : this.#frameAt(bytes, at, end);
      if (verdict === 'more') return at;
      if (verdict === 'junk') {
        if (!this.#seeking) this.#resyncs += 1;
        this.#seeking = true;
        at += 1;
        this.#skip(1);
        continue;
      }
      const start = at + this.#headBytes;
      if (start + this.#packetBytes > end) {
        this.#wanted = this.#headBytes + this.#packetBytes;
        return at;
      }
      this.#seeking = false;
      at = start + this.#packetBytes;
      if (this.#packetBytes === 0) this.#skip(this.#headBytes);
      else this.#emit(bytes.subarray(start, at), onPacket);
    }
    return at;
  }

  #skip(count: number): void {
    this.#skippedBytes += count;
    if (this.#skippedBytes > MAX_SKIPPED_BYTES) this.#broken = true;
  }

  #emit(packet: Uint8Array, onPacket: (packet: Uint8Array) => void): void {
    this.#skippedBytes = 0;
    this.#style = this.#headBytes;
    if (isRtcp(packet)) return;
    const ssrc = ssrcOf(packet);
    if (this.#ssrc === undefined || this.#lastSsrc === ssrc) this.#ssrc = ssrc;
    this.#lastSsrc = ssrc;
    onPacket(packet);
  }

  /** Bytes before the first packet: none, or an Ehome prefix; −1 = too few bytes to say. */
  #prefixBytes(bytes: Uint8Array, from: number, end: number): number {
    for (let i = 0; i < EHOME_MAGIC.length; i += 1) {
      if (from + i >= end) {
        this.#wanted = i + 1;
        return -1;
      }
      // As a length, `01 00` would be followed by an RTP version, not by 01.
      if (bytes[from + i] !== EHOME_MAGIC[i]) return 0;
    }
    if (end - from >= EHOME_PREFIX_BYTES) return EHOME_PREFIX_BYTES;
    this.#wanted = EHOME_PREFIX_BYTES;
    return -1;
  }

  #frameAt(bytes: Uint8Array, at: number, end: number): Verdict {
    if (this.#style !== undefined) return this.#judge(bytes, at, end, this.#style);
    if (bytes[at] === INTERLEAVED_MAGIC) {
      if (end - at < 2) return this.#lacks(2);
      if (byteAt(bytes, at + 1) <= MAX_FIRST_CHANNEL) {
        const interleaved = this.#judge(bytes, at, end, INTERLEAVED_HEAD);
        if (interleaved !== 'junk') return interleaved;
      }
    }
    return this.#judge(bytes, at, end, LENGTH_HEAD);
  }

  /** While the framing is lost, a position counts only when the packet after it agrees. */
  #seekAt(bytes: Uint8Array, at: number, end: number): Verdict {
    if (bytes[at] === INTERLEAVED_MAGIC) {
      const interleaved = this.#agrees(bytes, at, end, INTERLEAVED_HEAD);
      if (interleaved !== 'junk') return interleaved;
    }
    return this.#agrees(bytes, at, end, LENGTH_HEAD);
  }

  #agrees(bytes: Uint8Array, at: number, end: number, headBytes: HeadBytes): Verdict {
    const verdict = this.#judge(bytes, at, end, headBytes);
    if (verdict !== 'frame') return verdict;
    const packetBytes = this.#packetBytes;
    if (packetBytes < RTP_HEADER_BYTES) return 'junk';
    if (end - at < headBytes + RTP_HEADER_BYTES) return this.#lacks(headBytes + RTP_HEADER_BYTES);
    const ssrc = ssrcOf(bytes, at + headBytes);
    if (this.#ssrc !== undefined && ssrc !== this.#ssrc) return 'junk';
    const nextAt = at + headBytes + packetBytes;
    const next = this.#judge(bytes, nextAt, end, headBytes);
    if (next === 'more') return this.#lacks(nextAt - at + this.#wanted);
    if (next === 'junk' || this.#packetBytes < RTP_HEADER_BYTES) return 'junk';
    const wanted = nextAt - at + headBytes + RTP_HEADER_BYTES;
    if (end - at < wanted) return this.#lacks(wanted);
    if (ssrcOf(bytes, nextAt + headBytes) !== ssrc) return 'junk';
    this.#packetBytes = packetBytes;
    return 'frame';
  }

  /** Reads one head; the packet after it may still be on its way. */
  #judge(bytes: Uint8Array, at: number, end: number, headBytes: HeadBytes): Verdict {
    if (end - at < headBytes) return this.#lacks(headBytes);
    if (headBytes === INTERLEAVED_HEAD && bytes[at] !== INTERLEAVED_MAGIC) return 'junk';
    const packetBytes = readUint16(bytes, at + headBytes - LENGTH_HEAD);
    this.#headBytes = headBytes;
    this.#packetBytes = packetBytes;
    if (packetBytes === 0) return 'frame';
    // Only a short RTCP packet is smaller than an RTP header.
    if (packetBytes < MIN_RTCP_BYTES) return 'junk';
    if (end - at < headBytes + 2) return this.#lacks(headBytes + 2);
    if ((byteAt(bytes, at + headBytes) & VERSION_MASK) !== VERSION_2) return 'junk';
    if (packetBytes >= RTP_HEADER_BYTES) return 'frame';
    return isRtcpType(byteAt(bytes, at + headBytes + 1)) ? 'frame' : 'junk';
  }

  #lacks(wanted: number): Verdict {
    this.#wanted = wanted;
    return 'more';
  }
}

/** RFC 5761 §4: the packet types that tell RTCP from RTP on one connection. */
function isRtcpType(packetType: number): boolean {
  return packetType >= RTCP_FIRST && packetType <= RTCP_LAST;
}

function isRtcp(packet: Uint8Array): boolean {
  return packet.length < RTP_HEADER_BYTES || isRtcpType(byteAt(packet, 1));
}
