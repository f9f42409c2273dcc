const MAX_TEXTS = 10_000;

/** Keeps one copy of each text that many rows say, e.g. the maker of a camera. Bounded: further ones are their own. */
export class SameTexts {
  readonly #texts = new Map<string, string>();

  of(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size < MAX_TEXTS) this.#texts.set(text, text);
    return text;
  }
}
