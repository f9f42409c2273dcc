/**
 * `keepalive`: CPU time of the whole server per keepalive over that of a bare UDP echo for the same packets. Server,
 * echo and devices are processes of their own; CPU time is read from outside; rounds alternate.
 */
import { parseArgs } from 'node:util';
import { median, report } from '../support/bench/report.ts';
import { alternate, withSignallingBench } from '../support/bench/signalling-bench.ts';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '200' },
    /** Sockets of the devices; one for each when absent. */
    sockets: { type: 'string' },
    packets: { type: 'string', default: '15000' },
    rounds: { type: 'string', default: '7' },
  },
});
const packets = Number(values.packets);
const sockets = values.sockets === undefined ? undefined : Number(values.sockets);

await withSignallingBench({ devices: Number(values.devices), sockets }, async (bench) => {
  const { server, echo, crowd } = bench;
  const before = (await server.metrics()).get('yimu_keepalives') ?? 0;
  const rounds = { warmUp: 2, measured: Number(values.rounds) };
  const costs = await alternate(bench, rounds, () => {
    const sent = crowd.keepalives(packets);
    return Promise.resolve({
      atServer: () => crowd.exchangeOk(sent, server.control.sip.port),
      atEcho: () => crowd.exchange(sent, echo.port),
    });
  });
  const taken = ((await server.metrics()).get('yimu_keepalives') ?? 0) - before;
  const expected = packets * (rounds.warmUp + rounds.measured);
  if (taken !== expected)
    throw new Error(`${String(taken)} of ${String(expected)} were keepalives to the server`);

  report('keepalive', {
    figure: 'cpu-over-bare',
    value: median(costs.map((cost) => cost.server / cost.echo)),
    unit: 'ratio',
    detail: 'CPU of the whole server per keepalive over CPU of a bare UDP echo per packet, same packets',
  });
  report('keepalive', {
    figure: 'keepalives-over-bare',
    value: median(costs.map((cost) => cost.echo / cost.server)),
    unit: 'ratio',
    detail: 'keepalives per CPU second of the whole server over packets per CPU second of a bare UDP echo',
  });
  report('keepalive', {
    figure: 'keepalives-per-cpu-second',
    value: packets / median(costs.map((cost) => cost.server)),
    unit: '1/s',
    detail: 'answered by the whole server, per second of CPU time of its process',
  });
});
