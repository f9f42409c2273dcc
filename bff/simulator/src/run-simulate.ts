import { readPlan, SIMULATE_HELP } from './command-line.ts';
import type { DeviceEvent } from './device/events.ts';
import type { SimulationPlan } from './plan.ts';
import { Simulation } from './simulation.ts';
import type { SimulationTotals } from './totals.ts';

/** Events of load, told only as sums in text. */
const QUIET: ReadonlySet<string> = new Set(['keepalive', 'query', 'ack']);
const SUMMARY_PERIOD_MS = 5_000;
/** With more devices than this only sums are told in text. */
const FEW = 20;

/** What `simulate` prints on, and when it shall end. */
export interface SimulateTerminal {
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  /** Aborted: hang up, unregister, end. */
  readonly signal: AbortSignal;
}

/**
 * Runs `simulate` until it is stopped. Resolves with the exit code: 0; 1 when `--seconds` are over and a device
 * was never registered, or nothing could be started; 2 for a command line that cannot be used.
 */
export async function runSimulate(args: readonly string[], terminal: SimulateTerminal): Promise<number> {
  if (args.includes('--help')) {
    terminal.print(SIMULATE_HELP);
    return 0;
  }
  const plan = readPlan(args);
  if ('fault' in plan) {
    terminal.printError(`${plan.fault}\n\n${SIMULATE_HELP}`);
    return 2;
  }
  const simulation = new Simulation(plan, listener(plan, terminal.print));
  const begun = simulation.start();
  const summary = setInterval(() => {
    if (plan.log === 'text') terminal.print(totalsLine(simulation.totals));
  }, SUMMARY_PERIOD_MS);
  let timeIsOver: boolean;
  try {
    timeIsOver = await Promise.race([untilStopped(plan.seconds, terminal.signal), begun.then(() => never())]);
  } catch (error) {
    terminal.printError(
      `the simulation cannot begin: ${error instanceof Error ? error.message : String(error)}`,
    );
    return 1;
  } finally {
    clearInterval(summary);
  }
  // What held before everything was taken down, with the events of taking it down.
  const { devices, registeredOnce, registered, calls } = simulation.totals;
  await simulation.stop();
  const totals = { ...simulation.totals, registered, calls };
  if (plan.log === 'text') terminal.print(totalsLine(totals));
  if (plan.log === 'json') terminal.print(JSON.stringify({ event: 'totals', ...totals }));
  return timeIsOver && registeredOnce < devices ? 1 : 0;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function listener(
  plan: SimulationPlan,
  print: (line: string) => void,
): (deviceId: string, event: DeviceEvent) => void {
  if (plan.log === 'none') return () => undefined;
  if (plan.log === 'json') {
    return (device, event) => {
      print(JSON.stringify({ atMs: Date.now(), device, ...event }));
    };
  }
  const many = plan.devices.length > FEW;
  return (device, { event, ...facts }) => {
    if (!many && !QUIET.has(event)) print(`${device} ${event} ${JSON.stringify(facts)}`);
  };
}

function totalsLine(totals: SimulationTotals): string {
  const { devices, registered, calls, packetsSent, allRegisteredAfterMs, events } = totals;
  const after =
    allRegisteredAfterMs === undefined ? '' : ` (all after ${(allRegisteredAfterMs / 1_000).toFixed(1)} s)`;
  const counts = Object.entries(events).map(([name, count]) => `${name} ${String(count)}`);
  return [
    `${String(registered)} of ${String(devices)} devices registered${after}`,
    `${String(calls)} calls, ${String(packetsSent)} RTP packets`,
    counts.join(', '),
  ].join('; ');
}

/** Resolves with whether the time is over. */
function untilStopped(seconds: number | undefined, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = seconds === undefined ? undefined : setTimeout(resolve, seconds * 1_000, true);
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
