import { ACTION_TEXTS, codeText, FAILURE_TEXTS, type NoticeAction } from '../texts/failures.ts';
import type { Failure, FailureKind } from './failure.ts';

/** A failure in words: what is wrong, why, and what the viewer can do. */
export interface Notice {
  readonly title: string;
  readonly cause: string;
  readonly action: NoticeAction;
  readonly actionText: string;
  /** Small print for support, '' when there is nothing to tell. */
  readonly code: string;
}

/** Kinds for which the server's own words say more than ours. */
const SERVER_SPEAKS: ReadonlySet<FailureKind> = new Set(['server', 'bad-request', 'unsupported']);

/** What to tell the viewer of a failure. */
export function noticeOf({ kind, code, message }: Failure): Notice {
  const [title, cause, action] = FAILURE_TEXTS[kind];
  return {
    title,
    cause: SERVER_SPEAKS.has(kind) && message !== '' ? message : cause,
    action,
    actionText: ACTION_TEXTS[action],
    code: codeText(code),
  };
}

/** The same in one line, for a toast. */
export function briefOf(failure: Failure): string {
  const { title, code } = noticeOf(failure);
  const words = SERVER_SPEAKS.has(failure.kind) && failure.message !== '' ? failure.message : title;
  return code === '' ? words : `${words}（${failure.code}）`;
}
