import { CORE_ERROR_TEXTS, type CoreErrorCode } from '@yimu/shared';
import { CoreError, type ErrorFacts } from '../kernel/index.ts';

/** A refusal of the core with the usual Chinese sentence for its code. */
export function refuse(code: CoreErrorCode, facts: ErrorFacts = {}, cause?: unknown): CoreError {
  return new CoreError(code, CORE_ERROR_TEXTS[code], facts, cause);
}
