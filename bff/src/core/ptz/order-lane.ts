/** An order that waits for its turn, and all who wait for its outcome. */
interface Waiting {
  job: () => Promise<void>;
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Orders to one camera, one after another. At most one stop waits, and after it one movement: a newer
 * movement takes the place of one that waits, a stop drops it, so that no caller can fill the lane.
 */
export class OrderLane {
  readonly #onIdle: () => void;
  #running = false;
  #stop: Waiting | undefined;
  #move: Waiting | undefined;

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  /** Settles as the movement does that is sent in the end; resolves when a stop has made it void. */
  move(job: () => Promise<void>): Promise<void> {
    if (this.#move) this.#move.job = job;
    else this.#move = waiting(job);
    const { done } = this.#move;
    this.#next();
    return done;
  }

  /** Settles as the stop does. */
  stop(job: () => Promise<void>): Promise<void> {
    this.#move?.resolve();
    this.#move = undefined;
    this.#stop ??= waiting(job);
    const { done } = this.#stop;
    this.#next();
    return done;
  }

  #next(): void {
    if (this.#running) return;
    const order = this.#stop ?? this.#move;
    if (!order) {
      this.#onIdle();
      return;
    }
    if (order === this.#stop) this.#stop = undefined;
    else this.#move = undefined;
    this.#running = true;
    void order
      .job()
      .then(order.resolve, order.reject)
      .finally(() => {
        this.#running = false;
        this.#next();
      });
  }
}

function waiting(job: () => Promise<void>): Waiting {
  let resolve: () => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const done = new Promise<void>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { job, done, resolve, reject };
}
