import assert from 'node:assert/strict';
import { readChinaTime } from '../../../../bff/simulator/src/archive/china-time.ts';
import { makeProfile } from '../../../../bff/simulator/src/device/profile.ts';
import { APlatform, CHANNEL_ID, DEVICE_ID } from '../a-platform.ts';

function query(type: string, sn = 17): string {
  return `<?xml version="1.0"?>\r\n<Query><CmdType>${type}</CmdType><SN>${sn}</SN><DeviceID>${DEVICE_ID}</DeviceID></Query>`;
}

function ptz(bytes: string, channel = CHANNEL_ID): string {
  return `<?xml version="1.0"?>\r\n<Control><CmdType>DeviceControl</CmdType><SN>3</SN><DeviceID>${channel}</DeviceID><PTZCmd>${bytes}</PTZCmd></Control>`;
}

describe('a simulated device obeys its platform', () => {
  it('answers 200 at once, and the query in MESSAGEs of its own with the same SN (§9.3.2)', async () => {
    const platform = await new APlatform({ kind: 'nvr' }).registered();
    await platform.send('MESSAGE', { to: DEVICE_ID, body: query('Catalog') });
    assert.equal(platform.responses('MESSAGE')[0]?.status, 200);
    await platform.clock.advance(100);
    const [first = '', second = ''] = platform.bodies();
    for (const part of [first, second]) assert.match(part, /<SN>17<\/SN>[\s\S]*<SumNum>4<\/SumNum>/);
    assert.match(first, /Num="2"[\s\S]*录像机通道1[\s\S]*录像机通道2/);
    assert.match(second, /Num="2"[\s\S]*录像机通道3[\s\S]*录像机通道4/);
  });

  it('sends the next part when the one before was answered', async () => {
    const platform = await new APlatform({ kind: 'nvr' }).registered();
    platform.answer = () => undefined;
    await platform.send('MESSAGE', { to: DEVICE_ID, body: query('Catalog') });
    assert.equal(new Set(platform.requests('MESSAGE').map(({ callId }) => callId)).size, 1);
    platform.answer = () => '200 OK';
    await platform.clock.advance(1_000);
    assert.equal(new Set(platform.requests('MESSAGE').map(({ callId }) => callId)).size, 2);
  });

  it('tells what it is and how it is (A.2.6)', async () => {
    const platform = await new APlatform().registered();
    await platform.send('MESSAGE', { to: DEVICE_ID, body: query('DeviceInfo', 5) });
    await platform.send('MESSAGE', { to: DEVICE_ID, body: query('DeviceStatus', 6) });
    await platform.send('MESSAGE', { to: DEVICE_ID, body: query('Horoscope', 7) });
    const [info = '', status = '', ...more] = platform.bodies();
    assert.match(info, /<SN>5<\/SN>[\s\S]*<DeviceName>试用球机<\/DeviceName>[\s\S]*<Model>SIM-IPC<\/Model>/);
    assert.match(status, /<SN>6<\/SN>[\s\S]*<Online>ONLINE<\/Online>/);
    assert.equal(more.length, 0);
    assert.equal(platform.named('query').length, 3);
  });

  it('tells its time, and whether it records: the device or any camera of it (A.2.6)', async () => {
    const platform = await new APlatform({ kind: 'nvr' }).registered();
    const order = (value: string, target: string): string =>
      query('DeviceControl')
        .replaceAll('Query>', 'Control>')
        .replace(DEVICE_ID, target)
        .replace('</Control>', `<RecordCmd>${value}</RecordCmd></Control>`);
    const camera = makeProfile('nvr', DEVICE_ID).channels[0]?.gbId ?? '';
    const status = async (): Promise<string> => {
      await platform.send('MESSAGE', { to: DEVICE_ID, body: query('DeviceStatus') });
      return platform.bodies().at(-1) ?? '';
    };
    // A device writes whole seconds.
    const fromMs = Math.floor(Date.now() / 1_000) * 1_000;
    const first = await status();
    const timeMs = readChinaTime(/<DeviceTime>(.+)<\/DeviceTime>/.exec(first)?.[1]) ?? 0;
    assert.ok(timeMs >= fromMs && timeMs <= Date.now(), first);
    assert.match(first, /<Encode>OFF<\/Encode>\r\n<Record>OFF<\/Record>/, 'nobody watches it');
    for (const target of [DEVICE_ID, camera]) {
      await platform.send('MESSAGE', { to: target, body: order('Record', target) });
      assert.match(await status(), /<Record>ON<\/Record>/, target);
      await platform.send('MESSAGE', { to: target, body: order('StopRecord', target) });
      assert.match(await status(), /<Record>OFF<\/Record>/, target);
    }
  });

  it('turns while it is told to, and shows where it looks', async () => {
    const platform = await new APlatform().registered();
    await platform.send('MESSAGE', { body: ptz('A50F0101FF0000B5') });
    assert.equal(platform.device.position(CHANNEL_ID).moving, true);
    await platform.clock.advance(500);
    assert.equal(platform.device.position(CHANNEL_ID).pan, 45);
    await platform.clock.advance(500);
    await platform.send('MESSAGE', { body: ptz('A50F0100000000B5') });
    await platform.clock.advance(5_000);
    assert.deepEqual(platform.device.position(CHANNEL_ID), { pan: 90, tilt: 0, zoom: 1, moving: false });
    const [turn, stop] = platform.named('ptz');
    assert.ok(turn?.event === 'ptz' && stop?.event === 'ptz');
    assert.deepEqual([turn.channel, turn.movement?.pan, turn.position.pan], [CHANNEL_ID, 1, 0]);
    assert.deepEqual([stop.stop, stop.position.pan], [true, 90]);
  });

  it('turns nothing by a damaged command or for a channel that is not its own', async () => {
    const platform = await new APlatform().registered();
    await platform.send('MESSAGE', { body: ptz('A50F0101FF0000B6') });
    await platform.send('MESSAGE', { body: ptz('A50F0101FF0000B5', DEVICE_ID) });
    await platform.clock.advance(1_000);
    assert.equal(platform.device.position(CHANNEL_ID).pan, 0);
    assert.deepEqual(
      platform.named('ptz').map((event) => event.event === 'ptz' && event.fault),
      ['wrong checksum', 'no such channel'],
    );
  });

  it('obeys a repeated request once and answers it alike (RFC 3261 §17.2.2)', async () => {
    const platform = await new APlatform().registered();
    for (let i = 0; i < 3; i += 1)
      await platform.send('MESSAGE', { branch: 'same', body: ptz('A50F0101FF0000B5') });
    assert.equal(platform.named('ptz').length, 1);
    const tags = platform.responses('MESSAGE').map(({ to }) => to?.params.get('tag'));
    assert.equal(tags.length, 3);
    assert.equal(new Set(tags).size, 1);
  });

  it('refuses a MESSAGE without command, and methods that it does not know', async () => {
    const platform = await new APlatform().registered();
    await platform.send('MESSAGE', { body: 'hello' });
    await platform.send('PUBLISH');
    await platform.send('OPTIONS');
    assert.equal(platform.responses('MESSAGE')[0]?.status, 400);
    const [subscribe] = platform.responses('PUBLISH');
    assert.equal(subscribe?.status, 405);
    assert.ok(subscribe.headerValues('Allow').includes('MESSAGE'));
    assert.equal(platform.responses('OPTIONS')[0]?.status, 200);
    assert.equal(platform.named('unreadable').length, 1);
  });

  it('answers only so many queries at one time', async () => {
    const platform = await new APlatform().registered();
    platform.answer = () => undefined;
    for (let sn = 1; sn <= 100; sn += 1)
      await platform.send('MESSAGE', { to: DEVICE_ID, body: query('DeviceInfo', sn) });
    assert.equal(platform.bodies().length, 16);
    await platform.device.stop(true);
    assert.equal(platform.clock.pending, 0);
  });

  it('with the fault short-catalogue never tells all', async () => {
    const platform = await new APlatform({ kind: 'nvr', faults: ['short-catalogue'] }).registered();
    await platform.send('MESSAGE', { to: DEVICE_ID, body: query('Catalog') });
    await platform.clock.advance(1_000);
    assert.equal(platform.bodies().length, 1);
  });
});
