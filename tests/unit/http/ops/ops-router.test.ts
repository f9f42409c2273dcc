import assert from 'node:assert/strict';
import { opsRouter } from '../../../../bff/src/http/ops/ops-router.ts';
import { Instruments } from '../../../../bff/src/kernel/index.ts';
import { withHttp } from '../../../support/http-server.ts';

describe('the operations endpoints', () => {
  it('render every kind of instrument in the text form of Prometheus, again and again', async () => {
    const instruments = new Instruments();
    const counter = instruments.counter('yimu_things', 'things seen');
    const family = instruments.family('yimu_results', 'results by status', 'status');
    let level = 3;
    instruments.gauge('yimu_level', 'level now', () => level);
    const routers = [opsRouter({ instruments, obstacles: () => Promise.resolve([]) })];
    await withHttp({ routers }, async ({ url }) => {
      const read = async (): Promise<string> => await (await fetch(`${url}/metrics`)).text();
      assert.match(await read(), /^yimu_level 3$/m);
      counter.add(2);
      family.of('200').add();
      family.of('403').add(4);
      level = 0;
      const text = await read();
      assert.match(text, /^# TYPE yimu_things counter$/m);
      assert.match(text, /^yimu_things 2$/m);
      assert.match(text, /^yimu_results\{status="200"\} 1$/m);
      assert.match(text, /^yimu_results\{status="403"\} 4$/m);
      assert.match(text, /^yimu_level 0$/m);
      assert.match(text, /^process_cpu_seconds_total /m);
      assert.equal(await read().then((again) => /^yimu_things 2$/m.test(again)), true);
    });
  });

  it('say ready only when nothing stands in the way, and why not', async () => {
    let reasons: readonly string[] = ['sip port not bound'];
    const routers = [
      opsRouter({ instruments: new Instruments(), obstacles: () => Promise.resolve(reasons) }),
    ];
    await withHttp({ routers }, async ({ url }) => {
      const notReady = await fetch(`${url}/readyz`);
      assert.equal(notReady.status, 503);
      assert.deepEqual(await notReady.json(), { status: 'not ready', reasons: ['sip port not bound'] });
      reasons = [];
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
      assert.equal((await fetch(`${url}/healthz`)).status, 200);
    });
  });

  it('name a label that comes late, and are nothing that a page of another origin may read', async () => {
    const instruments = new Instruments();
    const family = instruments.family('yimu_results', 'results by status', 'status');
    const routers = [opsRouter({ instruments, obstacles: () => Promise.resolve([]) })];
    await withHttp({ routers }, async ({ url }) => {
      const first = await fetch(`${url}/metrics`);
      assert.equal(first.headers.get('access-control-allow-origin'), null);
      assert.match(first.headers.get('content-type') ?? '', /^text\/plain/);
      assert.doesNotMatch(await first.text(), /^yimu_results\{/m);
      family.of('a "quoted"\nname').add();
      assert.match(
        await (await fetch(`${url}/metrics`)).text(),
        /^yimu_results\{status="a \\"quoted\\"\\nname"\} 1$/m,
      );
    });
  });
});
