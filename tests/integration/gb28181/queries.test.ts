import assert from 'node:assert/strict';
import iconv from 'iconv-lite';
import type { CatalogAnswer } from '../../../bff/src/gb28181/index.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { type RawDevice, snOf } from './raw-device.ts';
import { bodyOf, fixture } from './fixtures.ts';

/** Seconds of waiting become tenths. */
const SHORT = {
  catalogFirstPartMs: 1_500,
  catalogSilenceMs: 2_000,
  messageTimeoutMs: 1_500,
  answerTimeoutMs: 1_500,
};

const item = (id: string, name: string): string =>
  `<Item>\r\n<DeviceID>${id}</DeviceID>\r\n<Name>${name}</Name>\r\n<Status>ON</Status>\r\n</Item>\r\n`;

function part(options: {
  readonly sn: string;
  readonly sum: number;
  readonly items: readonly string[];
  readonly encoding?: 'GB2312' | 'GB18030' | 'UTF-8';
}): Buffer {
  const { sn, sum, items, encoding = 'GB2312' } = options;
  const xml = `<?xml version="1.0" encoding="${encoding}"?>\r\n<Response>\r\n<CmdType>Catalog</CmdType>\r\n<SN>${sn}</SN>\r\n<DeviceID>${NVR}</DeviceID>\r\n<SumNum>${String(sum)}</SumNum>\r\n<DeviceList Num="${String(items.length)}">\r\n${items.join('')}</DeviceList>\r\n</Response>\r\n`;
  return iconv.encode(xml, encoding);
}

describe('catalogue over real sockets (GB/T 28181-2016 §9.5.3)', function () {
  this.timeout(20_000);
  let stack: Stack;

  beforeEach(async () => {
    stack = await Stack.start(SHORT);
  });

  afterEach(async () => {
    await stack.stop();
  });

  async function asked(
    device: RawDevice,
  ): Promise<{ readonly answer: Promise<CatalogAnswer>; readonly sn: string }> {
    const answer = stack.platform.queryCatalog(NVR);
    answer.catch(() => undefined);
    const query = await device.takeMessage('Catalog');
    assert.equal(query.start, `MESSAGE sip:${NVR}@127.0.0.1:${String(device.peer.port)} SIP/2.0`);
    assert.match(query.header('From') ?? '', /^<sip:34020000002000000001@3402000000>;tag=\w+$/);
    assert.equal(query.header('To'), `<sip:${NVR}@3402000000>`, 'an initial request has no To tag');
    assert.match(query.header('Via') ?? '', /;branch=z9hG4bK\w+/);
    assert.equal(query.header('Content-Type'), 'Application/MANSCDP+xml');
    return { answer, sn: snOf(query) };
  }

  for (const transport of ['udp', 'tcp'] as const) {
    for (const encoding of ['GB2312', 'GB18030', 'UTF-8'] as const) {
      it(`in three parts, ${encoding} over ${transport.toUpperCase()}`, async () => {
        const device = await stack.online(NVR, transport);
        const { answer, sn } = await asked(device);
        const names = encoding === 'GB18030' ? ['大门口', '㐀𠀀龥室', 'Tür'] : ['大门口', '仓库', '门口喇叭'];
        for (const [index, name] of names.entries()) {
          const body = part({
            sn,
            sum: 3,
            items: [item(`3402000000132000000${String(index)}`, name)],
            encoding,
          });
          assert.equal((await device.tell(body)).start, 'SIP/2.0 200 OK');
        }
        const { items, announced, complete } = await answer;
        assert.deepEqual(
          items.map(({ name }) => name),
          names,
        );
        assert.deepEqual([announced, complete], [3, true]);
      });
    }
  }

  it('in 64 parts that come in any order, some of them twice', async () => {
    const device = await stack.online(NVR);
    const { answer, sn } = await asked(device);
    const ids = Array.from({ length: 128 }, (_, index) => `3402000000132${String(index).padStart(7, '0')}`);
    const parts = Array.from({ length: 64 }, (_, index) =>
      part({ sn, sum: 128, items: ids.slice(2 * index, 2 * index + 2).map((id) => item(id, id)) }),
    );
    const order = [...parts.slice(32).reverse(), ...parts.slice(40, 50), ...parts.slice(0, 32)];
    for (const body of order) assert.equal((await device.tell(body)).status, 200);
    const { items, complete } = await answer;
    assert.deepEqual(items.map(({ channelId }) => channelId).sort(), ids);
    assert.equal(complete, true);
  });

  it('in one piece of 60 kB by UDP, as the network cuts it into fragments', async () => {
    const device = await stack.online(NVR);
    const { answer, sn } = await asked(device);
    const items = Array.from({ length: 500 }, (_, index) =>
      item(`3402000000132${String(index).padStart(7, '0')}`, '门'),
    );
    const body = part({ sn, sum: 500, items });
    assert.ok(body.length > 45_000 && body.length < 65_000);
    assert.equal((await device.tell(body)).status, 200);
    assert.equal((await answer).items.length, 500);
  });

  it('in one segment with other messages, and in segments of seven octets, by TCP', async () => {
    const device = await stack.online(NVR, 'tcp');
    const { answer, sn } = await asked(device);
    const first = device.request('MESSAGE', { body: part({ sn, sum: 2, items: [item(CAMERA, '一')] }) });
    const second = device.request('MESSAGE', {
      body: part({ sn, sum: 2, items: [item('34020000001320000002', '二')] }),
    });
    const keepalive = device.request('MESSAGE', { body: bodyOf(fixture('gb28181/k1-keepalive.sip')) });
    device.peer.send(Buffer.concat([keepalive, first, second.subarray(0, 30)]));
    for (let at = 30; at < second.length; at += 7) device.peer.send(second.subarray(at, at + 7));
    assert.equal((await answer).complete, true);
    assert.equal(stack.figure('yimu_keepalives'), 1);
  });

  it('ends incomplete after the silence that follows its last part', async () => {
    const device = await stack.online(NVR);
    const { answer, sn } = await asked(device);
    await device.tell(part({ sn, sum: 3, items: [item(CAMERA, '一')] }));
    const { items, complete } = await answer;
    assert.deepEqual([items.length, complete], [1, false]);
  });

  it('fails when the device refuses it, and when it says nothing', async () => {
    const device = await stack.online(NVR);
    const refused = stack.platform.queryCatalog(NVR);
    device.answer(await device.peer.nextRequest('MESSAGE'), '405 Method Not Allowed');
    await assert.rejects(refused, { reason: 'rejected', status: 405 });
    const silent = stack.platform.queryCatalog(NVR);
    await assert.rejects(silent, { reason: 'timeout' });
    const queries = device.peer.waiting.filter(({ text }) => text.includes('Catalog'));
    assert.ok(queries.length >= 2, 'it was repeated (Timer E)');
    assert.equal(new Set(queries.map((query) => query.header('Via'))).size, 1);
    assert.equal(stack.figure('yimu_gb_queries_waiting'), 0);
  });
});

