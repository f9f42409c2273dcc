import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatUri, parseUri } from '../../../bff/sip-parser-lite/src/index.ts';

interface Wanted {
  readonly scheme?: string;
  readonly user?: string;
  readonly password?: string;
  readonly host?: string;
  readonly port?: number;
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: string;
}

describe('a SIP URI (RFC 3261 §19.1)', () => {
  const good: readonly (readonly [string, string, Wanted])[] = [
    [
      'of GB/T 28181',
      'sip:34020000001180000001@3402000000',
      { user: '34020000001180000001', host: '3402000000' },
    ],
    [
      'with a port',
      'sip:34020000001180000001@192.168.1.64:5060',
      { user: '34020000001180000001', host: '192.168.1.64', port: 5060 },
    ],
    ['without a user', 'sip:registrar.example.com', { host: 'registrar.example.com' }],
    ['without a user, with a port', 'sip:10.0.0.1:5061', { host: '10.0.0.1', port: 5061 }],
    ['with the scheme in capitals', 'SIP:a@b', { user: 'a', host: 'b' }],
    ['that is secure', 'sips:a@b', { scheme: 'sips', user: 'a', host: 'b' }],
    ['whose host has capitals, which mean nothing', 'sip:A@Example.COM', { user: 'A', host: 'example.com' }],
    [
      'whose host has an underscore, which is no DNS name and is met',
      'sip:a@cam_1',
      { user: 'a', host: 'cam_1' },
    ],
    ['with an IPv6 literal', 'sip:a@[2001:DB8::9:1]', { user: 'a', host: '2001:db8::9:1' }],
    [
      'with an IPv6 literal and a port',
      'sip:a@[fe80::1%25eth0]:5060',
      { user: 'a', host: 'fe80::1%25eth0', port: 5060 },
    ],
    ['with a password', 'sip:a:secret@b', { user: 'a', password: 'secret', host: 'b' }],
    ['with an empty password', 'sip:a:@b', { user: 'a', password: '', host: 'b' }],
    [
      'with parameters',
      'sip:a@b;transport=TCP;lr;x=',
      { user: 'a', host: 'b', params: { transport: 'TCP', lr: '', x: '' } },
    ],
    [
      'whose parameter names have capitals, which mean nothing',
      'sip:a@b;Transport=udp',
      { user: 'a', host: 'b', params: { transport: 'udp' } },
    ],
    [
      'with a parameter twice, of which the first counts',
      'sip:a@b;x=1;x=2',
      { user: 'a', host: 'b', params: { x: '1' } },
    ],
    [
      'with headers',
      'sip:a@b?Subject=x&Route=%3Csip:c%3E',
      { user: 'a', host: 'b', headers: 'Subject=x&Route=%3Csip:c%3E' },
    ],
    [
      'with parameters and headers',
      'sip:a@b:1;lr?x=y',
      { user: 'a', host: 'b', port: 1, params: { lr: '' }, headers: 'x=y' },
    ],
    [
      'whose user has all that need not be escaped',
      "sip:a-_.!~*'()&=+$,;?/@b",
      { user: "a-_.!~*'()&=+$,;?/", host: 'b' },
    ],
    [
      'with escapes in every part',
      'sip:%61%40:%62@b;%6cr=%31',
      { user: 'a@', password: 'b', host: 'b', params: { lr: '1' } },
    ],
    ['whose escapes are UTF-8', 'sip:%E5%A4%A7@b', { user: '大', host: 'b' }],
    ['whose escape is NUL, which ends nothing', 'sip:a%00b@c', { user: 'a\0b', host: 'c' }],
    ['with a percent sign that escapes nothing', 'sip:100%@b', { user: '100%', host: 'b' }],
    ['with a colon and no port behind it, as is met', 'sip:a@b:', { user: 'a', host: 'b' }],
    ['with the highest port', 'sip:a@b:65535', { user: 'a', host: 'b', port: 65535 }],
    ['of another scheme, of which only that is known', 'tel:+86-10-1', { scheme: 'tel', host: '' }],
    [
      'of an unknown scheme',
      'nobodyKnowsThisScheme:totallyopaquecontent',
      { scheme: 'nobodyknowsthisscheme', host: '' },
    ],
    ['of a scheme with dots', 'soap.beep://192.0.2.103:3002', { scheme: 'soap.beep', host: '' }],
  ];
  for (const [what, text, wanted] of good) {
    it(`${what} is read: ${text}`, () => {
      const uri = parseUri(text);
      assert.ok(uri);
      const { scheme = 'sip', user, password, host, port, params = {}, headers = '' } = wanted;
      assert.deepEqual(
        { ...uri, params: Object.fromEntries(uri.params) },
        { scheme, user, password, host, port, params, headers, text },
      );
    });
  }

  const bad: readonly (readonly [string, string])[] = [
    ['that is empty', ''],
    ['without a scheme', 'a@b'],
    ['with nothing behind the scheme', 'sip:'],
    ['without a host', 'sip:a@'],
    ['with an empty user', 'sip:@b'],
    ['with two hosts', 'sip:a@b@c'],
    ['with a port above 65535', 'sip:a@b:65536'],
    ['with a port that is no number', 'sip:a@b:x'],
    ['with a signed port', 'sip:a@b:-1'],
    ['with a blank inside', 'sip:a b@c'],
    ['with a blank before it', ' sip:a@b'],
    ['with a line break inside', 'sip:a\r\n@b'],
    ['with NUL inside', 'sip:a\0@b'],
    ['with a bracket that does not close', 'sip:a@[::1'],
    ['with empty brackets', 'sip:a@[]'],
    ['with something behind the brackets', 'sip:a@[::1]x'],
    ['with an empty parameter', 'sip:a@b;;lr'],
    ['with a parameter without a name', 'sip:a@b;=1'],
    ['in brackets', '<sip:a@b>'],
    ['with a quote inside', 'sip:a"@b'],
    ['whose scheme is no scheme', '1x:y'],
    ['of another scheme with nothing behind it', 'tel:'],
    ['that has no octets', 'sip:\ud800@b'],
  ];
  for (const [what, text] of bad) {
    it(`${what} is none: ${JSON.stringify(text)}`, () => {
      assert.equal(parseUri(text), undefined);
    });
  }

  it('is escaped where it must be when it is written (RFC 3261 §19.1.2)', () => {
    assert.equal(
      formatUri({
        user: 'a b@大',
        host: 'h',
        port: 5060,
        params: [
          ['lr', ''],
          ['x y', 'ä;'],
        ],
      }),
      'sip:a%20b%40%E5%A4%A7@h:5060;lr;x%20y=%C3%A4%3B',
    );
    assert.equal(formatUri({ scheme: 'sips', host: '::1' }), 'sips:[::1]');
    assert.equal(formatUri({ user: '', host: 'h' }), 'sip:h');
  });

  const unwritable: readonly (readonly [string, Parameters<typeof formatUri>[0]])[] = [
    ['a host with a line break', { host: 'a\r\nb' }],
    ['an empty host', { host: '' }],
    ['an IPv6 address with something else in it', { host: '::1]' }],
    ['a port above 65535', { host: 'a', port: 65536 }],
    ['a port that is no whole number', { host: 'a', port: 1.5 }],
    ['a parameter without a name', { host: 'a', params: [['', 'x']] }],
    ['a user that has no octets', { user: '\ud800', host: 'a' }],
    ['a parameter that has no octets', { host: 'a', params: [['x', '\udfff']] }],
  ];
  for (const [what, init] of unwritable) {
    it(`with ${what} cannot be written`, () => {
      assert.equal(formatUri(init), undefined);
    });
  }

  it('that was written reads the same, whatever the user and the parameters are', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
    const host = fc.constantFrom('3402000000', 'cam.example.com', '10.0.0.1', '2001:db8::1');
    const params = fc.uniqueArray(fc.tuple(text, text), {
      selector: ([name]) => name.toLowerCase(),
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        text,
        host,
        fc.option(fc.integer({ min: 0, max: 65535 }), { nil: undefined }),
        params,
        (user, name, port, list) => {
          const written = formatUri({
            user,
            host: name,
            ...(port === undefined ? {} : { port }),
            params: list,
          });
          assert.ok(written !== undefined && /^[!-~]+$/.test(written));
          const read = parseUri(written);
          assert.deepEqual([read?.user, read?.host, read?.port], [user, name, port]);
          assert.deepEqual(
            [...(read?.params ?? [])],
            list.map(([key, value]) => [key.toLowerCase(), value]),
          );
        },
      ),
    );
  });

  it('is read or not, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const uri = parseUri(`sip:${text}`);
        if (uri !== undefined) assert.equal(uri.text, `sip:${text}`);
        parseUri(text);
      }),
    );
  });
});
