import assert from 'node:assert/strict';
import { type SdpInit, serialiseSdp } from '../../../../bff/src/sip/index.ts';

const MEDIUM = { kind: 'video', port: 30_000, protocol: 'RTP/AVP', formats: ['96'] };

describe('serialiseSdp (RFC 8866 §5, GB/T 28181-2016 annex F)', () => {
  it('writes the lines in order, y= and f= last, ended by CRLF', () => {
    const written = serialiseSdp({
      origin: { username: '34020000002000000001', sessionId: '0', sessionVersion: '0', address: '192.0.2.1' },
      sessionName: 'Play',
      uri: '34020000001320000001:0',
      address: '192.0.2.1',
      timing: { startS: 10, endS: 20 },
      attributes: [{ name: 'tool', value: 'x' }],
      media: [{ ...MEDIUM, address: '2001:db8::1', attributes: [{ name: 'recvonly', value: undefined }] }],
      y: '0200000001',
      f: '',
    });
    assert.ok(written.ok);
    assert.equal(
      written.text,
      [
        'v=0',
        'o=34020000002000000001 0 0 IN IP4 192.0.2.1',
        's=Play',
        'u=34020000001320000001:0',
        'c=IN IP4 192.0.2.1',
        't=10 20',
        'a=tool:x',
        'm=video 30000 RTP/AVP 96',
        'c=IN IP6 2001:db8::1',
        'a=recvonly',
        'y=0200000001',
        'f=',
        '',
      ].join('\r\n'),
    );
  });

  it('fills in what every description must have', () => {
    const written = serialiseSdp({ media: [MEDIUM] });
    assert.ok(written.ok);
    assert.equal(written.text, 'v=0\r\ns=-\r\nt=0 0\r\nm=video 30000 RTP/AVP 96\r\n');
  });

  const BROKEN: readonly (readonly [string, Partial<SdpInit>, string])[] = [
    ['the session name', { sessionName: 'a\r\nm=video 1 RTP/AVP 96' }, 's='],
    ['the URI', { uri: 'a\nb' }, 'u='],
    ['an attribute', { attributes: [{ name: 'x', value: 'a\rb' }] }, 'a='],
    ['a format', { media: [{ ...MEDIUM, formats: ['96\r\na=x'] }] }, 'm='],
    ['y=', { y: '1\0' }, 'y='],
  ];
  for (const [where, over, line] of BROKEN) {
    it(`refuses a line break in ${where}: nothing can be injected`, () => {
      assert.deepEqual(serialiseSdp({ media: [MEDIUM], ...over }), {
        ok: false,
        error: { reason: `line break in ${line}` },
      });
    });
  }
});