describe('DeviceInfo and PTZ over real sockets', function () {
  this.timeout(20_000);
  let stack: Stack;

  beforeEach(async () => {
    stack = await Stack.start(SHORT);
  });

  afterEach(async () => {
    await stack.stop();
  });

  it('DeviceInfo is answered by a MESSAGE of its own', async () => {
    const device = await stack.online(NVR);
    const answer = stack.platform.queries.deviceInfo(NVR);
    const sn = snOf(await device.takeMessage('DeviceInfo'));
    const form = bodyOf(fixture('gb28181/q1-deviceinfo-r.sip')).toString('latin1');
    await device.tell(Buffer.from(form.replace(/<SN>\d+/, `<SN>${sn}`), 'latin1'));
    assert.deepEqual(await answer, {
      name: '一楼NVR',
      manufacturer: 'Acme',
      model: 'NVR-16',
      firmware: 'V4.1.70 build 250812',
      channelCount: 16,
    });
  });

  it('eight directions, both zooms and the stop are the octets of annex A.3 on the wire', async () => {
    const device = await stack.online(NVR, 'tcp');
    const sent = async (command: Parameters<Stack['platform']['ptz']>[2]): Promise<string | undefined> => {
      const done = stack.platform.ptz(NVR, CAMERA, command);
      const message = await device.takeMessage('DeviceControl');
      await done;
      assert.match(message.start, new RegExp(`^MESSAGE sip:${CAMERA}@`), 'it is for the channel');
      assert.match(message.text, new RegExp(`<DeviceID>${CAMERA}</DeviceID>`));
      return /<PTZCmd>(\w+)<\/PTZCmd>/.exec(message.text)?.[1];
    };
    const rows = [
      ['right', 0x40, 'A50F0101400000F6'],
      ['left', 0x40, 'A50F0102400000F7'],
      ['down', 0x40, 'A50F0104004000F9'],
      ['up', 0x40, 'A50F0108004000FD'],
      ['downRight', 0x40, 'A50F01054040003A'],
      ['downLeft', 0x40, 'A50F01064040003B'],
      ['upRight', 0x40, 'A50F01094040003E'],
      ['upLeft', 0x40, 'A50F010A4040003F'],
      ['zoomIn', 0x80, 'A50F011000008045'],
      ['zoomOut', 0x80, 'A50F012000008055'],
    ] as const;
    for (const [move, speed, hex] of rows) assert.equal(await sent({ do: 'move', move, speed }), hex, move);
    assert.equal(await sent({ do: 'move', move: 'left', speed: 255 }), 'A50F0102FF0000B6');
    assert.equal(await sent({ do: 'stop', lens: false }), 'A50F0100000000B5');
  });

  it('a command is repeated until the device takes it, and done once it says 200', async () => {
    const device = await stack.online(NVR);
    const done = stack.platform.ptz(NVR, CAMERA, { do: 'stop', lens: false });
    const first = await device.peer.nextRequest('MESSAGE');
    const second = await device.peer.nextRequest('MESSAGE');
    assert.equal(second.header('Via'), first.header('Via'));
    device.answer(second, '200 OK');
    await done;
    assert.equal(stack.figure('yimu_gb_commands_in_flight'), 0);
  });
});
