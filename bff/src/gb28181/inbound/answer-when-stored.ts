import type { Clock } from '../../kernel/index.ts';

/** A device repeats what is not answered, and gives up after some seconds. */
const LONGEST_STORING_MS = 2_000;

/** Delays an answer until the promise that it is given at once is settled. */
export type WaitFor = (stored: Promise<void>) => void;

/**
 * Tells, and answers when all that the listeners have to store is stored: what was answered survives the end of this
 * process. A database that takes too long is not waited for: what was told waits for it in memory then.
 */
export function answerWhenStored(clock: Clock, tell: (waitFor: WaitFor) => void, answer: () => void): void {
  const stored: Promise<void>[] = [];
  try {
    tell((work) => stored.push(work));
  } finally {
    answerOnce(clock, stored, answer);
  }
}

function answerOnce(clock: Clock, stored: readonly Promise<void>[], answer: () => void): void {
  if (stored.length === 0) {
    answer();
    return;
  }
  let isOwed = true;
  const answerNow = (): void => {
    if (isOwed) answer();
    isOwed = false;
  };
  const stopWaiting = clock.after(LONGEST_STORING_MS, answerNow);
  void Promise.allSettled(stored).then(() => {
    stopWaiting();
    answerNow();
  });
}
