import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../scripts/yimu.mjs', import.meta.url));

/** How a command ended. */
export interface CommandOutcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** A command of `npm run yimu` in a process of its own, without npm. */
export class RunningCommand {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #closed: Promise<unknown>;
  #out = '';
  #error = '';

  constructor(args: readonly string[], dataDir: string) {
    this.#child = spawn(process.execPath, [PROGRAM, ...args], {
      env: { ...process.env, YIMU_DATA_DIR: dataDir },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdout.on('data', (chunk: Buffer) => (this.#out += chunk.toString()));
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#error += chunk.toString()));
    this.#closed = once(this.#child, 'close');
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get out(): string {
    return this.#out;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends its standard input with this text; resolves when the command is over. */
  async outcome(input = ''): Promise<CommandOutcome> {
    this.#child.stdin.end(input);
    await this.#closed;
    return { code: this.#child.exitCode, out: this.#out, error: this.#error };
  }
}

/** Runs a command to its end. */
export async function runYimu(
  dataDir: string,
  args: readonly string[],
  input?: string,
): Promise<CommandOutcome> {
  return await new RunningCommand(args, dataDir).outcome(input);
}
