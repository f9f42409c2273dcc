import assert from 'node:assert/strict';
import { GbFailure } from '../../../bff/src/gb28181/index.ts';

/** Reason and SIP status of what must fail with a GbFailure. */
export async function reasonOf(promise: Promise<unknown>): Promise<readonly unknown[]> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof GbFailure);
    return [error.reason, error.status];
  }
  throw new Error('it was no failure');
}

/** Whether it is settled by now. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  return (await Promise.race([promise.catch(() => undefined), Promise.resolve().then(() => open)])) !== open;
}
