import { ServerProcess } from '../server-process.ts';
import { Crowd } from './crowd.ts';
import { type EchoProcess, startEcho } from './echo-process.ts';
import { cpuSecondsDuring } from './process-cpu.ts';

/** The whole server with a crowd of devices online, and the bare echo beside it: processes of their own. */
export interface SignallingBench {
  readonly server: ServerProcess;
  readonly echo: EchoProcess;
  readonly crowd: Crowd;
}

/** What the same packets cost in one round, CPU seconds. */
export interface RoundCost {
  readonly server: number;
  readonly echo: number;
}

/** Starts both, registers the devices, waits until the server has asked them what it wants, and runs. */
export async function withSignallingBench(
  options: { readonly devices: number; readonly sockets: number | undefined },
  run: (bench: SignallingBench) => Promise<void>,
): Promise<void> {
  const server = await ServerProcess.start({ YIMU_SIP_MESSAGES_PER_SECOND: '1000000' });
  const echo = await startEcho();
  let crowd: Crowd | undefined;
  try {
    crowd = await Crowd.gather(server, options.devices, options.sockets);
    await crowd.register();
    await untilSettled(server, options.devices);
    await run({ server, echo, crowd });
  } finally {
    crowd?.close();
    await echo.stop();
    await server.stop();
  }
}

/** Runs rounds on both sides in turn; the first ones warm both up and are left out. */
export async function alternate(
  { server, echo }: SignallingBench,
  rounds: { readonly warmUp: number; readonly measured: number },
  round: () => Promise<{
    readonly atServer: () => Promise<unknown>;
    readonly atEcho: () => Promise<unknown>;
  }>,
): Promise<readonly RoundCost[]> {
  const costs: RoundCost[] = [];
  for (let count = 0; count < rounds.warmUp + rounds.measured; count += 1) {
    const { atServer, atEcho } = await round();
    const cost = {
      server: await cpuSecondsDuring(server.pid, atServer),
      echo: await cpuSecondsDuring(echo.pid, atEcho),
    };
    if (count >= rounds.warmUp) costs.push(cost);
  }
  return costs;
}

/** Each device is asked for its catalogue and its facts; what it said is written behind. */
async function untilSettled(server: ServerProcess, devices: number): Promise<void> {
  await server.metricsUntil(
    (values) =>
      (values.get('yimu_gb_commands{result="ok"}') ?? 0) >= 2 * devices &&
      values.get('yimu_gb_queries_waiting') === 0 &&
      values.get('yimu_core_write_behind') === 0,
    60_000,
  );
}
