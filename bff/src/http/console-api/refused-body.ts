import type { ZodError } from 'zod';
import { CoreError } from '../../kernel/index.ts';

const MAX_FIELD = 64;

/** What an operator is told of a body, or of a query, that is not as it should be: its first field that is not. */
export function refusedBody({ issues: [first] }: ZodError): CoreError {
  const unknown = first?.code === 'unrecognized_keys' ? first.keys.slice(0, 1) : [];
  const field = [...(first?.path ?? []), ...unknown].join('.').slice(0, MAX_FIELD);
  return new CoreError('INVALID_ARGUMENT', `参数错误：${field}`);
}
