import { isGbId } from '@yimu/shared';
import type { Clock } from '../../../kernel/index.ts';
import type { ControlClient } from '../control-client.ts';

/** How a command ended: what to print, where, and the exit code. */
export interface CommandResult {
  readonly output: string;
  readonly stream: 'out' | 'error';
  readonly exitCode: 0 | 1 | 2;
}

/** What commands work with. */
export interface Context {
  readonly client: Pick<ControlClient, 'call' | 'download'>;
  readonly clock: Clock;
  /** Prints while a command runs. */
  readonly print: (text: string) => void;
  /** Aborted when the operator wants it to end. */
  readonly signal: AbortSignal;
}

/** Runs one command with what stands behind its name. */
export type Command = (args: readonly string[], context: Context) => Promise<CommandResult>;

/** The command line cannot be used. */
export class UsageError extends Error {}

/** It did what it should. */
export function done(output: string): CommandResult {
  return { output, stream: 'out', exitCode: 0 };
}

/** The one device that is named by its ID. */
export function onlyGbId(positionals: readonly string[]): string {
  const [gbId, ...more] = positionals;
  if (gbId === undefined || more.length > 0)
    throw new UsageError('请给出一个设备编码。 Name exactly one device by its ID');
  if (!isGbId(gbId))
    throw new UsageError(`设备编码须为 20 位数字：${gbId}。 A device ID has exactly 20 digits`);
  return gbId;
}

/** The number above zero that an option holds. */
export function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new UsageError(`${name} 须为正数：${text}。 ${name} must be a number above zero`);
  return value;
}
