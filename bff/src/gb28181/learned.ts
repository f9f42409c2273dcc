import type { PlatformFloor } from './capability.ts';
import { type CommandOutcome, GbFailure, type LearnedCommand, type LearnedFact } from './types.ts';

/** Final answers that refuse the moment, the channel or the way, and say nothing of the command (RFC 3261 §21). */
const SAYS_NOTHING: ReadonlySet<number> = new Set([
  401, 403, 404, 407, 408, 410, 413, 480, 481, 482, 483, 484, 485, 486, 487, 491, 493, 500, 502, 503, 504,
  513, 600, 603, 604,
]);

/**
 * What an outcome teaches about a device; undefined for nothing: a device that is gone, busy or out of reach has not
 * judged the command. Silence counts only behind a SIP 200: before one, the network may have lost it.
 */
export function factOf(
  { gbId, command, targetGbId }: LearnedCommand,
  outcome: CommandOutcome,
  gbVersion: string | undefined,
): LearnedFact | undefined {
  const common = { gbId, command, targetGbId: targetGbId ?? gbId, gbVersion };
  if (!(outcome instanceof GbFailure)) return { ...common, outcome, sipStatus: undefined, text: undefined };
  const { reason, status, message: text } = outcome;
  if (reason === 'timeout' && status === undefined && outcome.cause === undefined)
    return { ...common, outcome: 'silent', sipStatus: undefined, text };
  if (reason === 'empty') return { ...common, outcome: 'empty', sipStatus: undefined, text };
  if (
    (reason !== 'rejected' && reason !== 'bad-answer') ||
    (status !== undefined && SAYS_NOTHING.has(status))
  )
    return undefined;
  return { ...common, outcome: 'refused', sipStatus: status, text };
}

/** Reports what becomes of a command, and passes it on. */
export async function learning<T>(
  floor: Pick<PlatformFloor, 'learn'>,
  command: LearnedCommand,
  answer: Promise<T>,
  success: 'supported' | 'sent' = 'supported',
): Promise<T> {
  try {
    const value = await answer;
    floor.learn(command, success);
    return value;
  } catch (error) {
    if (error instanceof GbFailure) floor.learn(command, error);
    throw error;
  }
}
