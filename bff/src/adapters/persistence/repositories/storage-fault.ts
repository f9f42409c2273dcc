import { CORE_ERROR_TEXTS, type CoreErrorCode } from '@yimu/shared';
import { CoreError } from '../../../kernel/index.ts';

/** Runs a statement; what the database refuses leaves as a CoreError. */
export async function stored<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CoreError) throw error;
    throw refused('STORAGE_FAILED', what, error);
  }
}

/** A refusal of the storage. */
export function refused(code: CoreErrorCode, what: string, cause?: unknown): CoreError {
  return new CoreError(code, CORE_ERROR_TEXTS[code], { what }, cause);
}

/** Whether a statement failed because a row with that key is there already. */
export function isDuplicate(error: unknown): boolean {
  const cause = error instanceof CoreError ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code === 'ER_DUP_ENTRY' || /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(code);
}
