import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CrowdOptions, CrowdTotals } from '../../../bff/simulator/src/crowd/attending-crowd.ts';

const SCRIPT = fileURLToPath(new URL('crowd-side.ts', import.meta.url));
const POLL_MS = 100;

/** What the process is told to do; it answers each with the totals. */
export type CrowdOrder =
  | { readonly do: 'gather'; readonly options: CrowdOptions }
  | { readonly do: 'attend' | 'measure-anew' | 'register-all' | 'tell' };

/** A crowd of devices in a process of its own. */
export class CrowdProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(options: CrowdOptions): Promise<CrowdProcess> {
    const crowd = new CrowdProcess(fork(SCRIPT, { stdio: 'inherit', execArgv: ['--import', 'tsx'] }));
    await crowd.order({ do: 'gather', options });
    return crowd;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async order(order: CrowdOrder): Promise<CrowdTotals> {
    const told = once(this.#child, 'message');
    this.#child.send(order);
    return ((await told) as [CrowdTotals])[0];
  }

  /** Waits until the totals satisfy `condition`; resolves with the ms that it took. */
  async until(condition: (totals: CrowdTotals) => boolean, withinMs: number): Promise<number> {
    const startedAtMs = performance.now();
    for (;;) {
      const totals = await this.order({ do: 'tell' });
      const tookMs = performance.now() - startedAtMs;
      if (condition(totals)) return tookMs;
      if (tookMs > withinMs) throw new Error(`the crowd did not come so far: ${JSON.stringify(totals)}`);
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
    }
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }
}
