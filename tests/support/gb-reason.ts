import { GbFailure, type GbFailureReason } from '../../bff/src/gb28181/index.ts';

/** Whether an error is a failure of this reason, for `assert.rejects`. */
export function hasReason(reason: GbFailureReason): (error: unknown) => boolean {
  return (error) => error instanceof GbFailure && error.reason === reason;
}
