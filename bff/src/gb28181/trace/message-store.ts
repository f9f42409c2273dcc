import type { Flow } from '../../sip/index.ts';

/** Octets of a block; a message takes as many whole ones as it needs. */
const BLOCK = 256;
const NONE = -1;
const OUT = 1;
const TCP = 2;

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
  /** By block: the next one of the same message, or of those that are free. */
  readonly #nextBlock: Int32Array;
  /** By first block, as are all that follow: the message after it in whatever list it stands. */
  readonly #nextMessage: Int32Array;
  readonly #seqs: Float64Array;
  readonly #times: Float64Array;
  readonly #lengths: Uint32Array;
  readonly #kept: Uint32Array;
  readonly #flags: Uint8Array;
  readonly #ports: Uint16Array;
  readonly #addresses: string[] = [];
  #free = NONE;
  /** Blocks from here on were never used: their memory is not taken yet. */
  #untouched = 0;
  #used = 0;

  /** `capacity`: octets in all. */
  constructor(capacity: number) {
    const blocks = Math.floor(capacity / BLOCK);
    this.#octets = Buffer.alloc(blocks * BLOCK);
    this.#nextBlock = new Int32Array(blocks);
    this.#nextMessage = new Int32Array(blocks);
    this.#seqs = new Float64Array(blocks);
    this.#times = new Float64Array(blocks);
    this.#lengths = new Uint32Array(blocks);
    this.#kept = new Uint32Array(blocks);
    this.#flags = new Uint8Array(blocks);
    this.#ports = new Uint16Array(blocks);
  }

  /** Octets that a message of so many takes. */
  static costOf(kept: number): number {
    return Math.max(1, Math.ceil(kept / BLOCK)) * BLOCK;
  }

  /** Octets that are taken. */
  get octets(): number {
    return this.#used * BLOCK;
  }

  /** Whether a message of so many octets finds room. */
  hasRoom(kept: number): boolean {
    return this.octets + MessageStore.costOf(kept) <= this.#octets.length;
  }

  /** Its number. There must be room. */
  add({ seq, atMs, direction, flow, bytes, kept }: NewMessage): number {
    if (!this.hasRoom(kept)) throw new RangeError('no room for a message');
    const first = this.#takeBlock();
    this.#fill(first, bytes, 0, kept);
    let block = first;
    for (let at = BLOCK; at < kept; at += BLOCK) {
      const next = this.#takeBlock();
      this.#fill(next, bytes, at, kept);
      this.#nextBlock[block] = next;
      block = next;
    }
    this.#nextBlock[block] = NONE;
    this.#nextMessage[first] = NONE;
    this.#seqs[first] = seq;
    this.#times[first] = atMs;
    this.#lengths[first] = bytes.length;
    this.#kept[first] = kept;
    this.#flags[first] = (direction === 'out' ? OUT : 0) | (flow.transport === 'tcp' ? TCP : 0);
    this.#ports[first] = flow.remotePort;
    this.#addresses[first] = flow.remoteAddress;
    return first;
  }

  /** Forgets a message; its number may be another's from now on. Octets that this gave back. */
  free(message: number): number {
    const cost = this.costAt(message);
    let last = message;
    for (let next = this.#nextBlock[last] ?? NONE; next !== NONE; next = this.#nextBlock[last] ?? NONE)
      last = next;
    this.#nextBlock[last] = this.#free;
    this.#free = message;
    this.#used -= cost / BLOCK;
    return cost;
  }

  read(message: number): KeptMessage {
    const flags = this.#flags[message] ?? 0;
    const kept = this.#kept[message] ?? 0;
    let latin1 = '';
    for (let block = message, left = kept; left > 0; block = this.#nextBlock[block] ?? NONE, left -= BLOCK)
      latin1 += this.#octets.toString('latin1', block * BLOCK, block * BLOCK + Math.min(BLOCK, left));
    return {
      seq: this.#seqs[message] ?? 0,
      atMs: this.#times[message] ?? 0,
      direction: (flags & OUT) === 0 ? 'in' : 'out',
      transport: (flags & TCP) === 0 ? 'udp' : 'tcp',
      remoteAddress: this.#addresses[message] ?? '',
      remotePort: this.#ports[message] ?? 0,
      octets: this.#lengths[message] ?? 0,
      latin1,
    };
  }

  /** UTC, ms. */
  timeOf(message: number): number {
    return this.#times[message] ?? 0;
  }

  /** Octets that it takes. */
  costAt(message: number): number {
    return MessageStore.costOf(this.#kept[message] ?? 0);
  }

  /** The message after it in its list; -1 at the end. */
  after(message: number): number {
    return this.#nextMessage[message] ?? NONE;
  }

  /** Puts `next` behind `message` in its list. */
  link(message: number, next: number): void {
    this.#nextMessage[message] = next;
  }

  #fill(block: number, bytes: Uint8Array, from: number, kept: number): void {
    const until = Math.min(kept, from + BLOCK);
    this.#octets.set(
      from === 0 && until === bytes.length ? bytes : bytes.subarray(from, until),
      block * BLOCK,
    );
  }

  #takeBlock(): number {
    this.#used += 1;
    if (this.#free === NONE) {
      this.#untouched += 1;
      return this.#untouched - 1;
    }
    const block = this.#free;
    this.#free = this.#nextBlock[block] ?? NONE;
    return block;
  }
}
