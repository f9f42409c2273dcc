/**
 * `devices`: very many devices at one server, each with keepalives, while viewers make it invite some of them; then
 * the server is stopped and started again, and they all come back. The server and the devices are processes of their
 * own; memory is read from outside. The full run is `--devices 100000 --sockets 15000 --keepalive 60 --seconds 120`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { deviceIds } from '../../bff/simulator/src/crowd/gb-packets.ts';
import { CrowdProcess } from '../support/bench/crowd-process.ts';
import { InviteLoad } from '../support/bench/invite-load.ts';
import { cpuSecondsDuring } from '../support/bench/process-cpu.ts';
import { droppedAt, residentBytes } from '../support/bench/process-memory.ts';
import { report } from '../support/bench/report.ts';
import { type MetricValues, ServerProcess } from '../support/server-process.ts';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '2000' },
    /** UDP sockets of the devices: the addresses behind which they stand. */
    sockets: { type: 'string', default: '2000' },
    keepalive: { type: 'string', default: '6' },
    /** How long keepalives are measured. */
    seconds: { type: 'string', default: '8' },
    invites: { type: 'string', default: '500' },
    /** First registrations per second. */
    rate: { type: 'string', default: '1500' },
    /** Keepalives are measured although the server still asks devices for their catalogues. */
    unsettled: { type: 'boolean', default: false },
    /** Every device registers at the moment at which the server is back, instead of when a keepalive is refused. */
    storm: { type: 'boolean', default: false },
  },
});
const devices = Number(values.devices);
const keepaliveS = Number(values.keepalive);
const PASSWORD = 'bench-crowd';
const BATCH = 500;
/** Each device is asked for its catalogue and its facts: a few hundred a second. */
const SETTLE_WITHIN_MS = 60_000 + devices * 10;
const BACK_WITHIN_MS = 300_000;

