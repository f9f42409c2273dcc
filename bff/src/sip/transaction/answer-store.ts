const CHUNK = 262_144;
/** Places are counted in these. */
const UNIT = 8;
const UNITS = CHUNK / UNIT;
/** Before the octets: when they were stored, and how many they are. */
const HEAD = 16;
const LENGTH_AT = 8;

interface Chunk {
  readonly octets: Buffer;
  /** Where the next answer goes, in octets. */
  end: number;
  /** Answers that are not forgotten. */
  live: number;
}

/**
 * Keeps octets for a while beside the heap. A server remembers each answer for half a minute; on the heap they outlive
 * the young generation, and the garbage of the old one is what makes everybody wait. What came at one time lies in one
 * chunk and is forgotten at about one time, so that chunks come free as wholes. Bounded by whoever adds.
 */
export class AnswerStore {
  readonly #chunks: (Chunk | undefined)[] = [];
  /** Numbers of chunks that are not there. */
  readonly #gaps: number[] = [];
  /** The number of the chunk that is filled now. */
  #current: number | undefined;
  /** One that was emptied last: a chunk that comes and goes costs no memory of the system's. */
  #spare: Chunk | undefined;

  /** Memory that it holds, octets. */
  get octets(): number {
    return (this.#chunks.length - this.#gaps.length) * CHUNK;
  }

  /** A number by which the answer is known. At most 65,507 octets: a datagram. `atMs`: when, on any line of time. */
  add(bytes: Uint8Array, atMs: number): number {
    const size = Math.ceil((HEAD + bytes.length) / UNIT) * UNIT;
    if (size > CHUNK) throw new RangeError('an answer is longer than a chunk');
    let no = this.#current;
    let chunk = no === undefined ? undefined : this.#chunks[no];
    if (no === undefined || chunk === undefined || chunk.end + size > CHUNK) {
      chunk = this.#spare ?? { octets: Buffer.allocUnsafeSlow(CHUNK), end: 0, live: 0 };
      this.#spare = undefined;
      no = this.#gaps.pop() ?? this.#chunks.length;
      this.#chunks[no] = chunk;
      this.#current = no;
    }
    const { octets, end } = chunk;
    octets.writeDoubleLE(atMs, end);
    octets.writeUInt32LE(bytes.length, end + LENGTH_AT);
    octets.set(bytes, end + HEAD);
    chunk.end += size;
    chunk.live += 1;
    return no * UNITS + end / UNIT;
  }

  /** When it was stored. */
  timeOf(answer: number): number {
    const [{ octets }, at] = this.#find(answer);
    return octets.readDoubleLE(at);
  }

  /** A copy of its octets. */
  read(answer: number): Buffer {
    const [{ octets }, at] = this.#find(answer);
    return Buffer.from(octets.subarray(at + HEAD, at + HEAD + octets.readUInt32LE(at + LENGTH_AT)));
  }

  /** Forgets it, once; its number may be another's from now on. How many octets it had. */
  free(answer: number): number {
    const [chunk, at] = this.#find(answer);
    const length = chunk.octets.readUInt32LE(at + LENGTH_AT);
    chunk.live -= 1;
    const no = Math.floor(answer / UNITS);
    if (chunk.live === 0) {
      if (no === this.#current) chunk.end = 0;
      else this.#release(no, chunk);
    }
    return length;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#gaps.length = 0;
    this.#current = undefined;
    this.#spare = undefined;
  }

  #find(answer: number): readonly [Chunk, number] {
    const chunk = this.#chunks[Math.floor(answer / UNITS)];
    if (chunk === undefined) throw new RangeError('no such answer');
    return [chunk, (answer % UNITS) * UNIT];
  }

  #release(no: number, chunk: Chunk): void {
    chunk.end = 0;
    this.#spare = chunk;
    this.#chunks[no] = undefined;
    this.#gaps.push(no);
  }
}
