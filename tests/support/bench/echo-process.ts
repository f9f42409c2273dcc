import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('echo-responder.mjs', import.meta.url));

/** A bare UDP echo in a process of its own. */
export interface EchoProcess {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts it on a free port of the loopback. */
export async function startEcho(): Promise<EchoProcess> {
  const child = fork(SCRIPT, { stdio: 'inherit', execArgv: [] });
  const [told] = (await once(child, 'message')) as [{ readonly port: number }];
  return {
    port: told.port,
    pid: child.pid ?? 0,
    stop: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
