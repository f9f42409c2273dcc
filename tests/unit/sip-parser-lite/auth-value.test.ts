import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatAuthValue, parseAuthValue, parseMessage } from '../../../bff/sip-parser-lite/src/index.ts';

describe('credentials and challenges (RFC 3261 §20.7, §20.44; RFC 7616)', () => {
  const good: readonly (readonly [string, string, string, Readonly<Record<string, string>>])[] = [
    [
      'as cameras write them',
      'Digest username="1", realm="r", nonce="n", uri="sip:a@b", response="0f", algorithm=MD5',
      'digest',
      { username: '1', realm: 'r', nonce: 'n', uri: 'sip:a@b', response: '0f', algorithm: 'MD5' },
    ],
    [
      'with qop',
      'Digest username="1",realm="r",nonce="n",uri="u",response="0f",qop=auth,nc=00000001,cnonce="c",opaque="o"',
      'digest',
      {
        username: '1',
        realm: 'r',
        nonce: 'n',
        uri: 'u',
        response: '0f',
        qop: 'auth',
        nc: '00000001',
        cnonce: 'c',
        opaque: 'o',
      },
    ],
    [
      'with names and scheme in any case',
      'dIgEsT Realm="r", NONCE="n"',
      'digest',
      { realm: 'r', nonce: 'n' },
    ],
    [
      'with blanks around every mark',
      'Digest  realm = "r" , nonce = "n" ',
      'digest',
      { realm: 'r', nonce: 'n' },
    ],
    ['with escapes in quotes', 'Digest realm="a \\"b\\" \\\\"', 'digest', { realm: 'a "b" \\' }],
    ['with commas in quotes', 'Digest realm="a, b=c", nonce="n"', 'digest', { realm: 'a, b=c', nonce: 'n' }],
    [
      'with values without quotes',
      'Digest username=1, nonce=abc==',
      'digest',
      { username: '1', nonce: 'abc==' },
    ],
    ['with an empty value', 'Digest username="", realm=', 'digest', { username: '', realm: '' }],
    ['with commas too many', 'Digest realm="r",, nonce="n",', 'digest', { realm: 'r', nonce: 'n' }],
    ['with parameters that nobody knows', 'Digest realm="r", x=1', 'digest', { realm: 'r', x: '1' }],
    [
      'of an unknown scheme (RFC 4475 §3.3.7)',
      'NoOneKnowsThisScheme opaque-data=here',
      'nooneknowsthisscheme',
      { 'opaque-data': 'here' },
    ],
    ['of an unknown scheme with no parameters', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ', 'basic', {}],
    ['of a scheme alone', 'Digest', 'digest', {}],
  ];
  for (const [what, text, scheme, params] of good) {
    it(`${what} are read: ${text}`, () => {
      const value = parseAuthValue(text);
      assert.deepEqual([value?.scheme, Object.fromEntries(value?.params ?? [])], [scheme, params]);
      const { username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc } = params;
      const fields = { username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc };
      for (const [name, wanted] of Object.entries(fields))
        assert.equal(value?.[name as keyof typeof fields], wanted, name);
    });
  }

  const bad: readonly (readonly [string, string])[] = [
    ['that are empty', ''],
    ['with a parameter twice: two readers could read two things', 'Digest realm="a", realm="b"'],
    ['with a parameter twice in different case', 'Digest realm="a", REALM="a"'],
    ['with a quote that does not close', 'Digest realm="a'],
    ['without a comma between', 'Digest realm="a" nonce="b"'],
    ['with a name and no value', 'Digest realm'],
    ['with a mark for a name', 'Digest ="a"'],
    ['with a mark behind the scheme', 'Digest:realm="a"'],
    ['that begin with a mark', '"Digest" realm="a"'],
    ['that go on as another challenge', 'Digest realm="a", Basic realm="b"'],
    ['that have no octets', 'Digest realm="\ud800"'],
  ];
  for (const [what, text] of bad) {
    it(`${what} are none: ${JSON.stringify(text)}`, () => {
      assert.equal(parseAuthValue(text), undefined);
    });
  }

  const challengesOf = (...lines: string[]): unknown => {
    const head = ['SIP/2.0 401 Unauthorized', ...lines, 'Content-Length: 0'];
    const result = parseMessage(Buffer.from(`${head.join('\r\n')}\r\n\r\n`));
    return (
      result.ok && result.message.challenges.map(({ scheme, realm, algorithm }) => [scheme, realm, algorithm])
    );
  };

  it('come as several challenges in one line or in several (RFC 8760 §2.4)', () => {
    const sha = 'Digest realm="r", nonce="1", algorithm=SHA-256';
    const md5 = 'Digest realm="r", nonce="1", algorithm=MD5';
    const both = [
      ['digest', 'r', 'SHA-256'],
      ['digest', 'r', 'MD5'],
    ];
    assert.deepEqual(challengesOf(`WWW-Authenticate: ${sha}`, `WWW-Authenticate: ${md5}`), both);
    assert.deepEqual(challengesOf(`WWW-Authenticate: ${sha}, ${md5}`), both);
    assert.deepEqual(challengesOf(`Proxy-Authenticate: ${md5}`, `WWW-Authenticate: ${sha}`), both);
    assert.deepEqual(challengesOf(`WWW-Authenticate: ${sha}, ${md5} broken`), both.slice(0, 1));
    assert.deepEqual(challengesOf('WWW-Authenticate: ,'), []);
    assert.deepEqual(challengesOf(), []);
  });

  it('are written with quotes, but for those that RFC 7616 §3.3, §3.4 leaves bare', () => {
    assert.equal(
      formatAuthValue({
        scheme: 'digest',
        params: [
          ['realm', 'a"b'],
          ['nonce', 'n'],
          ['algorithm', 'MD5'],
          ['qop', 'auth,auth-int'],
          ['stale', 'true'],
        ],
      }),
      'Digest realm="a\\"b", nonce="n", algorithm=MD5, qop="auth,auth-int", stale=true',
    );
    assert.equal(
      formatAuthValue({
        scheme: 'Digest',
        params: [
          ['username', '1'],
          ['response', '0f'],
          ['qop', 'auth'],
          ['nc', '00000001'],
          ['cnonce', 'c'],
        ],
      }),
      'Digest username="1", response="0f", qop=auth, nc=00000001, cnonce="c"',
    );
    assert.equal(formatAuthValue({ scheme: 'Digest', params: [] }), 'Digest');
    assert.equal(formatAuthValue({ scheme: 'Dig est', params: [] }), undefined);
    assert.equal(formatAuthValue({ scheme: 'Digest', params: [['a b', 'x']] }), undefined);
    assert.equal(formatAuthValue({ scheme: 'Digest', params: [['nc', '1,2']] }), undefined);
  });

  it('that were written read the same, whatever stands between the quotes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 16 }).filter((value) => !/[\r\n]/.test(value));
    fc.assert(
      fc.property(text, text, (realm, nonce) => {
        const value = parseAuthValue(
          formatAuthValue({
            scheme: 'Digest',
            params: [
              ['realm', realm],
              ['nonce', nonce],
            ],
          }) ?? '',
        );
        assert.deepEqual([value?.realm, value?.nonce], [realm, nonce]);
      }),
    );
  });
});
