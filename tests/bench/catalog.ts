/**
 * `catalog`: a platform registers with its cameras in a tree, and the whole server asks for its catalogue, takes it in
 * and stores it. The clock runs from the query that reaches the platform until every channel is in the database.
 * Server and platform are processes of their own on loopback; the platform sends one message after another, each
 * after the answer to the one before, as GB/T 28181-2022 annex M has it.
 */
import { parseArgs } from 'node:util';
import { makeProfile, SimulatedDevice } from '../../bff/simulator/src/index.ts';
import { cpuSecondsDuring } from '../support/bench/process-cpu.ts';
import { report } from '../support/bench/report.ts';
import { mysqlDatabase, sqliteDatabase, type TestDatabase } from '../support/databases.ts';
import { ServerProcess } from '../support/server-process.ts';

const { values } = parseArgs({
  options: {
    channels: { type: 'string', default: '10000' },
    /** Entries in one message. */
    items: { type: 'string', default: '2' },
    transport: { type: 'string', default: 'udp' },
  },
});
const channels = Number(values.channels);
const items = Number(values.items);
const transport = values.transport === 'tcp' ? 'tcp' : 'udp';

const PLATFORM = '34020000002000000009';
const PASSWORD = 'catalogue-of-the-bench';
const LIMIT_MS = 60_000;

interface Tree {
  readonly nodes: readonly { readonly kind: string }[];
}

async function measure(database: TestDatabase): Promise<{ readonly wall: number; readonly cpu: number }> {
  const { location } = database;
  const server = await ServerProcess.start('url' in location ? { YIMU_DATABASE_URL: location.url } : {});
  let askedAtMs = Number.NaN;
  const device = new SimulatedDevice({
    server: server.control.sip,
    profile: { ...makeProfile('platform', PLATFORM, { channels }), itemsPerPart: items },
    password: PASSWORD,
    transport,
    onEvent: (_id, event) => {
      if (event.event === 'query' && event.type === 'Catalog' && Number.isNaN(askedAtMs))
        askedAtMs = performance.now();
    },
  });
  try {
    await server.operator('POST', '/devices', { gbId: PLATFORM, password: PASSWORD });
    await device.start();
    const cpu = await cpuSecondsDuring(server.pid, () =>
      server.metricsUntil((figures) => figures.get('yimu_core_channels') === channels, LIMIT_MS),
    );
    const wall = (performance.now() - askedAtMs) / 1_000;
    const { nodes } = (await server.operator('GET', `/devices/${PLATFORM}/tree`)) as Tree;
    const told = nodes.filter(({ kind }) => kind === 'channel').length;
    if (told !== channels || nodes.length === told)
      throw new Error(`${String(told)} channels of ${String(nodes.length)} nodes`);
    return { wall, cpu };
  } finally {
    await device.stop(true);
    await server.stop();
  }
}

for (const [kind, make] of [
  ['sqlite', sqliteDatabase],
  ['mariadb', mysqlDatabase],
] as const) {
  const database = await make();
  if (database === undefined) {
    process.stderr.write(`${kind}: no server answers at 127.0.0.1:3306\n`);
    continue;
  }
  try {
    const { wall, cpu } = await measure(database);
    const what = `${String(channels)} channels and their tree, ${String(items)} to a message over ${transport.toUpperCase()}`;
    const detail = `from the query to the last row in the database: ${what}`;
    report('catalog', { figure: `seconds-${kind}`, value: wall, unit: 's', detail });
    report('catalog', {
      figure: `cpu-seconds-${kind}`,
      value: cpu,
      unit: 's',
      detail: `CPU of the whole server meanwhile: ${what}`,
    });
  } finally {
    await database.drop();
  }
}
