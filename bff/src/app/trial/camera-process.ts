import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock, Logger } from '../../kernel/index.ts';
import { SIMULATOR_PROGRAM } from '../folders.ts';

const LOOPBACK = '127.0.0.1';
const FIRST_RESTART_AFTER_MS = 2_000;
const LAST_RESTART_AFTER_MS = 60_000;
const STOP_WITHIN_MS = 4_000;

/** Runs the trial cameras in a process of their own, and starts them again if they fall. */
export class CameraProcess {
  readonly #args: readonly string[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  #child: ChildProcess | undefined;
  #stopping = false;
  #restartAfterMs = FIRST_RESTART_AFTER_MS;

  constructor(options: {
    readonly configPath: string;
    readonly clock: Clock;
    readonly logger: Logger;
    /** What Node runs; the simulator unless a test says otherwise. */
    readonly program?: readonly string[];
  }) {
    const program = options.program ?? SIMULATOR_PROGRAM;
    // Whatever address other cameras are told, these ones stand on this machine.
    this.#args = [...program, '--config', options.configPath, '--media-host', LOOPBACK, '--log', 'none'];
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  start(): void {
    if (this.#stopping) return;
    const child = spawn(process.execPath, this.#args, {
      // The channel tells the cameras when this process is gone, however it ends.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // A group of its own: Ctrl-C in the terminal is for this process, which then stops them in order.
      detached: true,
    });
    this.#child = child;
    child.once('exit', (code, signal) => {
      this.#onGone({ code, signal });
    });
    child.once('error', (error) => {
      if (child.pid === undefined) this.#onGone({ err: error });
    });
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child) return;
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    });
    child.kill('SIGTERM');
    const cancel = this.#clock.after(STOP_WITHIN_MS, () => child.kill('SIGKILL'));
    await gone;
    cancel();
  }

  #onGone(why: Readonly<Record<string, unknown>>): void {
    this.#child = undefined;
    if (this.#stopping) return;
    this.#logger.warn(
      { ...why, restartAfterMs: this.#restartAfterMs },
      'trial cameras fell and are started again',
    );
    this.#clock.after(this.#restartAfterMs, () => {
      this.start();
    });
    this.#restartAfterMs = Math.min(this.#restartAfterMs * 2, LAST_RESTART_AFTER_MS);
  }
}
