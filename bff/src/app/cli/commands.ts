import { ControlError } from './control-client.ts';
import { type Command, type CommandResult, type Context, done, UsageError } from './commands/command.ts';
import { addDevice, listDevices, removeDevice } from './commands/device.ts';
import { deviceProfile } from './commands/profile.ts';
import { ticket } from './commands/ticket.ts';
import { token } from './commands/token.ts';
import { trace } from './commands/trace.ts';
import { HELP } from './help.ts';

/** Every command but `simulate`, by its name of one or two words. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['device add', addDevice],
  ['device list', listDevices],
  ['device remove', removeDevice],
  ['device profile', deviceProfile],
  ['ticket', ticket],
  ['token', token],
  ['trace', trace],
]);

/** Runs a command. Never rejects for what an operator did. */
export async function runCommand(args: readonly string[], context: Context): Promise<CommandResult> {
  if (args.length === 0 || args[0] === 'help' || args.includes('--help')) return done(HELP);
  try {
    for (const words of [2, 1]) {
      const command = COMMANDS.get(args.slice(0, words).join(' '));
      if (command) return await command(args.slice(words), context);
    }
    throw new UsageError(`未知命令。 Unknown command: ${args.slice(0, 2).join(' ')}`);
  } catch (error) {
    if (error instanceof ControlError) return { output: error.message, stream: 'error', exitCode: 1 };
    if (!isUsage(error)) throw error;
    return { output: `${error.message}\n\n${HELP}`, stream: 'error', exitCode: 2 };
  }
}

/** `parseArgs` reports by TypeErrors with a code. */
function isUsage(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof TypeError && (code?.startsWith('ERR_PARSE_ARGS_') ?? false);
}
