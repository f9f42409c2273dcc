import type { RtpPacket } from './rtp-packet.ts';
import { sequenceAfter, sequenceDistance } from './sequence.ts';

/** Packets that may wait for one that is missing. */
export const REORDER_WINDOW_PACKETS = 64;
/** How long they may wait. */
export const REORDER_WINDOW_MS = 200;
/** So many late packets in a row mean that the sender began anew, not that the network is slow. */
const LATE_RUN_FOR_RESTART = 32;
/** A step further ahead than this is a restart too, not a loss. */
const MAX_LEAP = 3000;
const SLOTS = 128;
const SLOT_MASK = SLOTS - 1;

/** Counters of a `ReorderBuffer`. */
export interface ReorderStats {
  lost: number;
  reordered: number;
  duplicates: number;
  late: number;
}

/** Where packets in order go; `gap` = packets right before this one are lost, or the sender began anew. */
export type OrderedPacketSink = (packet: RtpPacket, gap: boolean) => void;

/**
 * Puts packets back into sequence. A packet in order passes through without being kept; one ahead of its time
 * is copied into a ring of 64 until the gap fills, 200 ms pass, or the ring is full.
 */
export class ReorderBuffer {
  readonly stats: ReorderStats = { lost: 0, reordered: 0, duplicates: 0, late: 0 };
  readonly #sink: OrderedPacketSink;
  readonly #slots: (RtpPacket | undefined)[] = new Array<undefined>(SLOTS).fill(undefined);
  /** The last sequence number that passed through each slot, to tell a duplicate from a late one. */
  readonly #passed = new Int32Array(SLOTS).fill(-1);
  #expected = -1;
  #held = 0;
  #heldSinceMs = 0;
  #lateRun = 0;

  constructor(sink: OrderedPacketSink) {
    this.#sink = sink;
  }

  get held(): number {
    return this.#held;
  }

  push(packet: RtpPacket, nowMs: number): void {
    if (this.#expected < 0) this.#expected = packet.sequenceNumber;
    const distance = sequenceDistance(this.#expected, packet.sequenceNumber);
    if (distance === 0) {
      this.#lateRun = 0;
      this.#pass(packet, false);
      if (this.#held > 0) this.#drainReady(nowMs);
    } else if (distance < 0) {
      this.#pushLate(packet, distance);
    } else {
      this.#pushEarly(packet, distance, nowMs);
    }
    if (this.#held > 0 && nowMs - this.#heldSinceMs > REORDER_WINDOW_MS) this.#skipGap(nowMs);
  }

  /** Hands out whatever waits, as if the missing packets were lost. */
  flush(nowMs: number): void {
    while (this.#held > 0) this.#skipGap(nowMs);
  }

  /** Forgets the sequence: the next packet begins it. */
  reset(): void {
    this.#slots.fill(undefined);
    this.#held = 0;
    this.#lateRun = 0;
    this.#expected = -1;
  }

  #pushLate(packet: RtpPacket, distance: number): void {
    if (this.#passed[packet.sequenceNumber & SLOT_MASK] === packet.sequenceNumber) this.stats.duplicates += 1;
    else this.stats.late += 1;
    this.#lateRun += 1;
    if (this.#lateRun >= LATE_RUN_FOR_RESTART) this.#restart(packet);
  }

  #pushEarly(packet: RtpPacket, distance: number, nowMs: number): void {
    if (distance > MAX_LEAP) {
      this.#restart(packet);
      return;
    }
    while (this.#held > 0 && sequenceDistance(this.#expected, packet.sequenceNumber) >= SLOTS) {
      this.#skipGap(nowMs);
    }
    const ahead = sequenceDistance(this.#expected, packet.sequenceNumber);
    if (ahead === 0) {
      this.#pass(packet, false);
      this.#drainReady(nowMs);
      return;
    }
    if (ahead >= SLOTS) {
      this.stats.lost += ahead;
      this.#pass(packet, true);
      return;
    }
    const slot = packet.sequenceNumber & SLOT_MASK;
    if (this.#slots[slot]) {
      this.stats.duplicates += 1;
      return;
    }
    if (this.#held === 0) this.#heldSinceMs = nowMs;
    this.#slots[slot] = { ...packet, bytes: packet.bytes.slice() };
    this.#held += 1;
    this.stats.reordered += 1;
    if (this.#held >= REORDER_WINDOW_PACKETS) this.#skipGap(nowMs);
  }

  #restart(packet: RtpPacket): void {
    this.reset();
    this.stats.lost += 1;
    this.#pass(packet, true);
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

  #drainReady(nowMs: number): void {
    for (let packet = this.#takeExpected(); packet; packet = this.#takeExpected()) this.#pass(packet, false);
    this.#heldSinceMs = nowMs;
  }

  #skipGap(nowMs: number): void {
    let missing = 0;
    while (!this.#slots[this.#expected & SLOT_MASK] && missing < SLOTS) {
      this.#expected = sequenceAfter(this.#expected);
      missing += 1;
    }
    this.stats.lost += missing;
    const packet = this.#takeExpected();
    if (packet) this.#pass(packet, true);
    this.#drainReady(nowMs);
  }
}
