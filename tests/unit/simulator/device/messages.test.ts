import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeGb18030 } from '../../../../bff/simulator/src/device/gb18030.ts';
import { catalogParts, readCommand } from '../../../../bff/simulator/src/device/manscdp.ts';
import { makeProfile } from '../../../../bff/simulator/src/device/profile.ts';
import { PtzHead, readPtz } from '../../../../bff/simulator/src/device/ptz.ts';
import { answerBody, readOffer } from '../../../../bff/simulator/src/device/sdp.ts';

describe('what a simulated device reads and writes', () => {
  it('reads the movements of annex A.3 and refuses what is damaged', () => {
    const cases: [string, number, number, number][] = [
      ['A50F0101400000F6', 1, 0, 0],
      ['A50F0102400000F7', -1, 0, 0],
      ['A50F0108004000FD', 0, 1, 0],
      ['A50F0104004000F9', 0, -1, 0],
      ['A50F010A4040003F', -1, 1, 0],
      ['A50F011000008045', 0, 0, 1],
    ];
    for (const [bytes, pan, tilt, zoom] of cases) {
      const reading = readPtz(bytes);
      assert.ok(reading.ok, bytes);
      assert.deepEqual(
        [reading.movement.pan, reading.movement.tilt, reading.movement.zoom],
        [pan, tilt, zoom],
      );
    }
    const stop = readPtz('A50F0100000000B5');
    assert.ok(stop.ok && stop.stop);
    assert.deepEqual(readPtz('A50F0101400000F7'), { ok: false, fault: 'wrong checksum' });
    assert.deepEqual(readPtz('A50F01'), { ok: false, fault: 'not sixteen hexadecimal digits' });
    assert.deepEqual(readPtz('A50E0101400000F5'), { ok: false, fault: 'wrong second byte' });
    assert.deepEqual(readPtz('B50F010140000006'), { ok: false, fault: 'does not begin with A5' });
    assert.deepEqual(readPtz('A50F018100010037'), { ok: false, fault: 'not a PTZ movement' });
  });

  it('turns for as long as a movement lasts', () => {
    const head = new PtzHead();
    const right = readPtz('A50F0101FF0000B5');
    assert.ok(right.ok);
    head.obey(right.movement, 1_000);
    head.obey(undefined, 2_000);
    assert.deepEqual(head.position(9_000), { pan: 90, tilt: 0, zoom: 1, moving: false });
  });

  it('tells its channels in parts whose sums agree', () => {
    const profile = makeProfile('nvr', '34020000001180000002');
    const parts = catalogParts(profile, '17', 3).map((part) => new TextDecoder('gb18030').decode(part));
    assert.deepEqual(
      parts.map((part) => /Num="(\d+)"/.exec(part)?.[1]),
      ['3', '1'],
    );
    assert.ok(parts.every((part) => part.includes('<SumNum>4</SumNum>') && part.includes('<SN>17</SN>')));
    assert.ok(parts[0]?.includes('录像机通道1'));
    assert.equal(new Set(profile.channels.map((channel) => channel.gbId)).size, 4);
    assert.ok(profile.channels.every((channel) => /^\d{20}$/.test(channel.gbId)));
  });

  it('writes Chinese as GB 18030 reads it', () => {
    const text = '试用球机 Nº1 一目';
    assert.equal(new TextDecoder('gb18030').decode(encodeGb18030(text)), text);
  });

  it('reads commands and offers, and answers in kind', () => {
    const text =
      '<?xml version="1.0"?>\n<Query>\n<CmdType>Catalog</CmdType><SN>9</SN><DeviceID>1</DeviceID></Query>';
    const head = { root: 'Query', type: 'Catalog', sn: '9', deviceId: '1', ptz: undefined };
    assert.deepEqual(readCommand(Buffer.from(text)), { ...head, text });
    assert.equal(readCommand(Buffer.from('hello')), undefined);
  });

  it('reads offers, and answers in kind', () => {
    const offer = readOffer(offerOf('m=video 30000 TCP/RTP/AVP 96', 'a=setup:passive', 'y=0200000001'));
    assert.ok(offer);
    assert.deepEqual(
      [offer.address, offer.port, offer.tcp, offer.setup, offer.ssrc],
      ['10.0.0.1', 30_000, true, 'passive', '0200000001'],
    );
    const answer = answerBody({
      deviceId: '2',
      address: '10.0.0.2',
      port: 9,
      offer,
      ssrc: '0200000001',
    }).toString();
    assert.match(answer, /m=video 9 TCP\/RTP\/AVP 96\r\n/);
    assert.match(answer, /a=setup:active\r\n/);
    assert.match(answer, /y=0200000001\r\n/);
  });

  it('sees which stream an offer asks for, in whatever form', () => {
    const stream = (...lines: readonly string[]): string | undefined =>
      readOffer(offerOf('m=video 30000 RTP/AVP 96', ...lines))?.stream;
    for (const sub of [
      'a=streamnumber:1',
      'a=streamprofile:1',
      'a=streamMode:SUB',
      'a=stream:1',
      'f=v/2/2///a///',
    ])
      assert.equal(stream(sub), 'sub', sub);
    for (const main of [
      'a=streamnumber:0',
      'a=streamprofile:0',
      'a=streamMode:MAIN',
      'a=stream:0',
      'f=v/2/6///a///',
    ])
      assert.equal(stream(main), 'main', main);
    assert.equal(stream(), 'main');
  });

  it('refuses an offer that cannot be served', () => {
    for (const [lines, why] of [
      [['m=audio 30000 RTP/AVP 8', 'y=0200000001'], 'no video'],
      [['m=video 0 RTP/AVP 96', 'y=0200000001'], 'port 0'],
      [['m=video 99999 RTP/AVP 96', 'y=0200000001'], 'no port'],
      [['m=video 30000 RTP/AVP 96', 'y=02000000010'], 'too many digits'],
      [['m=video 30000 RTP/AVP 96', 'y=stream'], 'no digits'],
    ] as const)
      assert.equal(readOffer(offerOf(...lines)), undefined, why);
    assert.equal(readOffer(Buffer.from('m=video 30000 RTP/AVP 96\r\n')), undefined, 'no address');
    assert.equal(readOffer(offerOf('m=video 30000 RTP/AVP 96'))?.ssrc, undefined);
  });

  it('reads whatever bytes come, in time that grows with them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        readCommand(bytes);
        readOffer(bytes);
        readPtz(Buffer.from(bytes).toString('latin1'));
      }),
    );
    const startedAtMs = performance.now();
    for (const filling of [' ', '<SN>', '<SN> '])
      readCommand(Buffer.from(`<Query><CmdType>Catalog</CmdType><SN>${filling.repeat(60_000)}`));
    assert.ok(performance.now() - startedAtMs < 1_000);
  });

  it('gives no two channels of a crowd the same ID', () => {
    for (const [kind, count] of [
      ['ipc', 5_000],
      ['nvr', 3_000],
    ] as const) {
      const ids = Array.from({ length: count }, (_, index) =>
        makeProfile(kind, (34_020_000_001_110_000_001n + BigInt(index)).toString()).channels.map(
          ({ gbId }) => gbId,
        ),
      ).flat();
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.every((id) => /^3402000000131\d{7}$/.test(id)));
    }
  });
});

function offerOf(...lines: readonly string[]): Buffer {
  const head = ['v=0', 'o=1 0 0 IN IP4 10.0.0.1', 's=Play', 'c=IN IP4 10.0.0.1', 't=0 0'];
  return Buffer.from([...head, ...lines, ''].join('\r\n'));
}
