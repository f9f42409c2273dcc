import type { CoreErrorCode } from '@yimu/shared';

/** Facts beside an error, for the log only. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * What the core refuses. `message` is safe to show to a caller; `facts` and `cause` go to the log only.
 * HTTP status codes are no business of this class: each dialect maps the code.
 */
export class CoreError extends Error {
  readonly code: CoreErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: CoreErrorCode, message: string, facts: ErrorFacts = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CoreError';
    this.code = code;
    this.facts = facts;
  }
}
