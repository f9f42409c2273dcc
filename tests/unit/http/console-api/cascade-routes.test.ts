import assert from 'node:assert/strict';
import Router from '@koa/router';
import { cascadeRoutes } from '../../../../bff/src/http/console-api/routes/cascade-routes.ts';
import { STATUS_OF } from '../../../../bff/src/http/console-api/refusals.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { CHANNEL_GB_ID, type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { withHttp } from '../../../support/http-server.ts';

const UPPER = { gbId: '34010000002000000001', host: '192.0.2.9', password: 'secret-of-the-upper' };
const OWN = '34020000001320000911';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

async function withRoutes(use: (call: Call, bench: CoreOnFakes) => Promise<void>): Promise<void> {
  const bench = await coreOnFakes();
  const { core, clock } = bench;
  core.cascade.start();
  await bench.addCamera();
  const router = new Router({ prefix: '/api' });
  router.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      ctx.status = STATUS_OF[error.code];
      ctx.body = { code: error.code };
    }
  });
  cascadeRoutes(router, { cascade: core.cascade, devices: core.devices, clock });
  await withHttp({ routers: [router], clock }, async ({ url }) => {
    await use(async (method, path, body) => {
      const response = await fetch(`${url}/api${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
    }, bench);
  });
  await core.stop();
}

describe('upper platforms at the operator API', () => {
  it('are added, shown without their password, changed and removed', async () => {
    await withRoutes(async (call, { cascade }) => {
      const added = await call('POST', '/upper-platforms', { ...UPPER, name: '市局' });
      assert.equal(added.status, 201);
      const { id } = added.body as { readonly id: number };
      assert.ok(!JSON.stringify(added.body).includes('secret'));
      assert.deepEqual((added.body as { readonly registration: unknown }).registration, {
        ...{ phase: 'registered', registeredAtMs: 1, lastError: null, lastErrorAtMs: null, clockOffsetMs: 0 },
      });
      const path = `/upper-platforms/${String(id)}`;
      assert.deepEqual((await call('GET', path)).body, added.body);
      assert.deepEqual((await call('GET', '/upper-platforms')).body, { platforms: [added.body] });
      const changed = await call('PATCH', path, { enabled: false });
      assert.deepEqual([changed.status, cascade.joined.size], [200, 0]);
      assert.equal((await call('DELETE', path)).status, 204);
      assert.deepEqual(await call('GET', path), { status: 404, body: { code: 'PLATFORM_NOT_FOUND' } });
      assert.equal((await call('GET', '/upper-platforms/x')).status, 404);
    });
  });

  it('are shown channels, one by one or a device at once, page by page, and no more', async () => {
    await withRoutes(async (call) => {
      const { body } = await call('POST', '/upper-platforms', UPPER);
      const path = `/upper-platforms/${String((body as { readonly id: number }).id)}/channels`;
      const shared = await call('POST', path, { channels: [{ device: GB_ID, channelNo: 1, gbId: OWN }] });
      assert.equal(shared.status, 201);
      const [channel] = (shared.body as { readonly channels: readonly Record<string, unknown>[] }).channels;
      assert.deepEqual(
        [channel?.['gbId'], channel?.['channelGbId'], channel?.['online']],
        [OWN, CHANNEL_GB_ID, true],
      );
      assert.equal((await call('POST', path, { channels: [{ device: GB_ID }] })).status, 201);
      assert.equal(((await call('GET', `${path}?limit=5`)).body as { readonly total: number }).total, 1);
      assert.equal((await call('DELETE', path, { gbIds: [OWN] })).status, 204);
      assert.deepEqual((await call('GET', path)).body, { total: 0, channels: [] });
    });
  });

  it('refuse what is no order', async () => {
    await withRoutes(async (call) => {
      for (const body of [
        {},
        { ...UPPER, extra: 1 },
        { ...UPPER, gbId: '1' },
        { ...UPPER, transport: 'sctp' },
      ])
        assert.equal((await call('POST', '/upper-platforms', body)).status, 400);
      assert.equal((await call('POST', '/upper-platforms', { ...UPPER, port: 0 })).status, 400);
      assert.equal((await call('POST', '/upper-platforms/1/channels', { channels: [] })).status, 400);
      assert.equal((await call('GET', '/upper-platforms/1/channels?limit=0')).status, 400);
    });
  });
});
