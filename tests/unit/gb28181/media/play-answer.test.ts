import assert from 'node:assert/strict';
import { readPlayAnswer } from '../../../../bff/src/gb28181/media/play-answer.ts';
import type { PlayOrder } from '../../../../bff/src/gb28181/types.ts';
import { anOrder } from '../an-order.ts';
import { bodyOf, fixture } from '../fixture.ts';

const formOf = (file: string): string => bodyOf(fixture(`gb28181/${file}`)).toString('latin1');

describe('the answer', () => {
  const read = (body: string, transport: PlayOrder['transport'] = 'udp'): ReturnType<typeof readPlayAnswer> =>
    readPlayAnswer(Buffer.from(body), anOrder({ transport }));
  const base = (lines: string): string =>
    `v=0\r\no=x 0 0 IN IP4 192.168.1.64\r\ns=Play\r\nc=IN IP4 192.168.1.64\r\nt=0 0\r\n${lines}`;

  const dialled = (connection: string): string =>
    `v=0\r\ns=Play\r\nc=${connection}\r\nm=video 15060 TCP/RTP/AVP 96\r\n`;

  it('of the message forms is read, over UDP and TCP', () => {
    assert.deepEqual(read(formOf('i3-200.sip')), {
      ok: true,
      answer: { ssrc: 200_000_001, address: '192.168.1.64', port: 15_060, fileSize: undefined },
    });
    assert.equal(read(formOf('i8-200-tcp.sip'), 'tcp-passive').ok, true);
  });

  it('of a download says the size of the file; 1 is none (EZVIZ)', () => {
    const sizes = ['gb28181/i12-200-download.sip', 'captured/051-ezviz-200-playback.sip'].map((file) => {
      const answer = readPlayAnswer(bodyOf(fixture(file)), anOrder());
      return answer.ok ? answer.answer.fileSize : 'unreadable';
    });
    assert.deepEqual(sizes, [104_857_600, undefined]);
  });

  it('of real devices is read', () => {
    const ivss = readPlayAnswer(
      bodyOf(fixture('captured/027-dahua-ivss-200-invite-tcp.sip')),
      anOrder({ transport: 'tcp-passive' }),
    );
    assert.deepEqual(ivss, {
      ok: true,
      answer: { ssrc: 200_005_549, address: '192.168.1.108', port: 10_032, fileSize: undefined },
    });
    const hik = readPlayAnswer(bodyOf(fixture('captured/055-hik-200-srs-branch.sip')), anOrder());
    assert.equal(hik.ok, true);
  });

  const ssrcs: readonly (readonly [title: string, y: string, ssrc: number])[] = [
    ['its own y=', 'y=0703036487\r\n', 703_036_487],
    ['ours when it has none', '', 200_000_001],
    ['ours when it writes zeros', 'y=0000000000\r\n', 200_000_001],
    ['ours when it writes nonsense', 'y=abc\r\n', 200_000_001],
    ['the number though its leading zero is cut', 'y=200000001\r\n', 200_000_001],
  ];
  for (const [title, y, ssrc] of ssrcs) {
    it(`has ${title} for its SSRC`, () => {
      const result = read(base(`m=video 15060 RTP/AVP 96\r\na=sendonly\r\n${y}`));
      assert.ok(result.ok);
      assert.equal(result.answer.ssrc, ssrc);
    });
  }

  const unusable: readonly (readonly [title: string, body: string, transport: PlayOrder['transport']])[] = [
    ['is empty', '', 'udp'],
    ['has no medium', base(''), 'udp'],
    ['refuses the medium by port 0', base('m=video 0 RTP/AVP 96\r\n'), 'udp'],
    ['has no address to dial', 'v=0\r\ns=Play\r\nm=video 15060 TCP/RTP/AVP 96\r\n', 'tcp-active'],
    ['has a line for its address and none in it', dialled('IN IP4 /127'), 'tcp-active'],
    ['has a name to look up', dialled('IN IP4 camera.example'), 'tcp-active'],
    ['has us dial ourselves', dialled('IN IP4 0.0.0.0'), 'tcp-active'],
    ['has us dial ourselves by IPv6', dialled('IN IP6 ::'), 'tcp-active'],
    ['has the port of one that dials itself', base('m=video 9 TCP/RTP/AVP 96\r\n'), 'tcp-active'],
  ];
  for (const [title, body, transport] of unusable) {
    it(`cannot be used when it ${title}`, () => {
      assert.equal(read(body, transport).ok, false);
    });
  }

  it('may have any port where the camera dials', () => {
    assert.equal(read(base('m=video 9 TCP/RTP/AVP 96\r\n'), 'tcp-passive').ok, true);
  });
});
