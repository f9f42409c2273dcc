import assert from 'node:assert/strict';
import {
  deviceUri,
  failureOf,
  failureOfStatus,
} from '../../../../bff/src/gb28181/commands/command-sender.ts';
import { GbFailure } from '../../../../bff/src/gb28181/index.ts';
import { TransactionTimeout, TransportFailed } from '../../../../bff/src/sip/index.ts';
import { CAMERA, NVR, PlatformHarness, snOf } from '../a-platform.ts';
import { aFlow } from '../fake-sip.ts';

describe('deviceUri', () => {
  it('is the ID at the address that was seen, whatever Contact says', () => {
    assert.equal(deviceUri(CAMERA, aFlow()), `sip:${CAMERA}@198.51.100.7:31044`);
    assert.equal(deviceUri(CAMERA, aFlow('2001:db8::7', 5_060)), `sip:${CAMERA}@[2001:db8::7]:5060`);
  });
});

describe('failures of devices', () => {
  it('have a reason by status', () => {
    const reasons = [400, 404, 408, 480, 486, 488, 500, 503, 600, 603].map(
      (status) => failureOfStatus(status, 'x').reason,
    );
    assert.deepEqual(reasons, [
      'rejected',
      'rejected',
      'timeout',
      'rejected',
      'busy',
      'rejected',
      'rejected',
      'rejected',
      'busy',
      'rejected',
    ]);
    assert.equal(failureOfStatus(404, 'Not Found').status, 404);
  });

  it('have a reason by what went wrong on the way, and keep its cause', () => {
    const timeout = new TransactionTimeout('MESSAGE', '1');
    assert.equal(failureOf(timeout).reason, 'timeout');
    assert.equal(failureOf(timeout).cause, timeout);
    assert.equal(failureOf(new TransportFailed('MESSAGE')).reason, 'transport');
    assert.equal(failureOf(new Error('odd')).reason, 'transport');
    const own = new GbFailure('busy', 'x');
    assert.equal(failureOf(own), own);
  });
});

describe('CommandSender', () => {
  it('numbers the commands of a platform one by one, and starts again at 1 behind the largest number', async () => {
    const harness = await new PlatformHarness({
      random: {
        bytes: (count) => Buffer.alloc(count),
        hex: (count) => '0'.repeat(2 * count),
        below: () => 0x7ffffffe,
      },
    }).start();
    harness.credentials.set(NVR, { ...harness.credentials.get(NVR)!, passwordless: true });
    assert.equal(harness.register(NVR).status, 200);
    const sns: string[] = [];
    for (const channel of [CAMERA, NVR, CAMERA]) {
      const done = harness.platform.ptz(NVR, channel, { do: 'stop', lens: false });
      await harness.clock.advance(0);
      sns.push(snOf(harness.sip.lastRequest.body));
      harness.sip.lastRequest.answer(200);
      await done;
    }
    assert.deepEqual(sns, ['2147483647', '1', '2']);
  });

  it('gives up after five seconds without a SIP answer', async () => {
    const harness = await new PlatformHarness().start();
    harness.online(NVR);
    const done = harness.platform.ptz(NVR, CAMERA, { do: 'stop', lens: false });
    assert.equal(harness.sip.lastRequest.options.timeoutMs, 5_000);
    harness.sip.lastRequest.fail(new TransactionTimeout('MESSAGE', '1'));
    await assert.rejects(done, { reason: 'timeout' });
    assert.deepEqual(harness.figures('yimu_gb_commands'), { timeout: 1 });
    assert.equal(harness.figure('yimu_gb_commands_in_flight'), 0);
  });

  it('keeps places for orders while a device tells alarm after alarm and takes no answer', async () => {
    const harness = await new PlatformHarness().start();
    harness.online(NVR);
    for (let no = 1; no <= 20; no += 1) assert.equal(harness.message(NVR, alarmBody(no)).status, 200);
    await harness.clock.advance(0);
    assert.equal(harness.figure('yimu_gb_commands_in_flight'), 4);
    const order = harness.platform.ptz(NVR, CAMERA, { do: 'move', move: 'left', speed: 9 });
    await harness.clock.advance(0);
    assert.match(harness.sip.lastRequest.body, /<PTZCmd>/);
    harness.sip.lastRequest.answer(200);
    await order;
  });
});

function alarmBody(no: number): string {
  return `<?xml version="1.0"?><Notify><CmdType>Alarm</CmdType><SN>${String(no)}</SN><DeviceID>${CAMERA}</DeviceID><AlarmPriority>1</AlarmPriority><AlarmTime>2026-01-15T10:33:${String(no).padStart(2, '0')}</AlarmTime><AlarmMethod>5</AlarmMethod></Notify>`;
}
