import assert from 'node:assert/strict';
import { consoleApiRouter } from '../../../../bff/src/http/console-api/console-router.ts';
import { CHANNEL_GB_ID, type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { withHttp } from '../../../support/http-server.ts';

const KEY = 'operator-key-of-the-tests';

type Call = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly body: unknown }>;

async function withControl(use: (call: Call, bench: CoreOnFakes) => Promise<void>): Promise<void> {
  const bench = await coreOnFakes();
  const { core, clock } = bench;
  await bench.addCamera();
  const router = consoleApiRouter({
    ...core,
    operatorKey: KEY,
    sessionKey: new Uint8Array(32).fill(1),
    clock,
  });
  await withHttp({ routers: [router], trustedProxies: [], clock }, async ({ url }) => {
    const call: Call = async (method, path, body) => {
      const response = await fetch(`${url}/console-api/v1/devices/${GB_ID}${path}`, {
        method,
        headers: { authorization: `Bearer ${KEY}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    };
    await use(call, bench);
  });
}

describe('operator routes of control', () => {
  it('commands of a channel, of a device, patrols and steering', async () => {
    await withControl(async (call, { control, signalling }) => {
      const channel = '/channels/1';
      assert.deepEqual(await call('POST', `${channel}/patrol`, { do: 'cruise-start', cruise: 2 }), {
        status: 200,
        body: { outcome: 'sent' },
      });
      assert.deepEqual((await call('POST', `${channel}/control`, { do: 'guard', on: true })).body, {
        outcome: 'done',
      });
      assert.equal((await call('POST', '/control', { do: 'format-sd-card', card: 1 })).status, 200);
      assert.deepEqual(control.orders, [
        { target: CHANNEL_GB_ID, command: { do: 'cruise-start', cruise: 2 } },
        { target: CHANNEL_GB_ID, command: { do: 'guard', on: true } },
        { target: GB_ID, command: { do: 'format-sd-card', card: 1 } },
      ]);
      const steering = { do: 'steer', pan: 'left', panSpeed: 9 };
      assert.equal((await call('POST', `${channel}/steering`, steering)).status, 200);
      assert.equal((await call('POST', `${channel}/steering`, { do: 'stop' })).status, 200);
      assert.deepEqual(
        signalling.ptzOrders.map(({ order }) => order),
        [steering, { do: 'stop', lens: false }],
      );
    });
  });

  it('presets', async () => {
    await withControl(async (call) => {
      const presets = '/channels/1/presets';
      assert.deepEqual((await call('PUT', `${presets}/3`, { name: '大门' })).body, { outcome: 'sent' });
      assert.equal((await call('PATCH', `${presets}/3`, { name: '门口' })).status, 204);
      assert.equal((await call('POST', `${presets}/3/call`)).status, 200);
      const { body } = await call('GET', presets);
      const listed = body as { readonly presets: readonly { readonly no: number; readonly name: string }[] };
      assert.deepEqual(
        listed.presets.map(({ no, name }) => [no, name]),
        [
          [1, '大门'],
          [3, '门口'],
        ],
      );
      assert.equal((await call('DELETE', `${presets}/3`)).status, 200);
      assert.deepEqual((await call('GET', presets)).body, {
        presets: [{ no: 1, name: '大门', onDevice: true }],
      });
      assert.equal((await call('PUT', `${presets}/0`, {})).status, 400);
    });
  });

  it('an upgrade and how it goes', async () => {
    await withControl(async (call) => {
      assert.deepEqual((await call('GET', '/upgrade')).body, { upgrade: null, earlier: [] });
      const order = { firmware: 'V2', fileUrl: 'https://a.example/b.bin', manufacturer: 'Yimu' };
      assert.equal((await call('POST', '/upgrade', order)).status, 202);
      assert.equal((await call('POST', '/upgrade', order)).status, 409);
      const { body } = await call('GET', '/upgrade');
      assert.equal((body as { readonly upgrade: { readonly state: string } }).upgrade.state, 'running');
    });
  });

  it('the tree', async () => {
    await withControl(async (call) => {
      const { body } = await call('GET', '/tree');
      const { root, nodes } = body as { readonly root: string; readonly nodes: readonly unknown[] };
      assert.equal(root, GB_ID);
      assert.deepEqual(nodes, [
        {
          ...{ gbId: CHANNEL_GB_ID, kind: 'channel', name: '球机', online: true, channelNo: 1 },
          parents: [GB_ID],
        },
      ]);
    });
  });

  it('refuses what is no command, what is out of range, and channels that are not there', async () => {
    await withControl(async (call, { control }) => {
      for (const body of [
        undefined,
        {},
        { do: 'dance' },
        { do: 'guard' },
        { do: 'guard', on: true, more: 1 },
      ])
        assert.equal((await call('POST', '/channels/1/control', body)).status, 400);
      assert.equal(
        (await call('POST', '/channels/1/patrol', { do: 'cruise-start', cruise: 256 })).status,
        400,
      );
      assert.equal((await call('POST', '/channels/1/patrol', { do: 'preset-call', preset: 1 })).status, 400);
      for (const no of ['2', '0', 'x'])
        assert.equal((await call('POST', `/channels/${no}/control`, { do: 'key-frame' })).status, 404);
      assert.deepEqual(control.orders, []);
    });
  });
});
