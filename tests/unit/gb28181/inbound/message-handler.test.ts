import assert from 'node:assert/strict';
import { CAMERA, catalogBody, keepaliveBody, NVR, PlatformHarness } from '../a-platform.ts';
import { aFlow, rawRequest } from '../fake-sip.ts';
import { bodyOf, fixture } from '../fixture.ts';

/** A channel of the recorder that is no device of its own. */
const CHANNEL = '34020000001310000077';
const OTHER_PORT = aFlow('198.51.100.7', 31_045);
const OTHER_ADDRESS = aFlow('203.0.113.9', 31_044);

async function withNvr(): Promise<PlatformHarness> {
  const harness = await new PlatformHarness().start();
  harness.online(NVR);
  return harness;
}

describe('keepalive', () => {
  it('is answered by 200 and counted when it comes from where the device registered', async () => {
    const harness = await withNvr();
    await harness.clock.advance(50_000);
    assert.equal(harness.keepalive(NVR).status, 200);
    assert.equal(harness.figure('yimu_keepalives'), 1);
    assert.equal(harness.platform.registration(NVR)?.lastSeenAtMs, harness.clock.nowMs());
  });

  it('keeps a device online as long as fewer than three in a row are missed', async () => {
    const harness = await withNvr();
    for (let round = 0; round < 5; round += 1) {
      await harness.clock.advance(179_000);
      assert.equal(harness.keepalive(NVR).status, 200);
    }
    await harness.clock.advance(178_000);
    assert.ok(harness.platform.registration(NVR));
    await harness.clock.advance(4_000);
    assert.deepEqual(harness.events.at(-1), ['offline', NVR, 'keepalive-lost']);
    assert.equal(harness.figure('yimu_devices_registered'), 0);
  });

  it('is refused from a device that is not registered, so that it registers', async () => {
    const harness = await withNvr();
    assert.equal(harness.keepalive(CAMERA, OTHER_ADDRESS).status, 403);
    assert.equal(harness.figures('yimu_gb_messages_refused')['unregistered'], 1);
    assert.equal(harness.platform.registration(CAMERA), undefined);
  });

  it('is refused from another port or address, and moves nothing', async () => {
    const harness = await withNvr();
    const before = harness.platform.registration(NVR);
    await harness.clock.advance(10_000);
    assert.equal(harness.keepalive(NVR, OTHER_PORT).status, 403);
    assert.equal(harness.keepalive(NVR, OTHER_ADDRESS).status, 403);
    assert.deepEqual(harness.platform.registration(NVR), before);
    assert.equal(harness.figures('yimu_gb_messages_refused')['moved'], 2);
  });

  it('does not revive a device that went offline', async () => {
    const harness = await withNvr();
    await harness.clock.advance(182_000);
    assert.equal(harness.keepalive(NVR).status, 403);
    assert.equal(harness.platform.registration(NVR), undefined);
  });

  it('is heard of several devices behind one address and port, each by its name', async () => {
    const harness = await withNvr();
    harness.online(CAMERA, aFlow());
    await harness.clock.advance(100_000);
    assert.equal(harness.keepalive(CAMERA).status, 200);
    await harness.clock.advance(100_000);
    assert.equal(harness.platform.registration(NVR), undefined);
    assert.ok(harness.platform.registration(CAMERA));
    // The one that is left is alone at its flow now.
    assert.equal(harness.keepalive(CAMERA).status, 200);
    assert.equal(harness.keepalive(NVR).status, 403, 'a device that is not registered has to register');
    assert.equal(harness.figures('yimu_gb_messages_refused')['unregistered'], 1);
    assert.equal(harness.platform.registration(NVR), undefined);
  });

  it('is an empty MESSAGE too, as it arrives over lossy paths', async () => {
    const harness = await withNvr();
    await harness.clock.advance(100_000);
    assert.equal(harness.message(NVR, '').status, 200);
    assert.equal(harness.platform.registration(NVR)?.lastSeenAtMs, harness.clock.nowMs());
    assert.equal(harness.message(NVR, '', OTHER_PORT).status, 403);
  });

  it('reads every form that was seen', async () => {
    const harness = await withNvr();
    for (const file of ['manscdp/keepalive-status-in-info.xml', 'manscdp/keepalive-with-faults.xml'])
      assert.equal(harness.message(NVR, fixture(file)).status, 200);
    assert.equal(harness.message(NVR, bodyOf(fixture('gb28181/k1-keepalive.sip'))).status, 200);
    assert.equal(harness.figure('yimu_keepalives'), 3);
  });

  it('may come as a NOTIFY', async () => {
    const harness = await withNvr();
    const raw = rawRequest({ method: 'NOTIFY', from: NVR, body: keepaliveBody(NVR) });
    assert.equal(harness.sip.receive(raw, aFlow()).status, 200);
    assert.equal(harness.sip.receive(raw, OTHER_PORT).status, 403);
  });
});

