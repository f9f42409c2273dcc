import { refuse } from '../refuse.ts';

/** Orders that may wait while one is under way. */
const MAX_WAITING = 8;

/** Orders to one playback, one after another: a call that is being made is not told where to go. */
export class Turns {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as the job does. Refuses with DEVICE_BUSY when too many wait. */
  async take<T>(job: () => Promise<T>): Promise<T> {
    if (this.#waiting > MAX_WAITING) throw refuse('DEVICE_BUSY', { what: 'orders to this playback' });
    this.#waiting += 1;
    const turn = this.#last.then(job);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}
