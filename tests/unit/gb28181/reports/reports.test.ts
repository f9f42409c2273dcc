import assert from 'node:assert/strict';
import type { Gb28181PlatformOptions, GbEvents } from '../../../../bff/src/gb28181/index.ts';
import { CAMERA, keepaliveBody, NVR, PlatformHarness } from '../a-platform.ts';
import { aFlow, rawRequest } from '../fake-sip.ts';
import { bodyOf, fixture } from '../fixture.ts';

/** A registered recorder, and what is heard of it. */
async function listening<Name extends keyof GbEvents>(
  name: Name,
): Promise<{ harness: PlatformHarness; heard: GbEvents[Name][] }> {
  const harness = await new PlatformHarness({ limits: { subscribeJitterMs: 0 } }).start();
  harness.online(NVR);
  const heard: GbEvents[Name][] = [];
  harness.platform.on(name, (...args) => heard.push(args));
  return { harness, heard };
}

/** The device is subscribed to, and notifies. */
async function notified(
  harness: PlatformHarness,
  kind: 'catalog' | 'alarm' | 'position' | 'ptz-position',
  body: Uint8Array | string,
): Promise<number> {
  harness.platform.subscriptions.want(NVR, [{ kind }]);
  const subscription = harness.sip.subscriptions.at(-1);
  assert.ok(subscription);
  subscription.answer();
  await harness.clock.advance(0);
  const dialog = { callId: subscription.callId } as never;
  return harness.sip.receive(rawRequest({ method: 'NOTIFY', from: NVR, body }), aFlow(), dialog).status;
}

describe('alarms (GB/T 28181-2016 §9.4)', () => {
  it('are told, and answered by a MESSAGE when they came by one', async () => {
    const { harness, heard } = await listening('alarm');
    assert.equal(harness.message(NVR, bodyOf(fixture('gb28181/a1-alarm.sip'))).status, 200);
    assert.deepEqual(
      heard.map(([gbId, { sourceGbId, method, via }]) => [gbId, sourceGbId, method, via]),
      [[NVR, CAMERA, 5, 'message']],
    );
    const answer = harness.sip.lastRequest;
    assert.match(answer.body, /<Response>\s*<CmdType>Alarm<\/CmdType>\s*<SN>1<\/SN>/);
    assert.match(answer.body, new RegExp(`<DeviceID>${CAMERA}</DeviceID>\\s*<Result>OK</Result>`));
  });

  it('are answered by SIP alone when they came by a NOTIFY', async () => {
    const { harness, heard } = await listening('alarm');
    assert.equal(await notified(harness, 'alarm', bodyOf(fixture('gb28181/s6-notify-alarm.sip'))), 200);
    assert.deepEqual([heard.length, heard[0]?.[1].via, harness.sip.requests.length], [1, 'notify', 0]);
  });

  it('of a storm are all told, but answered no faster than the device takes answers', async () => {
    const { harness, heard } = await listening('alarm');
    for (let n = 0; n < 100; n += 1) harness.message(NVR, bodyOf(fixture('gb28181/a1-alarm.sip')));
    await harness.clock.advance(0);
    assert.deepEqual([heard.length, harness.sip.requests.length], [100, 4]);
    assert.equal(harness.figures('yimu_gb_commands')['busy'], 96);
  });

  it('of nobody are counted', async () => {
    const { harness, heard } = await listening('alarm');
    const body = '<Notify><CmdType>Alarm</CmdType><SN>1</SN></Notify>';
    assert.equal(harness.message(NVR, body).status, 200);
    assert.deepEqual([heard.length, harness.figures('yimu_gb_messages_refused')['no-alarm']], [0, 1]);
  });
});

describe('times of what is told', () => {
  it('are those of where the device writes them, as its profile says', async () => {
    const profiles: Gb28181PlatformOptions['profiles'] = () => ({
      manufacturer: undefined,
      change: { utcOffsetMin: 0 },
    });
    const harness = await new PlatformHarness({ profiles }).start();
    harness.online(NVR);
    const heard: (number | undefined)[] = [];
    harness.platform.on('alarm', (_gbId, { atMs }) => heard.push(atMs));
    harness.platform.on('positions', (_gbId, positions) => heard.push(...positions.map(({ atMs }) => atMs)));
    harness.message(NVR, bodyOf(fixture('gb28181/a1-alarm.sip')));
    const inner = `<DeviceID>${NVR}</DeviceID><Time>2026-01-15T10:36:00</Time><Longitude>117.28</Longitude><Latitude>31.86</Latitude>`;
    harness.message(NVR, `<Notify><CmdType>MobilePosition</CmdType><SN>2</SN>${inner}</Notify>`);
    assert.deepEqual(heard, [Date.UTC(2026, 0, 15, 10, 35, 12), Date.UTC(2026, 0, 15, 10, 36, 0)]);
  });
});

