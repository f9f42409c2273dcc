import { runSimulate } from './run-simulate.ts';
import { stopSignal } from './stop-signal.ts';

// Run on its own: the trial cameras of a server, for example.
process.exitCode = await runSimulate(process.argv.slice(2), {
  print: (line) => process.stdout.write(`${line}\n`),
  printError: (line) => process.stderr.write(`${line}\n`),
  signal: stopSignal(),
});
process.exit();
