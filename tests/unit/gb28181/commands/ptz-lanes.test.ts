import assert from 'node:assert/strict';
import { GbFailure, type PtzCommand } from '../../../../bff/src/gb28181/index.ts';
import { TransactionTimeout, TransportFailed } from '../../../../bff/src/sip/index.ts';
import { CAMERA, NVR, PlatformHarness, snOf } from '../a-platform.ts';
import { bodyOf, fixture } from '../fixture.ts';

const move = (name: Extract<PtzCommand, { do: 'move' }>['move']): PtzCommand => ({
  do: 'move',
  move: name,
  speed: 64,
});
const STOP: PtzCommand = { do: 'stop', lens: false };

async function withNvr(): Promise<PlatformHarness> {
  const harness = await new PlatformHarness().start();
  harness.online(NVR);
  return harness;
}

const sent = (harness: PlatformHarness): readonly (string | undefined)[] =>
  harness.sip.requests.map(({ body }) => /<PTZCmd>(\w+)/.exec(body)?.[1]);

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof GbFailure);
  return error.reason;
}

describe('a PTZ command', () => {
  it('is the DeviceControl of the message forms, to the channel by way of its device', async () => {
    const harness = await withNvr();
    const done = harness.platform.ptz(NVR, CAMERA, move('right'));
    const { options, body } = harness.sip.lastRequest;
    assert.equal(options.requestUri, `sip:${CAMERA}@198.51.100.7:31044`);
    assert.equal(options.to, `sip:${CAMERA}@3402000000`);
    const form = bodyOf(fixture('gb28181/d1-ptz-right.sip'))
      .toString('latin1')
      .replace('<SN>401<', `<SN>${snOf(body)}<`);
    assert.equal(body.replaceAll('\r\n', '\n').trim(), form.replaceAll('\r\n', '\n').trim());
    harness.sip.lastRequest.answer(200);
    await done;
    assert.deepEqual(harness.figures('yimu_gb_commands'), { ok: 1 });
  });

  it('teaches that the device took it, or that it refuses such commands', async () => {
    const harness = await withNvr();
    const learned: unknown[] = [];
    harness.platform.on('learned', ({ command, targetGbId, outcome }) =>
      learned.push([command, targetGbId, outcome]),
    );
    for (const status of [200, 501]) {
      const done = harness.platform.ptz(NVR, CAMERA, STOP).catch(() => undefined);
      harness.sip.lastRequest.answer(status);
      await done;
      await harness.clock.advance(0);
    }
    assert.deepEqual(learned, [
      ['DeviceControl.PTZCmd', CAMERA, 'sent'],
      ['DeviceControl.PTZCmd', CAMERA, 'refused'],
    ]);
  });

  it('waits for the one before it, so that no repeated start follows a stop', async () => {
    const harness = await withNvr();
    const start = harness.platform.ptz(NVR, CAMERA, move('right'));
    const stop = harness.platform.ptz(NVR, CAMERA, STOP);
    await harness.clock.advance(0);
    assert.equal(harness.sip.requests.length, 1);
    harness.sip.lastRequest.answer(200);
    await start;
    await harness.clock.advance(0);
    assert.deepEqual(sent(harness), ['A50F0101400000F6', 'A50F0100000000B5']);
    harness.sip.lastRequest.answer(200);
    await stop;
  });

  it('is overtaken by a newer one while it waits', async () => {
    const harness = await withNvr();
    const all = [move('right'), move('left'), move('up'), STOP].map((command) =>
      harness.platform.ptz(NVR, CAMERA, command),
    );
    harness.sip.lastRequest.answer(200);
    await harness.clock.advance(0);
    assert.deepEqual(sent(harness), ['A50F0101400000F6', 'A50F0100000000B5']);
    harness.sip.lastRequest.answer(200);
    await Promise.all(all);
    assert.equal(harness.sip.requests.length, 2);
  });

  it('goes past those of the lens and of other channels', async () => {
    const harness = await withNvr();
    const all = [
      harness.platform.ptz(NVR, CAMERA, move('right')),
      harness.platform.ptz(NVR, CAMERA, move('focusNear')),
      harness.platform.ptz(NVR, CAMERA, { do: 'stop', lens: true }),
      harness.platform.ptz(NVR, '34020000001320000002', move('left')),
    ];
    await harness.clock.advance(0);
    assert.equal(harness.sip.requests.length, 3);
    for (const request of harness.sip.requests) request.answer(200);
    await harness.clock.advance(0);
    assert.equal(sent(harness)[3], 'A50F0140000000F5');
    harness.sip.lastRequest.answer(200);
    await Promise.all(all);
  });

  it('goes out though the one before it failed', async () => {
    const harness = await withNvr();
    const start = harness.platform.ptz(NVR, CAMERA, move('right'));
    const stop = harness.platform.ptz(NVR, CAMERA, STOP);
    harness.sip.lastRequest.fail(new TransactionTimeout('MESSAGE', '1'));
    assert.equal(await reasonOf(start), 'timeout');
    await harness.clock.advance(0);
    harness.sip.lastRequest.answer(200);
    await stop;
    assert.deepEqual(sent(harness), ['A50F0101400000F6', 'A50F0100000000B5']);
  });

  const failures: readonly (readonly [
    title: string,
    end: (harness: PlatformHarness) => void,
    reason: string,
  ])[] = [
    [
      '404',
      (harness) => {
        harness.sip.lastRequest.answer(404, 'Not Found');
      },
      'rejected',
    ],
    [
      '408',
      (harness) => {
        harness.sip.lastRequest.answer(408, 'Timeout');
      },
      'timeout',
    ],
    [
      '486',
      (harness) => {
        harness.sip.lastRequest.answer(486, 'Busy Here');
      },
      'busy',
    ],
    [
      'no answer',
      (harness) => {
        harness.sip.lastRequest.fail(new TransactionTimeout('MESSAGE', '1'));
      },
      'timeout',
    ],
    [
      'no way',
      (harness) => {
        harness.sip.lastRequest.fail(new TransportFailed('MESSAGE'));
      },
      'transport',
    ],
    [
      'something else',
      (harness) => {
        harness.sip.lastRequest.fail(new Error('odd'));
      },
      'transport',
    ],
  ];
  for (const [title, end, reason] of failures) {
    it(`fails as ${reason} on ${title}`, async () => {
      const harness = await withNvr();
      const done = harness.platform.ptz(NVR, CAMERA, move('right'));
      end(harness);
      assert.equal(await reasonOf(done), reason);
      assert.equal(harness.figure('yimu_gb_commands_in_flight'), 0);
    });
  }

  it('is refused as busy when too many wait for the device, but not if it stops something', async () => {
    const harness = await withNvr();
    const channel = (index: number): string => `340200000013200001${String(index).padStart(2, '0')}`;
    const waiting = Array.from({ length: 8 }, (_, index) =>
      harness.platform.ptz(NVR, channel(index), move('up')),
    );
    assert.equal(await reasonOf(harness.platform.ptz(NVR, channel(8), move('up'))), 'busy');
    waiting.push(harness.platform.ptz(NVR, channel(9), STOP));
    assert.equal(harness.sip.requests.length, 9);
    for (const request of harness.sip.requests) request.answer(200);
    await Promise.all(waiting);
    assert.equal(await reasonOf(harness.platform.ptz(CAMERA, CAMERA, STOP)), 'not-registered');
  });
});
