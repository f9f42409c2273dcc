import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatNameAddr, parseNameAddr } from '../../../bff/sip-parser-lite/src/index.ts';

interface Wanted {
  readonly displayName?: string;
  readonly uri: string;
  readonly tag?: string;
  readonly params?: Readonly<Record<string, string>>;
}

describe('an address of From, To, Contact and Route (RFC 3261 §20.10)', () => {
  const good: readonly (readonly [string, string, Wanted])[] = [
    ['as cameras write it', '<sip:a@b>;tag=1', { uri: 'sip:a@b', tag: '1', params: { tag: '1' } }],
    ['without parameters', '<sip:a@b>', { uri: 'sip:a@b' }],
    ['with a quoted name', '"Front door" <sip:a@b>', { displayName: 'Front door', uri: 'sip:a@b' }],
    [
      'with escapes in its name',
      '"a \\"b\\" \\\\ \\c" <sip:a@b>',
      { displayName: 'a "b" \\ c', uri: 'sip:a@b' },
    ],
    [
      'whose quoted name has what divides others',
      '"<sip:x@y>;tag=0, z" <sip:a@b>;tag=1',
      { displayName: '<sip:x@y>;tag=0, z', uri: 'sip:a@b', tag: '1', params: { tag: '1' } },
    ],
    ['with a name without quotes', 'Front door <sip:a@b>', { displayName: 'Front door', uri: 'sip:a@b' }],
    [
      'with no blank between name and bracket (RFC 4475 §3.1.1.6)',
      'caller<sip:a@b>',
      { displayName: 'caller', uri: 'sip:a@b' },
    ],
    [
      'with a name of characters that need quotes (RFC 4475 §3.1.2.15)',
      'Bell, Alexander <sip:a@b>',
      { displayName: 'Bell, Alexander', uri: 'sip:a@b' },
    ],
    ['with a name of UTF-8', '"大门" <sip:a@b>', { displayName: '大门', uri: 'sip:a@b' }],
    ['with an empty name', '"" <sip:a@b>', { uri: 'sip:a@b' }],
    [
      'without brackets, whose parameters are its own',
      'sip:a@b;tag=1;x',
      { uri: 'sip:a@b', tag: '1', params: { tag: '1', x: '' } },
    ],
    ["whose parameters are the URI's", '<sip:a@b;lr>', { uri: 'sip:a@b;lr' }],
    ['with headers in the URI', '<sip:a@b?Route=x>', { uri: 'sip:a@b?Route=x' }],
    ['with blanks inside the brackets (RFC 4475 §3.1.2.14)', '< sip:a@b >', { uri: 'sip:a@b' }],
    [
      'with blanks everywhere else',
      ' "N"  < sip:a@b > ; tag = 1 ; q = "0.5" ',
      { displayName: 'N', uri: 'sip:a@b', tag: '1', params: { tag: '1', q: '0.5' } },
    ],
    ['with parameters in capitals', '<sip:a@b>;TAG=1', { uri: 'sip:a@b', tag: '1', params: { tag: '1' } }],
    ['with an empty tag, which is none', '<sip:a@b>;tag=', { uri: 'sip:a@b', params: { tag: '' } }],
    [
      'with two tags, of which the first counts',
      '<sip:a@b>;tag=1;tag=2',
      { uri: 'sip:a@b', tag: '1', params: { tag: '1' } },
    ],
    ['of another scheme', '<isbn:2983792873>', { uri: 'isbn:2983792873' }],
    [
      'with an IPv6 host',
      '<sip:a@[::1]:5060>;expires=60',
      { uri: 'sip:a@[::1]:5060', params: { expires: '60' } },
    ],
  ];
  for (const [what, text, wanted] of good) {
    it(`${what} is read: ${text}`, () => {
      const read = parseNameAddr(text);
      assert.ok(read);
      const { displayName = '', uri, tag, params = {} } = wanted;
      assert.deepEqual(
        {
          displayName: read.displayName,
          uri: read.uri.text,
          tag: read.tag,
          params: Object.fromEntries(read.params),
        },
        { displayName, uri, tag, params },
      );
    });
  }

  const bad: readonly (readonly [string, string])[] = [
    ['that is empty', ''],
    ['with an empty URI', '<>'],
    ['whose bracket does not close', '<sip:a@b'],
    ['whose quote does not close (RFC 4475 §3.1.2.6)', '"Mr. J. User <sip:a@b>'],
    ['whose quote ends with an escape', '"a\\" <sip:a@b>'],
    ['with something between quote and bracket', '"a" b <sip:a@b>'],
    ['with a name and nothing else', '"a"'],
    ['with something behind the bracket', '<sip:a@b>x'],
    ['with an empty parameter', '<sip:a@b>;;tag=1'],
    ['without brackets and with headers (RFC 4475 §3.1.2.13)', 'sip:a@b?Route=x'],
    ['without brackets and with a comma', 'sip:a,b@c'],
    ['without brackets and with a blank inside', 'sip:a b@c'],
    ['of which the URI is none', '<a@b>'],
    ['that has no octets', '\ud800 <sip:a@b>'],
  ];
  for (const [what, text] of bad) {
    it(`${what} is none: ${JSON.stringify(text)}`, () => {
      assert.equal(parseNameAddr(text), undefined);
    });
  }

  it('is always written in brackets, its name in quotes', () => {
    assert.equal(
      formatNameAddr({
        displayName: 'a "b" \\',
        uri: 'sip:a@b',
        params: [
          ['tag', '1'],
          ['x', ''],
        ],
      }),
      '"a \\"b\\" \\\\" <sip:a@b>;tag=1;x',
    );
    assert.equal(formatNameAddr({ uri: 'sip:a@b' }), '<sip:a@b>');
    assert.equal(formatNameAddr({ uri: 'sip:a@b>;tag=evil' }), undefined);
    assert.equal(formatNameAddr({ uri: 'sip:a@b', params: [['a b', '']] }), undefined);
  });

  it('that was written reads the same, whatever the name is', () => {
    const name = fc
      .string({ unit: 'binary', maxLength: 20 })
      .filter((text) => !/[\r\n]/.test(text) && text === text.trim());
    fc.assert(
      fc.property(name, (displayName) => {
        const text = formatNameAddr({ displayName, uri: 'sip:a@b', params: [['tag', '1']] }) ?? '';
        const read = parseNameAddr(text);
        assert.deepEqual([read?.displayName, read?.uri.text, read?.tag], [displayName, 'sip:a@b', '1']);
      }),
    );
  });
});