describe('MESSAGE, NOTIFY and OPTIONS', () => {
  it('are heard over the flow of a registration only', async () => {
    const harness = await withNvr();
    for (const method of ['MESSAGE', 'NOTIFY', 'OPTIONS']) {
      const raw = rawRequest({ method, from: NVR, body: catalogBody({ sn: 1, sum: 1, channels: [CAMERA] }) });
      assert.equal(harness.sip.receive(raw, OTHER_PORT).status, 403, method);
    }
    assert.deepEqual(
      harness.events.map(([name]) => name),
      ['online'],
    );
  });

  it('hand on a catalogue part that nobody asked for', async () => {
    const harness = await withNvr();
    assert.equal(harness.message(NVR, catalogBody({ sn: 7, sum: 1, channels: [CAMERA] })).status, 200);
    const [name, gbId, items] = harness.events.at(-1) ?? [];
    assert.deepEqual([name, gbId], ['catalogPart', NVR]);
    assert.equal((items as { readonly channelId: string }[])[0]?.channelId, CAMERA);
  });

  it('take a MESSAGE signed by a channel for the one device of the flow', async () => {
    const harness = await withNvr();
    assert.equal(harness.message(CHANNEL, catalogBody({ sn: 7, sum: 1, channels: [CAMERA] })).status, 200);
    assert.deepEqual(harness.events.at(-1)?.slice(0, 2), ['catalogPart', NVR]);
  });

  const faults: readonly (readonly [title: string, body: string, status: number, fault: string])[] = [
    ['what is no XML', 'hello', 400, 'no-root'],
    ['a document type', '<!DOCTYPE a><Notify/>', 400, 'document-type'],
    ['an unknown root', '<Foo><CmdType>Catalog</CmdType></Foo>', 400, 'unknown-root'],
    ['no command', '<Notify><SN>1</SN></Notify>', 400, 'no-cmd-type'],
    ['too many levels', `<Notify>${'<a>'.repeat(20)}`, 400, 'too-deep'],
  ];
  for (const [title, body, status, fault] of faults) {
    it(`answer ${title} by ${String(status)} and count it`, async () => {
      const harness = await withNvr();
      assert.equal(harness.message(NVR, body).status, status);
      assert.equal(harness.figures('yimu_manscdp_faults')[fault], 1);
      assert.ok(harness.platform.registration(NVR));
    });
  }

  it('accept what is well-formed and means nothing here yet', async () => {
    const harness = await withNvr();
    assert.equal(harness.message(NVR, bodyOf(fixture('gb28181/a1-alarm.sip'))).status, 200);
    assert.equal(harness.figures('yimu_manscdp_messages')['Notify.Alarm'], 1);
  });

  it('count tolerated faults', async () => {
    const harness = await withNvr();
    assert.equal(harness.message(NVR, fixture('captured/045-catalog-bad-nesting.xml')).status, 200);
    assert.equal(harness.figures('yimu_manscdp_repairs')['stray-end-tag'], 1);
  });

  it('keep foreign words out of the labels', async () => {
    const harness = await withNvr();
    harness.message(NVR, '<Notify><CmdType>a"b{}</CmdType></Notify>');
    assert.deepEqual(harness.figures('yimu_manscdp_messages'), { other: 1 });
  });

  it('know no subscription', async () => {
    const harness = await withNvr();
    const raw = rawRequest({
      method: 'NOTIFY',
      from: NVR,
      body: bodyOf(fixture('gb28181/s3-notify-catalog.sip')),
    });
    assert.equal(harness.sip.receive(raw, aFlow()).status, 481);
  });

  it('answer OPTIONS of a device with what is understood', async () => {
    const harness = await withNvr();
    const reply = harness.sip.receive(rawRequest({ method: 'OPTIONS', from: NVR }), aFlow());
    assert.equal(reply.status, 200);
    assert.match(reply.headers.get('allow') ?? '', /REGISTER/);
  });
});

describe('a connection that closes', () => {
  it('takes every device that was registered over it offline, and no other', async () => {
    const harness = await new PlatformHarness().start();
    const connection = aFlow('198.51.100.7', 50_000, 'tcp');
    harness.online(NVR, connection);
    harness.online(CAMERA, OTHER_ADDRESS);
    harness.sip.closeFlow(connection);
    harness.sip.closeFlow(aFlow('192.0.2.1', 1, 'tcp'));
    assert.deepEqual(harness.events.at(-1), ['offline', NVR, 'flow-closed']);
    assert.equal(harness.platform.registeredCount, 1);
  });

  it('means nothing for a device that has moved to another one', async () => {
    const harness = await new PlatformHarness().start();
    const connection = aFlow('198.51.100.7', 50_000, 'tcp');
    harness.online(NVR, connection);
    harness.online(NVR, aFlow('198.51.100.7', 50_001, 'tcp'));
    harness.sip.closeFlow(connection);
    assert.ok(harness.platform.registration(NVR));
  });
});