const dataDir = mkdtempSync(join(tmpdir(), 'yimu-bench-devices-'));
/** Cameras that consent and send nothing are invited once each: so many INVITEs as are said, and no more. */
const ENVIRONMENT = { YIMU_SIP_MESSAGES_PER_SECOND: '1000000', YIMU_MEDIA_TRANSPORTS: 'udp' };
let server = await ServerProcess.start(ENVIRONMENT, { dataDir });
let crowd: CrowdProcess | undefined;
try {
  const empty = residentBytes(server.pid).now;
  const serials = await addAll();
  const { sip } = server.control;
  const options = { ids: deviceIds(devices), password: PASSWORD, sockets: Number(values.sockets) };
  crowd = await CrowdProcess.start({ ...options, platform: sip, keepaliveS, rate: Number(values.rate) });
  // From the first one on: a device that registered and says nothing more is gone after three periods.
  await crowd.order({ do: 'attend' });
  const registeredMs = await crowd.until(({ registered }) => registered === devices, SETTLE_WITHIN_MS);
  note(`all registered after ${(registeredMs / 1_000).toFixed(1)} s`);
  if (!values.unsettled) {
    await server.metricsUntil(isSettled, SETTLE_WITHIN_MS);
    note('all told their catalogues and facts');
  }
  await steady(crowd, serials, empty);
  await restart(crowd);
} finally {
  await crowd?.stop();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function addAll(): Promise<readonly string[]> {
  const serials: string[] = [];
  const ids = deviceIds(devices);
  const startedAtMs = performance.now();
  for (let at = 0; at < ids.length; at += BATCH) {
    const added = (await server.operator('POST', '/devices/batch', {
      devices: ids.slice(at, at + BATCH).map((gbId) => ({ gbId, password: PASSWORD })),
    })) as { readonly devices: readonly { readonly deviceSerial: string }[] };
    serials.push(...added.devices.map(({ deviceSerial }) => deviceSerial));
  }
  note(`${String(devices)} devices added in ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`);
  return serials;
}

async function steady(crowd: CrowdProcess, serials: readonly string[], empty: number): Promise<void> {
  const { pid } = server;
  const invites = await InviteLoad.start(server, serials, Number(values.invites));
  const before = await crowd.order({ do: 'measure-anew' });
  const seconds = Number(values.seconds);
  let most = 0;
  const cpu = await cpuSecondsDuring(pid, async () => {
    const until = performance.now() + seconds * 1_000;
    while (performance.now() < until) {
      await pause(500);
      most = Math.max(most, residentBytes(pid).now);
    }
  });
  const after = await crowd.order({ do: 'tell' });
  invites.stop();
  const metrics = await server.metrics();
  const sent = after.keepalives - before.keepalives;
  note(
    `${String(sent)} keepalives in ${String(seconds)} s, CPU ${(cpu / seconds).toFixed(2)}; ` +
      `${String(after.invites - before.invites)} INVITEs for ${String(invites.totals.asked)} viewers; ` +
      `reply p50 ${after.replyMs.p50.toFixed(1)} ms, p99 ${after.replyMs.p99.toFixed(1)} ms, most ${after.replyMs.max.toFixed(0)} ms; ` +
      `${String(after.repeated - before.repeated)} repeated, ${String(droppedAt(server.control.sip.port))} dropped by the kernel`,
  );
  const perDevice =
    'resident octets of the server over those of an empty one, by devices: keepalives and INVITEs run';
  tell('resident-bytes-per-device', (most - empty) / devices, 'B', perDevice);
  tell('resident-bytes', most, 'B', `the most while keepalives and INVITEs run, ${String(devices)} devices`);
  tell('resident-bytes-peak', residentBytes(pid).most, 'B', 'the most since the start of the process');
  const lost = after.keepalivesLost - before.keepalivesLost;
  const refused = after.keepalivesRefused - before.keepalivesRefused;
  tell('keepalives-lost', lost + refused, '', `of ${String(sent)}: never answered, or refused`);
  tell('keepalives-repeated', after.repeated - before.repeated, '', `of ${String(sent)}`);
  tell('keepalive-p99', after.replyMs.p99, 'ms', 'from the first copy to the 200');
  tell(
    'invites-per-minute',
    ((after.invites - before.invites) * 60) / seconds,
    '1/min',
    'sent by the server',
  );
  tell('false-offline', offline(metrics), '', 'devices that went offline while all of them were there');
}

async function restart(crowd: CrowdProcess): Promise<void> {
  const { port } = server.control.sip;
  const stoppedAtMs = performance.now();
  await server.stop();
  const startedAtMs = performance.now();
  note(`stopped in ${((startedAtMs - stoppedAtMs) / 1_000).toFixed(1)} s`);
  server = await ServerProcess.start({ ...ENVIRONMENT, YIMU_SIP_PORT: String(port) }, { dataDir });
  const readyMs = performance.now() - startedAtMs;
  note(`ready after ${(readyMs / 1_000).toFixed(1)} s, ${mega(residentBytes(server.pid).now)}`);
  if (values.storm) await crowd.order({ do: 'register-all' });
  await server.metricsUntil((metrics) => registeredAt(metrics) === devices, BACK_WITHIN_MS);
  const backMs = performance.now() - startedAtMs;
  const how = values.storm ? 'all at one moment' : 'as soon as a keepalive is refused';
  tell(
    'back-after-restart',
    backMs / 1_000,
    's',
    `from the start of the new process; devices register ${how}`,
  );
  await pause(Math.min(30, keepaliveS) * 1_000);
  const metrics = await server.metrics();
  tell('false-offline-after-restart', offline(metrics), '', 'devices that went offline after they came back');
  const { now, most } = residentBytes(server.pid);
  note(`after the restart ${mega(now)}, at most ${mega(most)}`);
}

function isSettled(metrics: MetricValues): boolean {
  return (
    // One whose answer got lost is asked again a minute later: nobody waits for those.
    (metrics.get('yimu_core_catalogues_wanted') ?? 0) <= devices / 100 &&
    metrics.get('yimu_gb_queries_waiting') === 0 &&
    metrics.get('yimu_core_write_behind') === 0
  );
}

function registeredAt(metrics: MetricValues): number {
  return metrics.get('yimu_devices_registered') ?? 0;
}

function offline(metrics: MetricValues): number {
  let sum = 0;
  for (const [name, value] of metrics) if (name.startsWith('yimu_devices_offline')) sum += value;
  return sum;
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function note(text: string): void {
  process.stdout.write(`${text}\n`);
}

function tell(figure: string, value: number, unit: string, detail: string): void {
  report('devices', { figure, value, unit, detail });
}
