import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatVia, parseVia } from '../../../bff/sip-parser-lite/src/index.ts';

interface Wanted {
  readonly transport?: string;
  readonly host: string;
  readonly port?: number;
  readonly branch?: string;
  readonly received?: string;
  readonly rport?: true | number;
  readonly params?: Readonly<Record<string, string>>;
}

describe('a Via (RFC 3261 §20.42, RFC 3581)', () => {
  const good: readonly (readonly [string, string, Wanted])[] = [
    [
      'as cameras write it',
      'SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1',
      {
        host: '192.168.1.64',
        port: 5060,
        rport: true,
        branch: 'z9hG4bK1',
        params: { rport: '', branch: 'z9hG4bK1' },
      },
    ],
    [
      'as a response carries it',
      'SIP/2.0/UDP h;rport=31044;received=198.51.100.7',
      {
        host: 'h',
        rport: 31044,
        received: '198.51.100.7',
        params: { rport: '31044', received: '198.51.100.7' },
      },
    ],
    ['of RFC 2543, without parameters', 'SIP/2.0/TCP h', { transport: 'TCP', host: 'h' }],
    ['over another transport', 'SIP/2.0/tls h', { transport: 'TLS', host: 'h' }],
    [
      'over one that nobody knows',
      'SIP/2.0/UNKNOWN t4.example.com;branch=z',
      { transport: 'UNKNOWN', host: 't4.example.com', branch: 'z', params: { branch: 'z' } },
    ],
    [
      'with blanks wherever they may stand',
      ' SIP / 2.0 / UDP  h : 5060 ; branch = x ; rport ',
      { host: 'h', port: 5060, branch: 'x', rport: true, params: { branch: 'x', rport: '' } },
    ],
    ['with two blanks before the host', 'SIP/2.0/UDP  h', { host: 'h' }],
    ['with the protocol in lower case', 'sip/2.0/udp h', { host: 'h' }],
    ['with an IPv6 literal', 'SIP/2.0/UDP [2001:DB8::9]:5060', { host: '2001:db8::9', port: 5060 }],
    [
      'with IPv6 in received, in brackets or not',
      'SIP/2.0/UDP h;received=[2001:db8::9]',
      { host: 'h', received: '2001:db8::9', params: { received: '[2001:db8::9]' } },
    ],
    [
      'with received without brackets',
      'SIP/2.0/UDP h;received=2001:db8::9',
      { host: 'h', received: '2001:db8::9', params: { received: '2001:db8::9' } },
    ],
    [
      'without the magic cookie',
      'SIP/2.0/UDP h;branch=1',
      { host: 'h', branch: '1', params: { branch: '1' } },
    ],
    ['with an empty branch, which is none', 'SIP/2.0/UDP h;branch=', { host: 'h', params: { branch: '' } }],
    [
      'with a quoted parameter',
      'SIP/2.0/UDP h;x="a;b, \\"c\\"";branch=y',
      { host: 'h', branch: 'y', params: { x: 'a;b, "c"', branch: 'y' } },
    ],
    [
      'with an rport of 0, which is no port',
      'SIP/2.0/UDP h;rport=0',
      { host: 'h', rport: true, params: { rport: '0' } },
    ],
    [
      'with an rport above 65535, which is none',
      'SIP/2.0/UDP h;rport=65536',
      { host: 'h', rport: true, params: { rport: '65536' } },
    ],
    [
      'with an rport that is no number',
      'SIP/2.0/UDP h;rport=x',
      { host: 'h', rport: true, params: { rport: 'x' } },
    ],
    [
      'with a parameter twice, of which the first counts',
      'SIP/2.0/UDP h;branch=1;branch=2',
      { host: 'h', branch: '1', params: { branch: '1' } },
    ],
  ];
  for (const [what, text, wanted] of good) {
    it(`${what} is read: ${text}`, () => {
      const via = parseVia(text);
      assert.ok(via);
      const { transport = 'UDP', host, port, branch, received, rport, params = {} } = wanted;
      assert.deepEqual(
        { ...via, params: Object.fromEntries(via.params) },
        { transport, host, port, branch, received, rport, params },
      );
    });
  }

  const bad: readonly (readonly [string, string])[] = [
    ['that is empty', ''],
    ['of another protocol', 'HTTP/2.0/UDP h'],
    ['of another version', 'SIP/7.0/UDP h'],
    ['without a transport', 'SIP/2.0/ h'],
    ['without a blank before the host', 'SIP/2.0/UDP'],
    ['without a host', 'SIP/2.0/UDP ;branch=x'],
    ['with a port above 65535', 'SIP/2.0/UDP h:65536'],
    ['with something behind the host', 'SIP/2.0/UDP h x'],
    ['with empty parameters (RFC 4475 §3.1.2.1)', 'SIP/2.0/UDP 192.0.2.15;;,;,,'],
    ['with a quote that does not close', 'SIP/2.0/UDP h;x="a'],
    ['without slashes', 'SIP 2.0 UDP h'],
    ['with only two of its three words', 'SIP/2.0 h'],
    ['that has no octets', 'SIP/2.0/UDP \ud800'],
  ];
  for (const [what, text] of bad) {
    it(`${what} is none: ${JSON.stringify(text)}`, () => {
      assert.equal(parseVia(text), undefined);
    });
  }

  it('is written with brackets and quotes where they must be', () => {
    assert.equal(
      formatVia({
        transport: 'tcp',
        host: '2001:db8::1',
        port: 5060,
        params: [
          ['rport', ''],
          ['branch', 'z9hG4bK1'],
          ['x', 'a b'],
        ],
      }),
      'SIP/2.0/TCP [2001:db8::1]:5060;rport;branch=z9hG4bK1;x="a b"',
    );
  });

  const unwritable: readonly (readonly [string, Parameters<typeof formatVia>[0]])[] = [
    ['a transport that is no token', { transport: 'U P', host: 'h' }],
    ['an empty transport', { transport: '', host: 'h' }],
    ['a host that is none', { transport: 'UDP', host: 'h\r\nX: y' }],
    ['a parameter name that is no token', { transport: 'UDP', host: 'h', params: [['a=b', 'x']] }],
  ];
  for (const [what, init] of unwritable) {
    it(`with ${what} cannot be written`, () => {
      assert.equal(formatVia(init), undefined);
    });
  }

  it('that was written reads the same', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,8}$/);
    const params = fc.uniqueArray(
      fc.tuple(
        token,
        fc.string({ maxLength: 8 }).filter((text) => !/[\r\n]/.test(text)),
      ),
      {
        selector: ([name]) => name.toLowerCase(),
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(token, fc.constantFrom('h', '10.0.0.1', '::1'), params, (transport, host, list) => {
        const via = parseVia(formatVia({ transport, host, params: list }) ?? '');
        assert.deepEqual([via?.transport, via?.host], [transport.toUpperCase(), host]);
        assert.deepEqual(
          [...(via?.params ?? [])],
          list.map(([name, value]) => [name.toLowerCase(), value]),
        );
      }),
    );
  });
});
