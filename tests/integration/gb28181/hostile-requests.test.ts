import assert from 'node:assert/strict';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { nothingHeld } from './nothing-held.ts';
import { keepaliveBody, type RawDevice } from './raw-device.ts';

const STRANGER = '34020000001320000666';
const XML = 'Content-Type: Application/MANSCDP+xml';
const ALARM = (id: string): string =>
  `<Notify><CmdType>Alarm</CmdType><SN>1</SN><DeviceID>${id}</DeviceID><AlarmPriority>1</AlarmPriority></Notify>`;
const MEDIA_STATUS = (id: string): string =>
  `<Notify><CmdType>MediaStatus</CmdType><SN>1</SN><DeviceID>${id}</DeviceID><NotifyType>121</NotifyType></Notify>`;

describe('requests of strangers and out of place, over real sockets', function () {
  this.timeout(60_000);
  let stack: Stack;
  let device: RawDevice;
  let timers: number;

  before(async () => {
    stack = await Stack.start();
    timers = stack.clock.pending;
    device = await stack.online(NVR);
  });

  after(async () => {
    await stack.stop();
  });

  const inDialog = {
    To: `To: <sip:34020000002000000001@3402000000>;tag=nobody`,
    'Call-ID': 'Call-ID: nobody@nowhere',
  };

  for (const transport of ['udp', 'tcp'] as const) {
    const over = `over ${transport.toUpperCase()}`;

    it(`BYE that belongs to no dialog: 481 ${over}, from a device and from a stranger (RFC 3261 §15.1.2)`, async () => {
      for (const sender of [device, await stack.device(STRANGER, { transport })]) {
        assert.equal((await sender.ask('BYE')).status, 481);
        assert.equal((await sender.ask('BYE', { instead: inDialog })).status, 481);
      }
    });

    it(`INFO, INVITE and UPDATE of a dialog that is not there: 481 ${over} (§12.2.2)`, async () => {
      const stranger = await stack.device(STRANGER, { transport });
      for (const method of ['INFO', 'INVITE', 'UPDATE'])
        assert.equal((await stranger.ask(method, { instead: inDialog })).status, 481, method);
    });

    it(`INFO and BYE that name no dialog at all: 481 ${over}, counted (RFC 6086 §4.2.2, RFC 3261 §15.1.2)`, async () => {
      const answered = (method: string): number =>
        stack.figures('yimu_sip_messages')[`out ${method} 481`] ?? 0;
      for (const method of ['INFO', 'BYE'])
        for (const sender of [device, await stack.device(STRANGER, { transport })]) {
          const before = answered(method);
          const type = 'Content-Type: Application/MANSRTSP';
          const { start, head } = await sender.ask(method, { headers: [type], body: 'PLAY RTSP/1.0\r\n' });
          assert.equal(start, 'SIP/2.0 481 Call/Transaction Does Not Exist', method);
          assert.doesNotMatch(head, /^Allow:/m);
          assert.equal(answered(method), before + 1);
        }
    });

    it(`CANCEL of nothing: 481 ${over} (§9.2)`, async () => {
      assert.equal((await (await stack.device(STRANGER, { transport })).ask('CANCEL')).status, 481);
    });

    it(`an ACK of nothing is dropped ${over} and counted`, async () => {
      const stranger = await stack.device(STRANGER, { transport });
      const before = stack.figures('yimu_sip_refusals')['unmatched-ack'] ?? 0;
      stranger.peer.send(stranger.request('ACK', { instead: inDialog }));
      assert.equal((await stranger.ask('BYE')).status, 481);
      assert.equal(stack.figures('yimu_sip_refusals')['unmatched-ack'], before + 1);
    });

    it(`MESSAGE of a stranger: 403 ${over}, whatever is in it, and nobody hears of it`, async () => {
      const stranger = await stack.device(STRANGER, { transport });
      const heard = stack.events.length;
      const bodies = [keepaliveBody(STRANGER), ALARM(STRANGER), MEDIA_STATUS(STRANGER), 'no XML', ''];
      const before = stack.figures('yimu_gb_messages_refused')['unregistered'] ?? 0;
      for (const body of bodies) assert.equal((await stranger.tell(body)).status, 403);
      assert.equal(stack.figures('yimu_gb_messages_refused')['unregistered'], before + bodies.length);
      assert.equal(stack.events.length, heard);
      assert.equal(stack.platform.registration(STRANGER), undefined);
    });

    it(`MESSAGE in the name of a device from elsewhere: 403 ${over}, and the device stays where it is`, async () => {
      const impostor = await stack.device(NVR, { transport });
      const before = stack.figures('yimu_gb_messages_refused')['moved'] ?? 0;
      const heard = stack.events.length;
      for (const body of [keepaliveBody(NVR), ALARM(NVR), MEDIA_STATUS(NVR)])
        assert.equal((await impostor.tell(body)).status, 403);
      assert.equal(stack.figures('yimu_gb_messages_refused')['moved'], before + 3);
      assert.equal(stack.events.length, heard);
      assert.equal(stack.platform.registration(NVR)?.remotePort, device.peer.port);
    });

    it(`NOTIFY of a stranger: 403 ${over}`, async () => {
      const stranger = await stack.device(STRANGER, { transport });
      const headers = [XML, 'Event: Catalog', 'Subscription-State: active;expires=600'];
      const { status } = await stranger.ask('NOTIFY', { headers, body: ALARM(STRANGER) });
      assert.ok([403, 481].includes(status), String(status));
    });
  }

  it('NOTIFY outside of a subscription: 481, counted, and nobody hears of it (RFC 6665 §4.1.3)', async () => {
    const heard = stack.events.length;
    for (const event of ['Catalog;id=1', 'presence', 'Alarm', '']) {
      const headers = [
        XML,
        ...(event === '' ? [] : [`Event: ${event}`]),
        'Subscription-State: active;expires=600',
      ];
      for (const instead of [{}, inDialog]) {
        const { status } = await device.ask('NOTIFY', { headers, body: ALARM(NVR), instead });
        assert.equal(status, 481, event);
      }
    }
    assert.equal(stack.events.length, heard);
  });

  it('requests that nobody may send here: 405 with what may be sent, 501 for what nobody knows', async () => {
    const answer = await device.ask('SUBSCRIBE', { headers: ['Event: Catalog', 'Expires: 600'] });
    assert.ok([403, 405, 489].includes(answer.status), String(answer.status));
    assert.equal((await device.ask('PUBLISH')).status, 501);
    assert.equal((await device.ask('BREW')).status, 501);
  });

  it('an INVITE that nobody asked for is refused and not held', async () => {
    for (const sender of [device, await stack.device(STRANGER)]) {
      const { status } = await sender.ask('INVITE', {
        headers: ['Content-Type: application/sdp'],
        body: 'v=0\r\n',
      });
      assert.ok(status >= 400 && status < 500, String(status));
    }
    assert.equal(stack.figure('yimu_sip_dialogs'), 0);
  });

  it('REGISTER of a stranger is challenged, and of what is no ID refused', async () => {
    const stranger = await stack.device(STRANGER);
    assert.equal((await stranger.ask('REGISTER')).status, 401);
    const nobody = await stack.device('admin');
    assert.equal((await nobody.ask('REGISTER')).status, 403);
    const long = await stack.device('3'.repeat(2_000));
    assert.equal((await long.ask('REGISTER')).status, 403);
  });

  it('a proof of one device for another is none', async () => {
    const thief = await stack.device(CAMERA);
    const challenge = await thief.ask('REGISTER');
    const theirs = thief.proof(challenge).replace(`username="${CAMERA}"`, `username="${NVR}"`);
    assert.equal((await thief.ask('REGISTER', { headers: [theirs] })).status, 403);
    assert.equal(stack.platform.registration(CAMERA), undefined);
  });

  it('holds nothing of all this at the end', async () => {
    await device.register({ expires: 0 });
    await nothingHeld(stack, timers);
    assert.equal(stack.figure('yimu_devices_registered'), 0);
  });
});
