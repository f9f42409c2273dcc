import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseVia } from '../../../../bff/sip-parser-lite/src/index.ts';
import { stampVia } from '../../../../bff/src/sip/message/via-stamp.ts';
import { aFlow } from '../../../support/sip/messages.ts';

const FLOW = aFlow();

function stamp(text: string, flow = FLOW): string {
  const via = parseVia(text);
  assert.ok(via, text);
  return stampVia(text, via, flow);
}

describe('stampVia (RFC 3261 §18.2.1, RFC 3581 §4)', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    [
      'fills in rport and received where the client asks',
      'SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.168.1.64:5060;rport=31044;received=198.51.100.7;branch=z9hG4bK1',
    ],
    [
      'the same with rport at the end',
      'SIP/2.0/UDP 192.168.1.64;branch=z9hG4bK1;rport',
      'SIP/2.0/UDP 192.168.1.64;branch=z9hG4bK1;rport=31044;received=198.51.100.7',
    ],
    [
      'says received where the client does not ask and stands elsewhere',
      'SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK1;received=198.51.100.7',
    ],
    [
      'says nothing where there is nothing to say',
      'SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK1',
      'SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK1',
    ],
    [
      'replaces what the client claims itself',
      'SIP/2.0/UDP 192.168.1.64:5060;received=203.0.113.66;rport=99;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK1;rport=31044;received=198.51.100.7',
    ],
    [
      'reads rport in capitals',
      'SIP/2.0/UDP 192.168.1.64:5060;RPORT;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK1;rport=31044;received=198.51.100.7',
    ],
    [
      'is not misled by a parameter that begins alike',
      'SIP/2.0/UDP 192.168.1.64:5060;rportal=1;rport;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.168.1.64:5060;rportal=1;branch=z9hG4bK1;rport=31044;received=198.51.100.7',
    ],
    [
      'keeps parameters that nobody knows',
      'SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1;x-hwdim=4',
      'SIP/2.0/UDP 192.168.1.64:5060;rport=31044;received=198.51.100.7;branch=z9hG4bK1;x-hwdim=4',
    ],
  ];
  for (const [what, before, after] of rows) {
    it(what, () => {
      assert.equal(stamp(before), after);
    });
  }

  it('writes an IPv6 source without brackets', () => {
    assert.equal(
      stamp('SIP/2.0/TCP [2001:db8::9]:5060;branch=z9hG4bK1', aFlow({ remoteAddress: '2001:db8::1' })),
      'SIP/2.0/TCP [2001:db8::9]:5060;branch=z9hG4bK1;received=2001:db8::1',
    );
  });

  it('always tells the source and keeps branch, host and port, whatever stands around them', () => {
    const param = fc.constantFrom(
      'rport',
      'rport=1',
      'received=1.2.3.4',
      'ttl=1',
      'rportx',
      'x=rport',
      ' ;rport ',
      'a="q;rport"',
    );
    fc.assert(
      fc.property(fc.array(param, { maxLength: 6 }), fc.nat({ max: 6 }), (params, at) => {
        const all = [...params.slice(0, at), 'branch=z9hG4bK7', ...params.slice(at)];
        const text = `SIP/2.0/UDP 192.168.1.64:5060;${all.join(';')}`;
        const before = parseVia(text);
        if (before === undefined) return;
        const after = parseVia(stampVia(text, before, FLOW));
        assert.ok(after);
        assert.deepEqual(
          [after.received, after.branch, after.host, after.port],
          ['198.51.100.7', 'z9hG4bK7', '192.168.1.64', 5060],
        );
        assert.equal(after.rport, before.rport === undefined ? undefined : 31_044);
      }),
    );
  });
});
