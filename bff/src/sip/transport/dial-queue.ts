const MAX_WAITING = 64;

/** What waits for a connection that is being made. */
interface Waiting {
  readonly bytes: Uint8Array;
  readonly failed: (error: Error) => void;
}

/** Messages to peers whose connections are being made, by peer. */
export class DialQueue {
  readonly #waiting = new Map<string, Waiting[]>();

  /** True when the peer was not being dialled yet, so that the caller has to. */
  add(peer: string, bytes: Uint8Array, failed: (error: Error) => void): boolean {
    const queue = this.#waiting.get(peer);
    if (queue === undefined) {
      this.#waiting.set(peer, [{ bytes, failed }]);
      return true;
    }
    if (queue.length < MAX_WAITING) queue.push({ bytes, failed });
    else failed(new Error('too much waits for this connection'));
    return false;
  }

  /** What waited, now that the connection stands. */
  take(peer: string): readonly Uint8Array[] {
    const queue = this.#waiting.get(peer);
    this.#waiting.delete(peer);
    return queue?.map(({ bytes }) => bytes) ?? [];
  }

  fail(peer: string, error: Error): void {
    const queue = this.#waiting.get(peer);
    this.#waiting.delete(peer);
    for (const { failed } of queue ?? []) failed(error);
  }
}
