import assert from 'node:assert/strict';
import { CORE_ERROR_CODES } from '../../../../shared/src/index.ts';
import { STATUS_OF } from '../../../../bff/src/http/console-api/refusals.ts';
import { consoleApiRouter } from '../../../../bff/src/http/index.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { CHANNEL_GB_ID, type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { withHttp } from '../../../support/http-server.ts';

const KEY = 'key-of-the-tests';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Call = (method: string, path: string, body?: unknown, authorization?: string) => Promise<Answer>;

async function withConsole(
  use: (call: Call, bench: CoreOnFakes) => Promise<void>,
  options: { readonly proxied?: true } = {},
): Promise<void> {
  const bench = await coreOnFakes();
  const { core, clock } = bench;
  const sessionKey = new Uint8Array(32).fill(1);
  const routers = [
    consoleApiRouter({
      devices: core.devices,
      access: core.access,
      tickets: core.tickets,
      trace: core.trace,
      history: core.history,
      voice: core.voice,
      profiles: core.profiles,
      inquiry: core.inquiry,
      control: core.control,
      catalogueTree: core.catalogueTree,
      ptz: core.ptz,
      cascade: core.cascade,
      alarms: core.alarms,
      positions: core.positions,
      presenceLog: core.presenceLog,
      subscriptions: core.subscriptions,
      operatorKey: KEY,
      sessionKey,
      clock,
    }),
  ];
  const trustedProxies = options.proxied ? ['127.0.0.1'] : [];
  await withHttp({ routers, trustedProxies, clock }, async ({ url }) => {
    const call: Call = async (method, path, body, authorization = `Bearer ${KEY}`) => {
      const response = await fetch(`${url}/console-api/v1${path}`, {
        method,
        headers: { authorization, ...(options.proxied ? { 'x-forwarded-for': '203.0.113.9' } : {}) },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.equal(response.headers.get('access-control-allow-origin'), null);
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    };
    await use(call, bench);
  });
  await core.stop();
}

describe('the operator API', () => {
  it('adds, lists and removes devices', async () => {
    await withConsole(async (call, bench) => {
      const added = await call('POST', '/devices', { gbId: GB_ID, name: '大门', password: 'x' });
      assert.equal(added.status, 201);
      const { serial } = bench.core.devices.get(GB_ID);
      const listed = {
        gbId: GB_ID,
        deviceSerial: serial,
        name: '大门',
        online: false,
        passwordRefused: false,
        address: null,
        channels: [],
      };
      assert.deepEqual(added.body, listed);
      assert.deepEqual(await call('GET', '/devices'), { status: 200, body: { devices: [listed] } });
      assert.deepEqual(await call('DELETE', `/devices/${serial}`), { status: 204, body: undefined });
      assert.deepEqual((await call('GET', '/devices')).body, { devices: [] });
    });
  });

  it('adds many devices at once, all or none', async () => {
    await withConsole(async (call) => {
      const batch = (...ids: readonly string[]): unknown => ({
        devices: ids.map((gbId) => ({ gbId, password: 'x' })),
      });
      const [one, two, three] = ['34020000001320000011', '34020000001320000012', '34020000001320000013'];
      const added = await call('POST', '/devices/batch', batch(one, two));
      assert.equal(added.status, 201);
      const gbIds = async (): Promise<readonly unknown[]> => {
        const { body } = await call('GET', '/devices');
        return (body as { readonly devices: readonly { readonly gbId: string }[] }).devices.map(
          ({ gbId }) => gbId,
        );
      };
      assert.deepEqual(await gbIds(), [one, two]);
      assert.equal((await call('POST', '/devices/batch', batch(three, two))).status, 409);
      assert.equal((await call('POST', '/devices/batch', batch(three, three))).status, 400);
      assert.equal((await call('POST', '/devices/batch', { devices: [{ gbId: three }] })).status, 400);
      assert.equal((await call('POST', '/devices/batch', { devices: [] })).status, 400);
      assert.deepEqual(await gbIds(), [one, two], 'a batch that is refused leaves nothing behind');
    });
  });

  it('shows channels and where a device is', async () => {
    await withConsole(async (call, bench) => {
      await bench.addCamera();
      const { body } = await call('GET', '/devices');
      const [device] = (body as { readonly devices: readonly Readonly<Record<string, unknown>>[] }).devices;
      assert.equal(device?.['address'], '192.0.2.9');
      assert.deepEqual(device['channels'], [
        { channelNo: 1, gbId: CHANNEL_GB_ID, name: '球机', online: true },
      ]);
    });
  });

  it('gives a token of 64 characters that works', async () => {
    await withConsole(async (call, { core }) => {
      const { status, body } = await call('POST', '/tokens');
      assert.equal(status, 201);
      const { accessToken } = body as { readonly accessToken: string };
      assert.equal(accessToken.length, 64);
      assert.ok(core.access.authenticate(accessToken));
    });
  });

  it('gives a ticket of one camera, which a mini-program code can carry', async () => {
    await withConsole(async (call, bench) => {
      await bench.addCamera();
      const { status, body } = await call('POST', '/tickets', { device: GB_ID, channelNo: 1, lifeS: 3_600 });
      assert.equal(status, 201);
      const { ticket } = body as { readonly ticket: string };
      assert.equal(bench.core.tickets.redeem(ticket).deviceSerial, bench.core.devices.get(GB_ID).serial);
      const refused = async (order: object): Promise<number> =>
        (await call('POST', '/tickets', order)).status;
      assert.equal(await refused({ device: GB_ID, channelNo: 9 }), 404);
      assert.equal(await refused({ device: 'ZZZZZZZZZ', channelNo: 1 }), 404);
      assert.equal(await refused({ device: GB_ID, channelNo: 1, lifeS: 1 }), 400);
      assert.equal(await refused({ device: GB_ID, channelNo: '1' }), 400);
    });
  });

  const wrong: readonly [string, unknown][] = [
    ['no body', undefined],
    ['no JSON', '{"gbId":'],
    ['no object', '[]'],
    ['a body of more than 64 KiB', JSON.stringify({ gbId: GB_ID, name: 'x'.repeat(70_000) })],
    ['an id of 19 digits', { gbId: GB_ID.slice(1), password: 'x' }],
    ['an id that is a number', '{"gbId":34020000001320000001,"password":"x"}'],
    ['an empty name', { gbId: GB_ID, name: '', password: 'x' }],
    ['neither password nor the mark that there is none', { gbId: GB_ID }],
    ['a member that nobody knows', { gbId: GB_ID, password: 'x', serial: 'Q00000001' }],
    ['a prototype', '{"gbId":"34020000001320000001","password":"x","__proto__":{"passwordless":true}}'],
  ];
  for (const [what, body] of wrong) {
    it(`refuses a device with ${what}`, async () => {
      await withConsole(async (call, { core }) => {
        const answer = await call('POST', '/devices', body);
        assert.equal(answer.status, 400);
        assert.equal((answer.body as { readonly code: string }).code, 'INVALID_ARGUMENT');
        assert.equal(core.devices.count, 0);
      });
    });
  }

  it('says what the core refuses, and nothing of the inside', async () => {
    await withConsole(async (call, { core, repositories }) => {
      assert.deepEqual(await call('DELETE', `/devices/${GB_ID}`), {
        status: 404,
        body: { code: 'DEVICE_NOT_FOUND', message: '设备不存在' },
      });
      assert.equal((await call('DELETE', '/devices/%zz')).status, 404);
      await core.devices.add({ gbId: GB_ID, passwordless: true });
      assert.equal((await call('POST', '/devices', { gbId: GB_ID, passwordless: true })).status, 409);
      repositories.devices.remove = () => Promise.reject(new CoreError('STORAGE_FAILED', '数据保存失败'));
      assert.equal((await call('DELETE', `/devices/${GB_ID}`)).status, 500);
      repositories.devices.remove = () => Promise.reject(new Error('a secret of the inside'));
      assert.deepEqual(await call('DELETE', `/devices/${GB_ID}`), {
        status: 500,
        body: { code: 'INTERNAL', message: '服务器异常' },
      });
    });
  });

  it('wants the key, or a session', async () => {
    await withConsole(async (call) => {
      const routes = ['GET /devices', 'POST /devices', 'DELETE /devices/x', 'POST /tokens', 'POST /tickets'];
      for (const [method = '', path = ''] of routes.map((route) => route.split(' ')))
        assert.equal((await call(method, path, undefined, 'Bearer wrong')).status, 401, path);
      assert.equal((await call('GET', '/devices', undefined, '')).status, 401);
      const { status, body } = await call('POST', '/session', { key: KEY }, '');
      assert.equal(status, 201);
      const { sessionToken } = body as { readonly sessionToken: string };
      assert.equal((await call('GET', '/devices', undefined, `Bearer ${sessionToken}`)).status, 200);
      assert.equal((await call('POST', '/session', { key: 'wrong' }, '')).status, 401);
      assert.equal((await call('POST', '/session', {}, '')).status, 400);
    });
  });

  it('takes the key itself from this machine only: through a proxy it has to be traded for a session', async () => {
    await withConsole(
      async (call) => {
        assert.equal((await call('GET', '/devices')).status, 401);
        const { body } = await call('POST', '/session', { key: KEY }, '');
        const { sessionToken } = body as { readonly sessionToken: string };
        assert.equal((await call('GET', '/devices', undefined, `Bearer ${sessionToken}`)).status, 200);
        for (let guess = 0; guess < 10; guess += 1) await call('POST', '/session', { key: 'wrong' }, '');
        assert.equal((await call('POST', '/session', { key: KEY }, '')).status, 429);
      },
      { proxied: true },
    );
  });

  it('has an HTTP status of 400 or above for every refusal', () => {
    for (const code of CORE_ERROR_CODES) assert.ok(STATUS_OF[code] >= 400 && STATUS_OF[code] <= 599, code);
  });
});
