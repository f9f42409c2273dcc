import type { CoreErrorCode } from '../../../shared/src/index.ts';
import { CoreError } from '../../../bff/src/kernel/index.ts';

/** For `assert.throws` and `assert.rejects`: a refusal of the core with this code, and nothing else. */
export function hasCode(code: CoreErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof CoreError && error.code === code;
}
