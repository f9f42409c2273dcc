import type { Flow } from '../../sip/index.ts';

/** Octets of a block: nearly every message takes one. */
const BLOCK = 1_024;
/** Every block begins with the number of the next one of the same message, or of those that are free. */
const MORE_HEAD = 8;
/** Behind it, in the first block of a message, stands what is known of it. */
const FIRST_HEAD = 88;
const ADDRESS_AT = 40;
const ADDRESS_ROOM = FIRST_HEAD - ADDRESS_AT;
/** Places in a block as numbers of 32 bits… */
const NEXT_BLOCK = 0;
const NEXT_MESSAGE = 1;
const LENGTH = 2;
const KEPT = 3;
const PORT_AND_FLAGS = 4;
const ADDRESS_LENGTH = 5;
/** … and as numbers of 64. */
const SEQ = 3;
const TIME = 4;
const NONE = -1;
const OUT = 0x1_0000;
const TCP = 0x2_0000;

/** A message as it is read back. */
export interface KeptMessage {
  readonly seq: number;
  /** UTC, ms. */
  readonly atMs: number;
  readonly direction: 'in' | 'out';
  readonly transport: 'udp' | 'tcp';
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Octets of the whole message. */
  readonly octets: number;
  /** Its beginning, one character per octet. */
  readonly latin1: string;
}

/** A message that is to be kept. */
export interface NewMessage {
  readonly seq: number;
  readonly atMs: number;
  readonly direction: 'in' | 'out';
  readonly flow: Pick<Flow, 'transport' | 'remoteAddress' | 'remotePort'>;
  readonly bytes: Uint8Array;
  /** How many of its octets are kept, from its beginning. */
  readonly kept: number;
}

/**
 * Keeps messages beside the heap, in one piece of memory made of equal blocks: what is kept for a while and then
 * forgotten, again and again, is otherwise what a garbage collector finds hardest. A message is known by the number of
 * its first block.
 */
export class MessageStore {
  readonly #octets: Buffer;
  /** The same memory. */
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #blocks: number;
  #free = NONE;
  /** Blocks from here on were never used: their memory is not taken yet. */
  #untouched = 0;
  #used = 0;

  /** `capacity`: octets in all. */
  constructor(capacity: number) {
    this.#blocks = Math.floor(capacity / BLOCK);
    const memory = new ArrayBuffer(this.#blocks * BLOCK);
    this.#octets = Buffer.from(memory);
    this.#words = new Int32Array(memory);
    this.#doubles = new Float64Array(memory);
  }

  /** Octets that a message takes of which so many are kept. */
  static costOf(kept: number): number {
    return (1 + Math.ceil(Math.max(0, kept - (BLOCK - FIRST_HEAD)) / (BLOCK - MORE_HEAD))) * BLOCK;
  }

  /** Octets that are taken. */
  get octets(): number {
    return this.#used * BLOCK;
  }

  /** Whether a message of so many octets finds room. */
  hasRoom(kept: number): boolean {
    return this.octets + MessageStore.costOf(kept) <= this.#blocks * BLOCK;
  }

  /** Its number. There must be room. */
  add({ seq, atMs, direction, flow, bytes, kept }: NewMessage): number {
    if (!this.hasRoom(kept)) throw new RangeError('no room for a message');
    const first = this.#takeBlock();
    const word = first * (BLOCK / 4);
    const flags = (direction === 'out' ? OUT : 0) | (flow.transport === 'tcp' ? TCP : 0);
    this.#words[word + NEXT_MESSAGE] = NONE;
    this.#words[word + LENGTH] = bytes.length;
    this.#words[word + KEPT] = kept;
    this.#words[word + PORT_AND_FLAGS] = flow.remotePort | flags;
    this.#words[word + ADDRESS_LENGTH] = this.#octets.write(
      flow.remoteAddress,
      first * BLOCK + ADDRESS_AT,
      ADDRESS_ROOM,
      'latin1',
    );
    const double = first * (BLOCK / 8);
    this.#doubles[double + SEQ] = seq;
    this.#doubles[double + TIME] = atMs;
    this.#fill(first, bytes, kept);
    return first;
  }

  /** Forgets a message; its number may be another's from now on. Octets that this gave back. */
  free(message: number): number {
    const cost = this.costAt(message);
    let last = message;
    for (let next = this.#nextBlock(last); next !== NONE; next = this.#nextBlock(last)) last = next;
    this.#words[last * (BLOCK / 4) + NEXT_BLOCK] = this.#free;
    this.#free = message;
    this.#used -= cost / BLOCK;
    return cost;
  }

  read(message: number): KeptMessage {
    const portAndFlags = this.#word(message, PORT_AND_FLAGS);
    const addressAt = message * BLOCK + ADDRESS_AT;
    return {
      seq: this.#doubles[message * (BLOCK / 8) + SEQ] ?? 0,
      atMs: this.timeOf(message),
      direction: (portAndFlags & OUT) === 0 ? 'in' : 'out',
      transport: (portAndFlags & TCP) === 0 ? 'udp' : 'tcp',
      remoteAddress: this.#octets.toString(
        'latin1',
        addressAt,
        addressAt + this.#word(message, ADDRESS_LENGTH),
      ),
      remotePort: portAndFlags & 0xffff,
      octets: this.#word(message, LENGTH),
      latin1: this.#textOf(message),
    };
  }

  /** UTC, ms. */
  timeOf(message: number): number {
    return this.#doubles[message * (BLOCK / 8) + TIME] ?? 0;
  }

  /** Octets that it takes. */
  costAt(message: number): number {
    return MessageStore.costOf(this.#word(message, KEPT));
  }

  /** The message after it in its list; -1 at the end. */
  after(message: number): number {
    return this.#word(message, NEXT_MESSAGE);
  }

  /** Puts `next` behind `message` in its list. */
  link(message: number, next: number): void {
    this.#words[message * (BLOCK / 4) + NEXT_MESSAGE] = next;
  }

  #fill(first: number, bytes: Uint8Array, kept: number): void {
    let room = BLOCK - FIRST_HEAD;
    const isWhole = kept === bytes.length && kept <= room;
    this.#octets.set(isWhole ? bytes : bytes.subarray(0, Math.min(kept, room)), first * BLOCK + FIRST_HEAD);
    let block = first;
    for (let at = room; at < kept; at += room) {
      room = BLOCK - MORE_HEAD;
      const next = this.#takeBlock();
      this.#octets.set(bytes.subarray(at, Math.min(kept, at + room)), next * BLOCK + MORE_HEAD);
      this.#words[block * (BLOCK / 4) + NEXT_BLOCK] = next;
      block = next;
    }
    this.#words[block * (BLOCK / 4) + NEXT_BLOCK] = NONE;
  }

  #textOf(message: number): string {
    let text = '';
    let head = FIRST_HEAD;
    let left = this.#word(message, KEPT);
    for (let block = message; left > 0; block = this.#nextBlock(block)) {
      const here = Math.min(left, BLOCK - head);
      text += this.#octets.toString('latin1', block * BLOCK + head, block * BLOCK + head + here);
      left -= here;
      head = MORE_HEAD;
    }
    return text;
  }

  #nextBlock(block: number): number {
    return this.#word(block, NEXT_BLOCK);
  }

  #word(block: number, place: number): number {
    return this.#words[block * (BLOCK / 4) + place] ?? NONE;
  }

  #takeBlock(): number {
    this.#used += 1;
    if (this.#free === NONE) {
      this.#untouched += 1;
      return this.#untouched - 1;
    }
    const block = this.#free;
    this.#free = this.#nextBlock(block);
    return block;
  }
}
