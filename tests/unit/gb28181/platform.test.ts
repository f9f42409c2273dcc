import assert from 'node:assert/strict';
import { CAMERA, NVR, PlatformHarness } from './a-platform.ts';
import { aFlow, rawRequest } from './fake-sip.ts';

describe('the platform', () => {
  it('has one timer when nothing is asked of anybody, however many devices are there', async () => {
    const harness = await new PlatformHarness().start();
    harness.online(NVR);
    harness.online(CAMERA, aFlow('203.0.113.9'));
    assert.equal(harness.clock.pending, 1);
    await harness.platform.close();
    assert.equal(harness.clock.pending, 0);
  });

  it('tells every listener, though one of them fails, and none that has left', async () => {
    const harness = await new PlatformHarness().start();
    const heard: string[] = [];
    harness.platform.on('online', () => {
      throw new Error('of a listener');
    });
    const leave = harness.platform.on('online', ({ gbId }) => heard.push(gbId));
    harness.online(NVR);
    leave();
    harness.online(CAMERA);
    assert.deepEqual(heard, [NVR]);
  });

  it('knows nobody and asks nobody before they register', async () => {
    const harness = await new PlatformHarness().start();
    assert.equal(harness.platform.registration(NVR), undefined);
    assert.equal(harness.platform.registeredCount, 0);
    await assert.rejects(harness.platform.queries.deviceInfo(NVR), { reason: 'not-registered' });
    harness.platform.forget(NVR);
    assert.deepEqual(harness.events, []);
  });

  it('answers 503 after its end, refuses every order, and ends a second time without harm', async () => {
    const harness = await new PlatformHarness().start();
    harness.online(NVR);
    await harness.platform.close();
    assert.equal(harness.register(NVR).status, 503);
    for (const method of ['MESSAGE', 'NOTIFY', 'OPTIONS'])
      assert.equal(harness.sip.receive(rawRequest({ method, from: NVR }), aFlow()).status, 503);
    await assert.rejects(harness.platform.queryCatalog(NVR), { reason: 'not-registered' });
    await harness.platform.close();
    assert.equal(harness.clock.pending, 0);
  });
});
