import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU seconds, user and system, that all threads of a process have run so far, read from outside of it. Linux tells
 * it to the nanosecond in `schedstat`; elsewhere these benchmarks do not run.
 */
function cpuSecondsOf(pid: number): number {
  const tasks = `/proc/${String(pid)}/task`;
  let ns = 0;
  for (const task of readdirSync(tasks)) {
    const [running = ''] = readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ');
    ns += Number(running);
  }
  return ns / 1e9;
}

/** CPU seconds that a process spends while `run` runs. */
export async function cpuSecondsDuring(pid: number, run: () => Promise<unknown>): Promise<number> {
  const before = cpuSecondsOf(pid);
  await run();
  return cpuSecondsOf(pid) - before;
}
