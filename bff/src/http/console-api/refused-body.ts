import type { ZodError } from 'zod';
import { CoreError } from '../../kernel/index.ts';

/** What an operator is told of a body, or of a query, that is not as it should be. */
export function refusedBody(error: ZodError): CoreError {
  return new CoreError('INVALID_ARGUMENT', `参数错误：${error.issues[0]?.path.join('.') ?? ''}`);
}
