interface Use {
  readonly issuedAtS: number;
  /** Highest nonce count that was accepted. */
  count: number;
}

/**
 * Remembers how far each nonce was used, so that a captured proof is worth nothing (RFC 7616 §5.4). Bounded:
 * the oldest use makes room, and no nonce that is as old as a forgotten one is accepted any more.
 */
export class NonceUses {
  readonly #uses = new Map<string, Use>();
  readonly #capacity: number;
  readonly #lifeS: number;
  #forgottenUpToS = -1;

  constructor(options: { readonly capacity: number; readonly lifeS: number }) {
    this.#capacity = options.capacity;
    this.#lifeS = options.lifeS;
  }

  get size(): number {
    return this.#uses.size;
  }

  /** Whether this use is new; it is remembered then. A nonce without counts can be used once. */
  accept(nonce: string, issuedAtS: number, count: number, nowS: number): boolean {
    const use = this.#uses.get(nonce);
    if (use !== undefined) {
      if (count <= use.count) return false;
      use.count = count;
      return true;
    }
    if (issuedAtS <= this.#forgottenUpToS) return false;
    this.#makeRoom(nowS);
    this.#uses.set(nonce, { issuedAtS, count });
    return true;
  }

  /** Gives back the memory of nonces that are over: after a crowd has registered, nobody else may come for long. */
  forgetExpired(nowS: number): void {
    for (const [nonce, { issuedAtS }] of this.#uses) {
      // In the order of their use, which is about that of their making.
      if (nowS - issuedAtS <= this.#lifeS) return;
      this.#uses.delete(nonce);
    }
  }

  #makeRoom(nowS: number): void {
    for (const [nonce, use] of this.#uses) {
      const expired = nowS - use.issuedAtS > this.#lifeS;
      if (!expired && this.#uses.size < this.#capacity) return;
      if (!expired) this.#forgottenUpToS = Math.max(this.#forgottenUpToS, use.issuedAtS);
      this.#uses.delete(nonce);
    }
  }
}
