/** PES_packet_length has 16 bits; what goes on without one is no sound. */
const MAX_BYTES = 0xffff;
const FIRST_BYTES = 2048;

/** Gathers the payload of one PES packet. */
export class PesPayload {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;
  #open = false;
  #oversized = 0;

  /** Packets that were dropped because they were too large. */
  get oversized(): number {
    return this.#oversized;
  }

  begin(): void {
    this.#open = true;
    this.#length = 0;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#open) return;
    const length = this.#length + (end - start);
    if (length > MAX_BYTES) {
      this.#oversized += 1;
      this.drop();
      return;
    }
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length = length;
  }

  /** What was gathered, as a view that is valid until the next `begin`; undefined = nothing, or not all. */
  take(): Uint8Array | undefined {
    const whole = this.#open && this.#length > 0;
    this.#open = false;
    return whole ? this.#bytes.subarray(0, this.#length) : undefined;
  }

  drop(): void {
    this.#open = false;
  }
}
