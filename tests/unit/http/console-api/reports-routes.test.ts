import assert from 'node:assert/strict';
import { consoleApiRouter } from '../../../../bff/src/http/index.ts';
import { CHANNEL_GB_ID, type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { withHttp } from '../../../support/http-server.ts';

const KEY = 'key-of-the-tests';
const ALARM = {
  sourceGbId: CHANNEL_GB_ID,
  priority: 4,
  method: 5,
  type: 2,
  eventType: undefined,
  atMs: undefined,
  description: '移动侦测',
  longitude: undefined,
  latitude: undefined,
};

type Call = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;

async function withReports(use: (call: Call, bench: CoreOnFakes) => Promise<void>): Promise<void> {
  const bench = await coreOnFakes();
  const { core, clock } = bench;
  const router = consoleApiRouter({
    ...{ devices: core.devices, access: core.access, tickets: core.tickets, trace: core.trace },
    ...{ voice: core.voice, history: core.history, inquiry: core.inquiry },
    ...{ profiles: core.profiles, cascade: core.cascade, alarms: core.alarms, positions: core.positions },
    ...{ control: core.control, catalogueTree: core.catalogueTree, ptz: core.ptz },
    ...{ presenceLog: core.presenceLog, subscriptions: core.subscriptions },
    operatorKey: KEY,
    sessionKey: new Uint8Array(32).fill(1),
    clock,
  });
  await withHttp({ routers: [router], trustedProxies: [], clock }, async ({ url }) => {
    const call: Call = async (method, path, body) => {
      const response = await fetch(`${url}/console-api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${KEY}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    };
    await bench.addCamera();
    await use(call, bench);
  });
  await core.stop();
}

/** A list in an answer. */
function listIn(body: unknown, name: string): readonly Readonly<Record<string, unknown>>[] {
  return (body as Record<string, readonly Readonly<Record<string, unknown>>[]>)[name] ?? [];
}

describe('the operator API: what devices tell', () => {
  it('lists, counts, marks, resets and deletes alarms', async () => {
    await withReports(async (call, { reports }) => {
      reports.tell('alarm', GB_ID, ALARM);
      reports.tell('alarm', GB_ID, ALARM);
      reports.tell('alarm', GB_ID, { ...ALARM, method: 2, type: 1 });
      const all = listIn((await call('GET', '/alarms')).body, 'alarms');
      assert.deepEqual(
        all.map(({ device, sourceGbId, method, times, read }) => [device, sourceGbId, method, times, read]),
        [
          [GB_ID, CHANNEL_GB_ID, 2, 1, false],
          [GB_ID, CHANNEL_GB_ID, 5, 2, false],
        ],
      );
      const id = all[1]?.['id'];
      const some = await call('GET', `/alarms?device=${GB_ID}&methods=5,6&read=false&limit=10`);
      assert.deepEqual(
        listIn(some.body, 'alarms').map((alarm) => alarm['id']),
        [id],
      );
      assert.deepEqual((await call('GET', '/alarms/count')).body, { total: 2, unread: 2 });
      assert.equal((await call('POST', `/alarms/${String(id)}/reset`)).status, 204);
      assert.deepEqual(reports.orders, [`reset ${GB_ID} ${CHANNEL_GB_ID} 5 2`]);
      assert.deepEqual((await call('GET', '/alarms/count')).body, { total: 2, unread: 1 });
      assert.deepEqual((await call('POST', '/alarms/read', {})).body, { changed: 1 });
      assert.deepEqual((await call('POST', '/alarms/read', { ids: [id], read: false })).body, { changed: 1 });
      assert.deepEqual((await call('POST', '/alarms/delete', { ids: [id] })).body, { removed: 1 });
      assert.deepEqual((await call('GET', '/alarms/count')).body, { total: 1, unread: 0 });
    });
  });

  it('says what a device is to tell, and arms it (Q30)', async () => {
    await withReports(async (call, { reports }) => {
      const path = `/devices/${GB_ID}/subscriptions`;
      assert.deepEqual((await call('GET', path)).body, { gbId: GB_ID, arm: false, subscriptions: [] });
      const order = { subscriptions: [{ kind: 'alarm' }, { kind: 'position', intervalS: 30 }], arm: true };
      const { status, body } = await call('PUT', path, order);
      assert.equal(status, 200);
      assert.deepEqual(
        listIn(body, 'subscriptions').map(({ kind, phase }) => [kind, phase]),
        [
          ['alarm', 'active'],
          ['position', 'active'],
        ],
      );
      assert.deepEqual(reports.wanted.get(GB_ID)?.length, 2);
      assert.equal((await call('POST', `/devices/${GB_ID}/guard`, { on: false })).status, 204);
      assert.deepEqual(reports.orders, [`guard ${GB_ID} ${GB_ID} true`, `guard ${GB_ID} ${GB_ID} false`]);
    });
  });

  it('shows positions, directions and events', async () => {
    await withReports(async (call, { reports }) => {
      const place = { speed: 12.5, direction: undefined, altitude: undefined, height: undefined };
      const told = {
        sourceGbId: CHANNEL_GB_ID,
        atMs: undefined,
        longitude: 117.28,
        latitude: 31.86,
        ...place,
      };
      reports.tell('positions', GB_ID, [told]);
      reports.tell('direction', GB_ID, CHANNEL_GB_ID, { pan: 90, tilt: 0, zoom: 1 });
      reports.tell('faults', GB_ID, [CHANNEL_GB_ID]);
      const [position] = listIn((await call('GET', `/devices/${GB_ID}/positions`)).body, 'positions');
      assert.deepEqual([position?.['device'], position?.['longitude']], [GB_ID, 117.28]);
      const [direction] = listIn((await call('GET', `/devices/${GB_ID}/directions`)).body, 'directions');
      assert.deepEqual([direction?.['channelGbId'], direction?.['pan']], [CHANNEL_GB_ID, 90]);
      for (const path of ['/events', `/devices/${GB_ID}/events`]) {
        const events = listIn((await call('GET', path)).body, 'events');
        assert.deepEqual(
          events.map(({ kind, detail }) => [kind, detail]),
          [
            ['faults', CHANNEL_GB_ID],
            ['online', 'udp 192.0.2.9'],
          ],
        );
      }
    });
  });

  it('refuses what is not as it should be', async () => {
    await withReports(async (call) => {
      const cases: readonly (readonly [string, string, unknown, number])[] = [
        ['GET', '/alarms?limit=0', undefined, 400],
        ['GET', '/alarms?methods=5,x', undefined, 400],
        ['GET', '/alarms?other=1', undefined, 400],
        ['GET', '/alarms?device=nobody', undefined, 404],
        ['GET', '/devices/nobody/positions', undefined, 404],
        ['GET', '/devices/nobody/events', undefined, 404],
        ['GET', '/devices/nobody/subscriptions', undefined, 404],
        ['PUT', `/devices/${GB_ID}/subscriptions`, { subscriptions: [{ kind: 'weather' }] }, 400],
        [
          'PUT',
          `/devices/${GB_ID}/subscriptions`,
          { subscriptions: [{ kind: 'position', intervalS: 0 }] },
          400,
        ],
        ['POST', '/alarms/999/reset', undefined, 400],
        ['POST', '/alarms/x/reset', undefined, 400],
        ['POST', '/alarms/read', { ids: ['1'] }, 400],
        ['POST', `/devices/${GB_ID}/guard`, {}, 400],
      ];
      for (const [method, path, body, status] of cases)
        assert.equal((await call(method, path, body)).status, status, `${method} ${path}`);
    });
  });
});
