/** Viewers that the core believes present, by session and tag. */
export class ViewerBook {
  readonly #bySession = new Map<string, Map<string, number>>();

  join(sessionId: string, tag: string): void {
    const tags = this.#bySession.get(sessionId) ?? new Map<string, number>();
    this.#bySession.set(sessionId, tags);
    tags.set(tag, (tags.get(tag) ?? 0) + 1);
  }

  leave(sessionId: string, tag: string): void {
    const tags = this.#bySession.get(sessionId);
    const left = (tags?.get(tag) ?? 0) - 1;
    if (left > 0) tags?.set(tag, left);
    else tags?.delete(tag);
    if (tags?.size === 0) this.#bySession.delete(sessionId);
  }

  /** Strikes everybody out; gives each viewer once. */
  clear(): readonly (readonly [sessionId: string, tag: string])[] {
    const all = [...this.#bySession].flatMap(([sessionId, tags]) =>
      [...tags].flatMap(([tag, count]) =>
        Array.from({ length: count }, (): readonly [string, string] => [sessionId, tag]),
      ),
    );
    this.#bySession.clear();
    return all;
  }
}
