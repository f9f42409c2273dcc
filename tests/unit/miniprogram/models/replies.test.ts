import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readReply, readTicketReply } from '../../../../miniprogram/src/models/api-reply.ts';
import { readAbility, readDeviceFacts, shortTime } from '../../../../miniprogram/src/models/device-facts.ts';
import { edgeOf } from '../../../../miniprogram/src/models/ptz-limit.ts';
import { streamFacts } from '../../../../miniprogram/src/models/stream-facts.ts';
import { readTrialOffer } from '../../../../miniprogram/src/models/trial-offer.ts';

describe('an answer of the API', () => {
  it('is its data when the code is 200, as text or number, under any HTTP status', () => {
    assert.deepEqual(readReply(200, { code: '200', msg: 'ok', data: 7 }), { ok: true, value: 7 });
    assert.deepEqual(readReply(404, { code: 200, data: null }), { ok: true, value: null });
  });

  it('is the failure of its code', () => {
    const reply = readReply(200, { code: '20007', msg: '设备不在线' });
    assert.deepEqual(reply, {
      ok: false,
      failure: { kind: 'device-offline', code: '20007', message: '设备不在线' },
    });
  });

  it('without a code it is a server that is none of ours, told by its HTTP status', () => {
    for (const body of ['<html>', '', null, [], { code: {} }])
      assert.deepEqual(readReply(502, body), {
        ok: false,
        failure: { kind: 'server', code: 'HTTP 502', message: '' },
      });
  });
});

describe('the answer to the ticket of a mini-program code', () => {
  const kind = (status: number, body: unknown): string => {
    const reply = readTicketReply(status, body);
    return reply.ok ? 'camera' : `${reply.failure.kind} ${reply.failure.code}`;
  };

  it('is a camera, under any or no code', () => {
    assert.equal(
      kind(200, { data: { deviceSerial: 'C78957921', accessToken: 'a', channelNo: 1 } }),
      'camera',
    );
  });

  it('is a server without such codes when it knows no such address', () => {
    assert.equal(kind(404, 'Not Found'), 'scan-off HTTP 404');
    assert.equal(kind(200, { data: null, msg: '暂不支持小程序码', retcode: 60020 }), 'scan-off 60020');
  });

  it('is a ticket that is no longer good when it names no camera', () => {
    assert.equal(kind(200, { code: '200', data: null }), 'ticket-invalid NO_TICKET');
    assert.equal(kind(200, { code: '10001', msg: '参数错误' }), 'ticket-invalid 10001');
    assert.equal(kind(200, { data: null, msg: '成功', retcode: 0 }), 'ticket-invalid NO_TICKET');
    assert.equal(kind(200, { data: null, msg: '已过期', retcode: 20301 }), 'ticket-invalid 20301');
    assert.equal(kind(404, { code: '20002', msg: '不存在' }), 'ticket-invalid 20002');
  });

  it('is a server in trouble when it says so', () => {
    assert.equal(kind(502, '<html>'), 'server HTTP 502');
  });
});

describe('the trial offer', () => {
  const offer = (devices: unknown): unknown => ({ accessToken: 'at.1', devices });

  it('lists every camera; one that stands alone bears its device’s name', () => {
    const read = readTrialOffer(
      offer([
        { deviceSerial: 'AAAAAAAA1', name: '球机', channels: [{ channelNo: 1, name: '通道', online: true }] },
        {
          deviceSerial: 'AAAAAAAA2',
          name: '录像机',
          channels: [
            { channelNo: 1, name: '门', online: true },
            { channelNo: 2, name: '', online: false },
          ],
        },
      ]),
    );
    assert.ok(read.ok);
    assert.equal(read.value.accessToken, 'at.1');
    assert.deepEqual(
      read.value.cameras.map(({ key, name, device, online }) => [key, name, device, online]),
      [
        ['AAAAAAAA1:1', '球机', '', true],
        ['AAAAAAAA2:1', '门', '录像机', true],
        ['AAAAAAAA2:2', '录像机', '', false],
      ],
    );
  });

  it('skips what is no camera and stops at a hundred', () => {
    const channels = Array.from({ length: 500 }, (_, index) => ({ channelNo: index + 1, name: 'x' }));
    const read = readTrialOffer(
      offer([
        null,
        { deviceSerial: 'bad' },
        { deviceSerial: 'AAAAAAAA1', channels: [{ channelNo: 'x' }, { channelNo: 0 }, 5] },
        { deviceSerial: 'AAAAAAAA2', channels },
      ]),
    );
    assert.ok(read.ok);
    assert.equal(read.value.cameras.length, 100);
  });

  it('without a token is no offer', () => {
    for (const data of [null, {}, { devices: [] }, offer([]) && { accessToken: '' }])
      assert.equal(readTrialOffer(data).ok, false);
  });
});

