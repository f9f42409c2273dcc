/** RFC 3261 §17.1.2.2: first repetition, longest interval, and when a request is given up, ms. */
const T1_MS = 500;
const T2_MS = 4_000;
const GIVE_UP_MS = 32_000;

/** A request without a final answer. */
export interface OpenRequest {
  readonly device: number;
  readonly what: 'register' | 'proof' | 'keepalive' | 'answer';
  readonly bytes: Buffer;
  readonly sentAtMs: number;
  repeatAtMs: number;
  intervalMs: number;
}

/** The client transactions of a crowd: repeated as RFC 3261 has it, without a timer for each. */
export class OpenRequests {
  readonly #open = new Map<number, OpenRequest>();
  #repeated = 0;

  get size(): number {
    return this.#open.size;
  }

  /** Repetitions that were sent. */
  get repeated(): number {
    return this.#repeated;
  }

  add(number: number, request: Pick<OpenRequest, 'device' | 'what' | 'bytes'>): void {
    const nowMs = performance.now();
    this.#open.set(number, {
      ...request,
      sentAtMs: nowMs,
      repeatAtMs: nowMs + T1_MS,
      intervalMs: T1_MS,
    });
  }

  /** The request of this number, which is closed by it; undefined when there is none. */
  take(number: number): OpenRequest | undefined {
    const request = this.#open.get(number);
    if (request !== undefined) this.#open.delete(number);
    return request;
  }

  /** Repeats what is due and gives up what is too old. */
  tick(repeat: (request: OpenRequest) => void, giveUp: (request: OpenRequest) => void): void {
    const nowMs = performance.now();
    for (const [number, request] of this.#open) {
      if (nowMs - request.sentAtMs >= GIVE_UP_MS) {
        this.#open.delete(number);
        giveUp(request);
      } else if (nowMs >= request.repeatAtMs) {
        request.intervalMs = Math.min(T2_MS, request.intervalMs * 2);
        request.repeatAtMs = nowMs + request.intervalMs;
        this.#repeated += 1;
        repeat(request);
      }
    }
  }
}
