import type { RtpPacket } from './rtp-packet.ts';
import { sequenceAfter, sequenceDistance } from './sequence.ts';

/** Packets that may wait for one that is missing. */
export const REORDER_WINDOW_PACKETS = 64;
/** How long one of them may wait, ms. */
export const REORDER_WINDOW_MS = 200;
/** A packet further ahead than this belongs to another sequence: MAX_DROPOUT of RFC 3550 A.1. */
const MAX_LEAP = 3000;
const SLOTS = 128;
const SLOT_MASK = SLOTS - 1;

/** Counters of a `ReorderBuffer`. */
export interface ReorderStats {
  /** Sequence numbers that were given up. */
  lost: number;
  /** Packets that came behind a later one and still in time. */
  reordered: number;
  duplicates: number;
  /** Packets that came after they were given up, or strayed far from the sequence. */
  late: number;
}

/** Where packets in order go; `gap` = packets right before this one are lost, or the sender began anew. */
export type OrderedPacketSink = (packet: RtpPacket, gap: boolean) => void;

/**
 * Puts packets back into sequence. A packet in order passes through without being kept; one ahead of its time
 * is copied into a ring until the gap before it fills, 200 ms pass, or 64 packets wait.
 */
export class ReorderBuffer {
  readonly stats: ReorderStats = { lost: 0, reordered: 0, duplicates: 0, late: 0 };
  readonly #sink: OrderedPacketSink;
  readonly #slots: (RtpPacket | undefined)[] = new Array<undefined>(SLOTS).fill(undefined);
  readonly #arrivedMs = new Float64Array(SLOTS);
  /** The last sequence number that passed through each slot, to tell a duplicate from a late one. */
  readonly #passed = new Int32Array(SLOTS).fill(-1);
  #expected = -1;
  /** The furthest that came; a packet behind it was overtaken. */
  #furthest = 0;
  #held = 0;
  /** When the packet that waits longest came. */
  #oldestMs = 0;
  /** One packet from far off: the next in its sequence proves that the sender began anew. */
  #stray: RtpPacket | undefined;

  constructor(sink: OrderedPacketSink) {
    this.#sink = sink;
  }

  /** Packets that wait. */
  get held(): number {
    return this.#held;
  }

  push(packet: RtpPacket, nowMs: number): void {
    if (this.#expected < 0) this.#begin(packet);
    const distance = sequenceDistance(this.#expected, packet.sequenceNumber);
    if (distance > MAX_LEAP || distance < -SLOTS) {
      this.#pushStray(packet, nowMs);
      return;
    }
    if (this.#stray) this.#dropStray();
    if (distance < 0) this.#countLate(packet);
    else {
      this.#countOvertaken(packet);
      if (distance === 0) this.#passRun(packet, false);
      else this.#pushEarly(packet, nowMs);
    }
    while (this.#held > 0 && nowMs - this.#oldestMs > REORDER_WINDOW_MS) this.#skipGap();
  }

  /** Hands out whatever waits, as if the missing packets were lost. */
  flush(): void {
    while (this.#held > 0) this.#skipGap();
  }

  /** Forgets the sequence: the next packet begins it. */
  reset(): void {
    this.#slots.fill(undefined);
    this.#passed.fill(-1);
    this.#held = 0;
    this.#stray = undefined;
    this.#expected = -1;
  }

  #begin(packet: RtpPacket): void {
    this.#expected = packet.sequenceNumber;
    this.#furthest = packet.sequenceNumber;
  }

  #countLate(packet: RtpPacket): void {
    if (this.#passed[packet.sequenceNumber & SLOT_MASK] === packet.sequenceNumber) this.stats.duplicates += 1;
    else this.stats.late += 1;
  }

  #countOvertaken({ sequenceNumber }: RtpPacket): void {
    if (sequenceDistance(this.#furthest, sequenceNumber) >= 0) this.#furthest = sequenceNumber;
    else if (this.#slots[sequenceNumber & SLOT_MASK] === undefined) this.stats.reordered += 1;
  }

  /** RFC 3550 A.1: two packets in sequence, both far off, are a sender that began anew; one alone is noise. */
  #pushStray(packet: RtpPacket, nowMs: number): void {
    const first = this.#stray;
    if (first === undefined || sequenceAfter(first.sequenceNumber) !== packet.sequenceNumber) {
      if (first !== undefined) this.#dropStray();
      this.#stray = copyOf(packet);
      return;
    }
    this.flush();
    this.reset();
    this.#begin(first);
    this.stats.lost += 1;
    this.#passRun(first, true);
    this.push(packet, nowMs);
  }

  #dropStray(): void {
    this.#stray = undefined;
    this.stats.late += 1;
  }

  #pushEarly(packet: RtpPacket, nowMs: number): void {
    const { sequenceNumber } = packet;
    while (this.#held > 0 && sequenceDistance(this.#expected, sequenceNumber) >= SLOTS) this.#skipGap();
    const ahead = sequenceDistance(this.#expected, sequenceNumber);
    if (ahead === 0 || ahead >= SLOTS) {
      this.stats.lost += ahead;
      this.#passRun(packet, ahead > 0);
      return;
    }
    const slot = sequenceNumber & SLOT_MASK;
    if (this.#slots[slot]) {
      this.stats.duplicates += 1;
      return;
    }
    if (this.#held === 0) this.#oldestMs = nowMs;
    this.#slots[slot] = copyOf(packet);
    this.#arrivedMs[slot] = nowMs;
    this.#held += 1;
    if (this.#held >= REORDER_WINDOW_PACKETS) this.#skipGap();
  }

  /** Passes a packet on, and those that waited right behind it. */
  #passRun(packet: RtpPacket, gap: boolean): void {
    this.#pass(packet, gap);
    if (this.#held === 0) return;
    for (let next = this.#takeExpected(); next; next = this.#takeExpected()) this.#pass(next, false);
    this.#findOldest();
  }

  #pass(packet: RtpPacket, gap: boolean): void {
    this.#expected = sequenceAfter(packet.sequenceNumber);
    this.#passed[packet.sequenceNumber & SLOT_MASK] = packet.sequenceNumber;
    this.#sink(packet, gap);
  }

  #takeExpected(): RtpPacket | undefined {
    const slot = this.#expected & SLOT_MASK;
    const packet = this.#slots[slot];
    if (packet) {
      this.#slots[slot] = undefined;
      this.#held -= 1;
    }
    return packet;
  }

  #findOldest(): void {
    if (this.#held === 0) return;
    let oldest = Infinity;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      if (this.#slots[slot]) oldest = Math.min(oldest, this.#arrivedMs[slot] ?? Infinity);
    }
    this.#oldestMs = oldest;
  }

  /** Gives up the packets that are missing before the next one that waits. */
  #skipGap(): void {
    while (!this.#slots[this.#expected & SLOT_MASK]) {
      this.#expected = sequenceAfter(this.#expected);
      this.stats.lost += 1;
    }
    const packet = this.#takeExpected();
    if (packet) this.#passRun(packet, true);
  }
}

/** `slice` of a Node buffer is a view; what waits must not hold the 64 KiB that a socket read into. */
function copyOf(packet: RtpPacket): RtpPacket {
  return { ...packet, bytes: new Uint8Array(packet.bytes) };
}
