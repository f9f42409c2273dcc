import { stopSignal } from '@yimu/simulator';
import { ConfigError, loadConfig } from '../../config/index.ts';
import { DataDir } from '../data-dir.ts';
import { SystemClock } from '../../kernel/index.ts';
import { runCommand } from './commands.ts';
import { ControlClient } from './control-client.ts';
import { simulate } from './simulate.ts';

process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  try {
    const client = new ControlClient(new DataDir(loadConfig().dataDir));
    if (args[0] === 'simulate') {
      const terminal = { print, printError, signal: stopSignal() };
      return await simulate(args.slice(1), client, terminal);
    }
    const signal = args[0] === 'trace' ? stopSignal() : new AbortController().signal;
    const context = { client, clock: new SystemClock(), print, signal };
    const { output, stream, exitCode } = await runCommand(args, context);
    if (output !== '') (stream === 'out' ? print : printError)(output);
    return exitCode;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printError(error.message);
    return 2;
  }
}

function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

function printError(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}
