import assert from 'node:assert/strict';
import { createGb28181Signalling } from '../../../bff/src/adapters/signalling/index.ts';
import type { DevicePresence, SignallingPort } from '../../../bff/src/core/index.ts';
import { CoreError } from '../../../bff/src/kernel/index.ts';
import { RejectedResponse } from '../../../bff/src/sip/index.ts';
import { CAMERA, catalogBody, NVR, PlatformHarness, snOf } from '../gb28181/a-platform.ts';
import { bodyOf, fixture } from '../gb28181/fixture.ts';

async function aPort(): Promise<{ readonly harness: PlatformHarness; readonly port: SignallingPort }> {
  const harness = await new PlatformHarness().start();
  return { harness, port: createGb28181Signalling(harness.platform) };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof CoreError);
    return error.code;
  }
  throw new Error('it was no refusal');
}

describe('the signalling port over GB/T 28181', () => {
  it('tells presence, and every change of it with its cause', async () => {
    const { harness, port } = await aPort();
    const seen: (readonly [DevicePresence, string])[] = [];
    const off = port.on('presence', (presence, cause) => seen.push([presence, cause]));
    assert.equal(port.presence(NVR).online, false);
    harness.online(NVR);
    assert.deepEqual(port.presence(NVR), {
      gbId: NVR,
      online: true,
      transport: 'udp',
      address: '198.51.100.7',
      registeredAtMs: harness.clock.nowMs(),
      lastSeenAtMs: harness.clock.nowMs(),
      expiresAtMs: harness.clock.nowMs() + 3_600_000,
    });
    harness.online(NVR);
    port.forget(NVR);
    assert.deepEqual(
      seen.map(([{ gbId, online }, cause]) => [gbId, online, cause]),
      [
        [NVR, true, 'registered'],
        [NVR, true, 'refreshed'],
        [NVR, false, 'forgotten'],
      ],
    );
    off();
    harness.online(NVR);
    assert.equal(seen.length, 3);
  });

  it('hands on catalogues, complete ones and parts', async () => {
    const { harness, port } = await aPort();
    harness.online(NVR);
    const parts: unknown[] = [];
    port.on('catalogPart', (gbId, entries) => parts.push([gbId, entries.length]));
    harness.message(NVR, catalogBody({ sn: 0, sum: 1, channels: [CAMERA] }));
    assert.deepEqual(parts, [[NVR, 1]]);

    const answer = port.queryCatalog(NVR);
    await harness.clock.advance(0);
    const sn = snOf(harness.sip.lastRequest.body);
    harness.message(NVR, catalogBody({ sn, sum: 1, channels: [CAMERA] }));
    assert.deepEqual(await answer, {
      entries: [
        {
          channelGbId: CAMERA,
          name: `n${CAMERA}`,
          manufacturer: undefined,
          model: undefined,
          online: true,
          ptzType: undefined,
          place: undefined,
        },
      ],
      complete: true,
    });
  });

  it('hands on facts of a device, PTZ and calls', async () => {
    const { harness, port } = await aPort();
    harness.online(NVR);
    const facts = port.queryDeviceFacts(NVR);
    await harness.clock.advance(0);
    const form = bodyOf(fixture('gb28181/q1-deviceinfo-r.sip')).toString('latin1');
    harness.message(
      NVR,
      Buffer.from(form.replace(/<SN>\d+/, `<SN>${snOf(harness.sip.lastRequest.body)}`), 'latin1'),
    );
    assert.equal((await facts).manufacturer, 'Acme');

    const turned = port.ptz(NVR, CAMERA, { do: 'move', move: 'right', speed: 64 });
    assert.match(harness.sip.lastRequest.body, /A50F0101400000F6/);
    harness.sip.lastRequest.answer(200);
    await turned;

    const ssrc = port.reserveSsrc('live');
    const order = {
      deviceGbId: NVR,
      channelGbId: CAMERA,
      transport: 'tcp-passive',
      streamNumber: 0,
      ssrc,
      receiver: { address: '203.0.113.20', port: 30_000 },
      timeoutMs: 10_000,
    } as const;
    const invited = port.invite(order);
    await harness.clock.advance(0);
    harness.sip.lastInvite.answer(bodyOf(fixture('gb28181/i8-200-tcp.sip')).toString('latin1'));
    const call = await invited;
    assert.equal(call.callId, 'i1');
    const closed = call.close();
    harness.sip.lastInvite.dialog.byeAnswered();
    await closed;

    const refused = port.invite(order);
    await harness.clock.advance(0);
    harness.sip.lastInvite.fail(new RejectedResponse(486, 'Busy Here'));
    // It is asked once more.
    await harness.clock.advance(2_000);
    harness.sip.lastInvite.fail(new RejectedResponse(486, 'Busy Here'));
    assert.equal(await codeOf(refused), 'DEVICE_BUSY');
    ssrc.release();
  });

  it('tells which device came with a wrong password, and of no other refusal', async () => {
    const { harness, port } = await aPort();
    const refused: string[] = [];
    const off = port.on('passwordRefused', (gbId) => refused.push(gbId));
    harness.attempt(NVR, { username: CAMERA });
    harness.attempt('34020000001320009999');
    harness.online(CAMERA);
    assert.deepEqual(refused, [NVR]);
    off();
  });

  it('refuses in the core’s words', async () => {
    const { port } = await aPort();
    assert.equal(await codeOf(port.queryCatalog(NVR)), 'DEVICE_OFFLINE');
    assert.equal(await codeOf(port.queryDeviceFacts(NVR)), 'DEVICE_OFFLINE');
    assert.equal(await codeOf(port.ptz(NVR, CAMERA, { do: 'stop', lens: false })), 'DEVICE_OFFLINE');
    for (let count = 0; count < 10_000; count += 1) port.reserveSsrc('live');
    assert.throws(
      () => port.reserveSsrc('live'),
      (error) => error instanceof CoreError && error.code === 'QUOTA_EXCEEDED',
    );
  });
});