describe('what a device says of itself', () => {
  it('name and presence; an offline one when it was seen last, in China time', () => {
    assert.deepEqual(readDeviceFacts({ deviceName: '门', status: 1, updateTime: 1_700_000_000_000 }), {
      name: '门',
      online: true,
      encrypted: false,
      lastSeen: '',
    });
    assert.deepEqual(readDeviceFacts({ deviceName: '门', status: '0', updateTime: '1700000000000' }), {
      name: '门',
      online: false,
      encrypted: false,
      lastSeen: '最后在线 11-15 06:13',
    });
    assert.deepEqual(readDeviceFacts(null), { name: '', online: false, encrypted: false, lastSeen: '' });
    assert.equal(readDeviceFacts({ isEncrypt: 1 }).encrypted, true);
  });

  it('a time that is none is none', () => {
    for (const time of [Number.NaN, 0, -1, Infinity, 1e300]) assert.equal(shortTime(time), '');
  });

  const ABILITIES: readonly (readonly [string, Record<string, string>, 0 | 4 | 8, boolean])[] = [
    ['nothing said', {}, 0, false],
    ['does not turn', { support_ptz: '0', ptz_zoom: '0' }, 0, false],
    ['the old single flag', { support_ptz: '1' }, 8, true],
    ['turns and zooms', { support_ptz: '1', ptz_45: '1', ptz_zoom: '1' }, 8, true],
    ['turns in four directions', { support_ptz: '1', ptz_45: '0', ptz_zoom: '0' }, 4, false],
    ['the newer flags alone', { ptz_left_right: '1', ptz_top_bottom: '1' }, 4, false],
    ['zooms without turning', { support_ptz: '0', ptz_zoom: '1' }, 0, true],
  ];
  for (const [what, flags, sectors, zoom] of ABILITIES) {
    it(`abilities: ${what}`, () => {
      assert.deepEqual(readAbility(flags), { sectors, zoom });
    });
  }

  it('the edge of the picture by the code of a refused turn', () => {
    assert.deepEqual(['60002', '60003', '60004', '60005', '60006', '', 'constructor'].map(edgeOf), [
      'top',
      'bottom',
      'left',
      'right',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('figures of the running stream, as far as they are any', () => {
    assert.equal(
      streamFacts({ videoWidth: 1280, videoHeight: 720, netSpeed: 812.4 }),
      '1280×720 · 812 kbit/s',
    );
    assert.equal(streamFacts({ videoWidth: 0, videoHeight: 720, netSpeed: 3 }), '3 kbit/s');
    assert.equal(streamFacts({ videoWidth: 'x', netSpeed: Number.NaN }), '');
    assert.equal(streamFacts(null), '');
  });

  it('no answer makes a reader throw', () => {
    fc.assert(
      fc.property(fc.integer(), fc.anything(), (status, body) => {
        readReply(status, body);
        readTicketReply(status, body);
        readTrialOffer(body);
        readDeviceFacts(body);
        readAbility(body);
        streamFacts(body);
      }),
    );
  });
});
