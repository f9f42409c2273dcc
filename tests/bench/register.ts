/**
 * `register`: CPU time of the whole server per digest registration of two round trips over that of a bare UDP echo
 * for the same packets. Server, echo and devices are processes of their own; CPU time is read from outside; rounds
 * alternate. The devices are registered before: what is measured are refreshes, each with a challenge and a proof.
 */
import { parseArgs } from 'node:util';
import { median, report } from '../support/bench/report.ts';
import { alternate, withSignallingBench } from '../support/bench/signalling-bench.ts';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '300' },
    /** Sockets of the devices; one for each when absent. */
    sockets: { type: 'string' },
    /** Registrations of each device in a round. */
    times: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '7' },
  },
});
const devices = Number(values.devices);
const times = Number(values.times);
const sockets = values.sockets === undefined ? undefined : Number(values.sockets);

await withSignallingBench({ devices, sockets }, async (bench) => {
  const { echo, crowd } = bench;
  const rounds = { warmUp: 2, measured: Number(values.rounds) };
  const costs = await alternate(bench, rounds, () => {
    let sent: Awaited<ReturnType<typeof crowd.register>> = [];
    return Promise.resolve({
      atServer: async () => {
        sent = await crowd.register(times);
      },
      atEcho: () => crowd.exchange(sent, echo.port),
    });
  });
  const perCpuSecond = (devices * times) / median(costs.map((cost) => cost.server));

  report('register', {
    figure: 'cpu-over-bare',
    value: median(costs.map((cost) => cost.server / cost.echo)),
    unit: 'ratio',
    detail:
      'CPU of the whole server per registration (two round trips) over CPU of a bare UDP echo for the same two packets',
  });
  report('register', {
    figure: 'registrations-per-cpu-second',
    value: perCpuSecond,
    unit: '1/s',
    detail: 'digest registrations by the whole server, per second of CPU time of its process',
  });
  report('register', {
    figure: 'cpu-seconds-per-10000',
    value: 10_000 / perCpuSecond,
    unit: 's',
    detail: 'CPU seconds of the whole server for 10,000 digest registrations',
  });
});