describe('a camera that asks to be watched (GB/T 28181-2022 VideoUploadNotify)', () => {
  const asks = (source: string): string =>
    `<Notify><CmdType>VideoUploadNotify</CmdType><SN>5</SN><DeviceID>${source}</DeviceID><Time>2026-01-15T10:36:00</Time><Longitude>117.28</Longitude><Latitude>31.86</Latitude></Notify>`;

  it('is told, with where it is', async () => {
    const { harness, heard } = await listening('videoOffered');
    const positions: GbEvents['positions'][] = [];
    harness.platform.on('positions', (...args) => positions.push(args));
    assert.equal(harness.message(NVR, asks(CAMERA)).status, 200);
    assert.deepEqual(heard, [[NVR, CAMERA]]);
    assert.deepEqual(
      positions.map(([, [place]]) => [place?.sourceGbId, place?.longitude, place?.latitude]),
      [[CAMERA, 117.28, 31.86]],
    );
  });

  it('and does not say which is counted', async () => {
    const { harness, heard } = await listening('videoOffered');
    harness.message(NVR, asks('x'));
    assert.deepEqual([heard.length, harness.figures('yimu_gb_messages_refused')['no-video-source']], [0, 1]);
  });
});

describe('positions, directions and changes of the catalogue', () => {
  it('are told by MESSAGE and by NOTIFY', async () => {
    const { harness, heard } = await listening('positions');
    harness.message(NVR, bodyOf(fixture('gb28181/s8-notify-position-2016.sip')));
    await notified(harness, 'position', bodyOf(fixture('gb28181/s9-notify-position-2022.sip')));
    assert.deepEqual(
      heard.map(([gbId, [position]]) => [gbId, position?.sourceGbId, position?.height]),
      [
        [NVR, CAMERA, undefined],
        [NVR, CAMERA, 3],
      ],
    );
  });

  it('are told of a dome that turned (2022)', async () => {
    const { harness, heard } = await listening('ptzPosition');
    const body = bodyOf(fixture('gb28181/q10-ptzposition-r.sip'));
    await notified(harness, 'ptz-position', body.toString('latin1').replaceAll('Response>', 'Notify>'));
    assert.deepEqual([heard[0]?.[1], heard[0]?.[2].pan], [CAMERA, 123.45]);
    // With the root of an answer, as in annex J.21.
    await notified(harness, 'ptz-position', body);
    assert.equal(heard.length, 2);
  });

  it('are told of a catalogue that changed: s3-notify-catalog.sip', async () => {
    const { harness, heard } = await listening('catalogChanged');
    const body = bodyOf(fixture('gb28181/s3-notify-catalog.sip'));
    assert.equal(await notified(harness, 'catalog', body), 200);
    assert.deepEqual(
      heard[0]?.[1].map(({ event, item }) => [event, item.channelId, item.name]),
      [
        ['OFF', '34020000001320000001', ''],
        ['ADD', '34020000001320000002', '仓库'],
      ],
    );
    await notified(harness, 'catalog', body.toString('latin1').replaceAll('Notify>', 'Response>'));
    assert.equal(heard.length, 2, 'with the root of an answer, as in annex J.21');
  });

  it('of no use are counted', async () => {
    const { harness, heard } = await listening('positions');
    harness.message(
      NVR,
      `<Notify><CmdType>MobilePosition</CmdType><SN>1</SN><DeviceID>${NVR}</DeviceID></Notify>`,
    );
    harness.message(
      NVR,
      `<Notify><CmdType>PTZPosition</CmdType><SN>1</SN><DeviceID>${NVR}</DeviceID></Notify>`,
    );
    const { 'no-position': places, 'no-ptz-position': domes } = harness.figures('yimu_gb_messages_refused');
    assert.deepEqual([heard.length, places, domes], [0, 1, 1]);
  });
});

describe('what a keepalive lists as out of order', () => {
  const keepalive = (...faults: readonly string[]): string =>
    keepaliveBody(NVR).replace(
      '</Notify>',
      `<Info>\r\n${faults.map((id) => `<DeviceID>${id}</DeviceID>\r\n`).join('')}</Info>\r\n</Notify>`,
    );

  it('is told when it changes, and that all is well again', async () => {
    const { harness, heard } = await listening('faults');
    harness.message(NVR, keepalive(CAMERA));
    harness.message(NVR, keepalive(CAMERA));
    assert.deepEqual(heard, [[NVR, [CAMERA]]]);
    assert.equal(harness.figure('yimu_gb_devices_faulty'), 1);
    harness.message(NVR, keepalive(CAMERA, '34020000001310000002'));
    harness.keepalive(NVR);
    harness.keepalive(NVR);
    assert.deepEqual(heard.slice(1), [
      [NVR, ['34020000001310000002', CAMERA]],
      [NVR, []],
    ]);
    assert.deepEqual([harness.figure('yimu_gb_devices_faulty'), harness.figure('yimu_keepalives')], [0, 5]);
  });

  it('is told anew after the device was away', async () => {
    const { harness, heard } = await listening('faults');
    harness.message(NVR, keepalive(CAMERA));
    harness.platform.forget(NVR);
    assert.equal(harness.figure('yimu_gb_devices_faulty'), 0);
    harness.online(NVR);
    harness.message(NVR, keepalive(CAMERA));
    assert.equal(heard.length, 2);
  });

  it('is nothing in an ordinary keepalive, however its Info is written', async () => {
    const { harness, heard } = await listening('faults');
    harness.message(NVR, bodyOf(fixture('gb28181/k1-keepalive.sip')));
    harness.message(NVR, keepalive());
    harness.message(NVR, `${keepalive()}${' '.repeat(300)}`);
    assert.deepEqual(heard, []);
  });
});
