import type { Clock } from './clock.ts';

/** The deadline passed before the promise settled. */
export class DeadlineError extends Error {
  readonly afterMs: number;

  constructor(what: string, afterMs: number) {
    super(`${what} took longer than ${String(afterMs)} ms`);
    this.name = 'DeadlineError';
    this.afterMs = afterMs;
  }
}

/** Settles as `promise` does, or rejects with a {@link DeadlineError} after `ms`. */
export function withDeadline<T>(promise: Promise<T>, ms: number, what: string, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      reject(new DeadlineError(what, ms));
    });
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
