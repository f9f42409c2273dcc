/**
 * A copy of a text that holds nothing else: one that was cut from a longer text keeps all of that in memory. For
 * well-formed text.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}

/** Keeps one copy of each text that many say, e.g. the maker of a camera. Bounded: further ones are their own. */
export class SameTexts {
  readonly #capacity: number;
  readonly #texts = new Map<string, string>();

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  of(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const own = ownText(text);
    if (this.#texts.size < this.#capacity) this.#texts.set(own, own);
    return own;
  }
}
