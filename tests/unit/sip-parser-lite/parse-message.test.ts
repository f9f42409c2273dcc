import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_LIMITS, parseMessage, type SipMessage } from '../../../bff/sip-parser-lite/src/index.ts';
import { fixture, fixtureNames } from '../../support/sip/fixtures.ts';
import { parsed, plainMessage } from '../../support/sip/plain-message.ts';

const HEAD = ['Via: SIP/2.0/UDP h;branch=z9hG4bK1', 'From: <sip:f@b>;tag=1', 'To: <sip:t@b>', 'Call-ID: c'];
const XML = 'Content-Type: Application/MANSCDP+xml';

function message(parts: {
  readonly start?: string;
  readonly lines?: readonly string[];
  readonly body?: string;
}): Buffer {
  const { start = 'MESSAGE sip:a@b SIP/2.0', lines = ['Content-Length: 0'], body = '' } = parts;
  return Buffer.from(`${[start, ...HEAD, ...lines].join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

const bodyOf = (read: SipMessage): string => Buffer.from(read.body).toString('latin1');

describe('a start line (RFC 3261 §7.1, §7.2)', () => {
  const requests: readonly (readonly [string, string, string, string?])[] = [
    ['REGISTER sip:a@b SIP/2.0', 'REGISTER', 'sip:a@b'],
    ['FOO sip:a@b SIP/2.0', 'FOO', 'sip:a@b'],
    ['register sip:a@b SIP/2.0', 'REGISTER', 'sip:a@b', 'method-case'],
    ['Message sip:a@b SIP/2.0', 'MESSAGE', 'sip:a@b', 'method-case'],
    // Others are told apart by case.
    ['foo sip:a@b SIP/2.0', 'foo', 'sip:a@b'],
    ['MESSAGE sip:a@b sip/2.0', 'MESSAGE', 'sip:a@b'],
    ['MESSAGE  sip:a@b   SIP/2.0', 'MESSAGE', 'sip:a@b', 'start-line-blanks'],
    ['MESSAGE\tsip:a@b SIP/2.0 ', 'MESSAGE', 'sip:a@b', 'start-line-blanks'],
    ['MESSAGE <sip:a@b> SIP/2.0', 'MESSAGE', 'sip:a@b', 'request-uri-brackets'],
    ['MESSAGE sip:[::1]:5060 SIP/2.0', 'MESSAGE', 'sip:[::1]:5060'],
    ['MESSAGE sip:\u5927@b SIP/2.0', 'MESSAGE', 'sip:\u5927@b'],
  ];
  for (const [line, method, requestUri, repair] of requests) {
    it(`${JSON.stringify(line)} is ${method} to ${requestUri}${repair === undefined ? '' : `, and ${repair} is noted`}`, () => {
      const text = [line, ...HEAD, 'Content-Length: 0', '', ''].join('\r\n');
      const read = parsed(text);
      assert.ok(read.kind === 'request');
      assert.deepEqual(
        [read.method, read.requestUri, read.repairs],
        [method, requestUri, repair === undefined ? [] : [repair]],
      );
    });
  }

  const responses: readonly (readonly [string, number, string, string?])[] = [
    ['SIP/2.0 200 OK', 200, 'OK'],
    ['SIP/2.0 100 ', 100, ''],
    ['SIP/2.0 100', 100, '', 'reason-missing'],
    ['SIP/2.0 699 a  b ', 699, 'a  b '],
    ['sip/2.0 404 Not Found', 404, 'Not Found'],
    ['SIP/2.0 200 \u597d', 200, '\u597d'],
    ['SIP/2.0 403 "no" \\', 403, '"no" \\'],
  ];
  for (const [line, status, reason, repair] of responses) {
    it(`${JSON.stringify(line)} is ${status}${repair === undefined ? '' : `, and ${repair} is noted`}`, () => {
      const read = parsed([line, ...HEAD, 'Content-Length: 0', '', ''].join('\r\n'));
      assert.ok(read.kind === 'response');
      assert.deepEqual(
        [read.status, read.reason, read.repairs],
        [status, reason, repair === undefined ? [] : [repair]],
      );
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ['GET / HTTP/1.1', 'start line without method, URI and version'],
    ['MESSAGE sip:a@b', 'start line without method, URI and version'],
    ['MESSAGE sip:a@b SIP/2.0 x', 'start line without method, URI and version'],
    ['MESSAGE sip:a@b SIP/1.0', 'version is not SIP/2.0'],
    ['MESSAGE sip:a@b SIP/22.0', 'version is not SIP/2.0'],
    ['MES@SAGE sip:a@b SIP/2.0', 'method is no token'],
    ['MESSAGE sip:a"b SIP/2.0', 'request URI is malformed'],
    ['MESSAGE <> SIP/2.0', 'request URI is malformed'],
    ['SIP/2.0 99 x', 'status code is not three digits'],
    ['SIP/2.0 700 x', 'status code is not three digits'],
    ['SIP/2.0 2000 x', 'status code is not three digits'],
    ['SIP/2.0 20x OK', 'status code is not three digits'],
    ['SIP/2.0 20', 'status code is not three digits'],
  ];
  for (const [line, reason] of refused) {
    it(`${JSON.stringify(line)} is refused: ${reason}`, () => {
      assert.deepEqual(parseMessage(message({ start: line })), { ok: false, error: { offset: 0, reason } });
    });
  }
});

describe('octets before a message', () => {
  const before: readonly (readonly [string, string, string])[] = [
    ['keepalives', '\r\n\r\n', 'leading-crlf'],
    ['a lone LF', '\n', 'leading-crlf'],
    ['NUL octets', '\0\0\0\0', 'leading-junk'],
    ['a few odd octets', '\x01\xfe\xff\x02', 'leading-junk'],
    ['odd octets and a keepalive', '\0\0\r\n\r\n', 'leading-junk'],
    ['a line of something else', 'hello\r\n', 'leading-junk'],
    ['blanks', '  ', 'start-line-blanks'],
  ];
  for (const [what, octets, repair] of before) {
    it(`that are ${what} are passed over, and ${repair} is noted`, () => {
      const read = parsed(Buffer.concat([Buffer.from(octets, 'latin1'), message({})]));
      assert.deepEqual(read.repairs, [repair]);
      assert.equal(read.callId, 'c');
    });
  }

  it('are looked through for 512 octets', () => {
    const far = (count: number): Buffer => Buffer.concat([Buffer.alloc(count, '\0'), message({})]);
    assert.deepEqual(parsed(far(511)).repairs, ['leading-junk']);
    assert.equal(parseMessage(far(600)).ok, false);
  });

  it('and nothing else are keepalive octets', () => {
    for (const octets of ['', '\r\n\r\n', '\0\0\0\0', ' '])
      assert.deepEqual(
        parseMessage(Buffer.from(octets)),
        { ok: false, error: { offset: octets === '\r\n\r\n' ? 4 : 0, reason: 'only keepalive octets' } },
        JSON.stringify(octets),
      );
  });

  it('of which none begins a message are refused with the reason of the first line', () => {
    assert.deepEqual(parseMessage(Buffer.from('\r\nhello\r\nworld\r\n')), {
      ok: false,
      error: { offset: 2, reason: 'start line without method, URI and version' },
    });
  });
});

describe('the lines of a head', () => {
  const refused: readonly (readonly [string, string, string, string?])[] = [
    ['without a colon', 'X-A', 'header line without a name and a colon', 'X-A'],
    ['without a name', ': x', 'header line without a name and a colon', ': x'],
    ['whose name is no token', 'X A: x', 'header line without a name and a colon', 'X A'],
    ['that begins with a mark', '"x": y', 'header line without a name and a colon', '"x"'],
    ['with CR and no LF', 'X-A: a\rX-B: b', 'CR without LF in the head', '\rX-B'],
    ['with CR before its end', 'X-A: a\r', 'CR without LF in the head', '\r\r\n'],
    ['with CR in its name', 'X\r-A: a', 'header line without a name and a colon', 'X\r-A'],
    ['with NUL', 'X-A: a\0b', 'NUL in the head', '\0b'],
    ['with NUL behind an escaped backslash', 'X-A: "\\\\\0"', 'NUL in the head', '\0"'],
    ['with a length that is no number', 'Content-Length: x', 'Content-Length is no number', 'x'],
    ['with a negative length', 'Content-Length: -1', 'Content-Length is no number', '-1'],
    ['with an empty length', 'l:', 'Content-Length is no number', '\r\nX-Last'],
    ['with a second length that is no number', 'l: 0\r\nl: 0x', 'Content-Length is no number', '0x'],
    ['with CSeq above 2^32 - 1', 'CSeq: 4294967296 MESSAGE', 'CSeq is malformed', '4294967296'],
    ['with CSeq without a method', 'CSeq: 1', 'CSeq is malformed', '1\r\nX-Last'],
    ['with CSeq without a number', 'CSeq: MESSAGE', 'CSeq is malformed', 'MESSAGE\r\nX-Last'],
    ['with CSeq whose method is no token', 'CSeq: 1 ME@', 'CSeq is malformed', '1 ME@'],
  ];
  for (const [what, line, reason, place = line] of refused) {
    it(`${what} are refused where the fault is: ${JSON.stringify(line)}`, () => {
      const bytes = message({ lines: [line, 'X-Last: 1'] });
      const offset = bytes.toString('latin1').indexOf(place);
      assert.deepEqual(parseMessage(bytes), { ok: false, error: { offset, reason } });
    });
  }

  it('with a malformed Via are refused: no answer would find its way', () => {
    const bytes = Buffer.from('MESSAGE sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP\r\nCSeq: 1 MESSAGE\r\n\r\n');
    assert.deepEqual(parseMessage(bytes), { ok: false, error: { offset: 28, reason: 'Via is malformed' } });
  });

  it('with a malformed From, To or Contact are kept, so that 400 can be answered', () => {
    const read = parsed('MESSAGE sip:a@b SIP/2.0\r\nFrom: <x>\r\nTo: "\r\nContact: <\r\n\r\n');
    assert.deepEqual([read.from, read.to, read.contacts, read.header('To')], [undefined, undefined, [], '"']);
  });

  it('that are missing are undefined', () => {
    const {
      callId,
      cSeq,
      from,
      to,
      topVia,
      vias,
      contacts,
      expires,
      maxForwards,
      contentType,
      authorization,
      challenges,
    } = parsed('MESSAGE sip:a@b SIP/2.0\r\nX: y\r\n\r\n');
    assert.deepEqual(
      [callId, cSeq, from, to, topVia, expires, maxForwards, contentType, authorization],
      Array<undefined>(9).fill(undefined),
    );
    assert.deepEqual([vias, contacts, challenges], [[], [], []]);
  });

  it('may be none at all', () => {
    assert.deepEqual(parsed('MESSAGE sip:a@b SIP/2.0\r\n\r\n').headers, []);
  });

  it('with NUL that is escaped are read (RFC 3261 §25.1 quoted-pair)', () => {
    assert.equal(parsed(message({ lines: ['Contact: "a\\\0" <sip:a@b>'] })).contacts[0]?.displayName, 'a\0');
  });

  it('that end with LF alone are read, and bare-lf is noted', () => {
    const text = message({ lines: [XML, 'Content-Length: 4'], body: 'a\r\nb' }).toString('latin1');
    const [head = '', body = ''] = text.split('\r\n\r\n');
    const read = parsed(`${head.replaceAll('\r\n', '\n')}\n\n${body}`);
    assert.deepEqual([read.repairs, bodyOf(read), read.callId], [['bare-lf'], 'a\r\nb', 'c']);
    assert.deepEqual(parsed(text.replace('\r\nTo', '\nTo')).repairs, ['bare-lf']);
  });

  it('without the empty line are read when the datagram ends with a whole line, and head-without-end is noted', () => {
    assert.deepEqual(parsed(message({}).subarray(0, -2)).repairs, ['head-without-end']);
  });

  it('that are cut off are refused', () => {
    const whole = message({});
    for (const length of [10, 40, whole.length - 3, whole.length - 5])
      assert.deepEqual(parseMessage(whole.subarray(0, length)), {
        ok: false,
        error: {
          offset: length > 30 ? length : 0,
          reason: length > 30 ? 'head is cut off' : 'start line without method, URI and version',
        },
      });
  });

  it('that say From, To, Call-ID or CSeq twice give the first, and several-values is noted', () => {
    for (const line of ['From: <sip:x@y>', 'To: <sip:x@y>', 'i: other']) {
      const read = parsed(message({ lines: [line, 'Content-Length: 0'] }));
      assert.deepEqual(
        [read.repairs, read.from?.uri.user, read.to?.uri.user, read.callId],
        [['several-values'], 'f', 't', 'c'],
      );
    }
    assert.deepEqual(parsed(message({ lines: ['CSeq: 1 A', 'CSeq: 2 B', 'l: 0'] })).repairs, [
      'several-values',
    ]);
  });
});

describe('the body of a datagram', () => {
  const cases: readonly (readonly [string, readonly string[], string, string, string?])[] = [
    ['as long as it says', [XML, 'Content-Length: 3'], 'abc', 'abc'],
    ['empty', ['Content-Length: 0'], '', ''],
    ['missing and not announced', [], '', ''],
    ['without a length', [XML], 'abc', 'abc', 'content-length-missing'],
    ['shorter than it says', [XML, 'Content-Length: 9'], 'abc', 'abc', 'content-length-too-big'],
    ['lost on its way', [XML, 'Content-Length: 9'], '', '', 'content-length-too-big'],
    [
      'far shorter than it says',
      ['Content-Length: 99999999999999999999'],
      'abc',
      'abc',
      'content-length-too-big',
    ],
    ['longer than it says', [XML, 'Content-Length: 2'], '<a/>', '<a/>', 'content-length-too-small'],
    ['there though the length is 0', [XML, 'Content-Length: 0'], '<a/>', '<a/>', 'content-length-too-small'],
    [
      'XML without type though the length is 0',
      ['Content-Length: 0'],
      ' <a/>',
      ' <a/>',
      'content-length-too-small',
    ],
    ['followed by padding', [XML, 'Content-Length: 2'], 'ab\r\n\0 ', 'ab', 'octets-behind-body'],
    ['followed by octets that are no body', ['Content-Length: 0'], 'abc', '', 'octets-behind-body'],
    [
      'followed by another message',
      [XML, 'Content-Length: 2'],
      'abMESSAGE sip:x@y SIP/2.0\r\n\r\n',
      'ab',
      'octets-behind-body',
    ],
    ['of two lengths that are the same', [XML, 'Content-Length: 3', 'l: 3'], 'abc', 'abc'],
    [
      'of two lengths that differ',
      [XML, 'Content-Length: 1', 'l: 2'],
      'abc',
      'abc',
      'content-length-differs',
    ],
  ];
  for (const [what, lines, body, wanted, repair] of cases) {
    it(`that is ${what} is ${wanted === '' ? 'empty' : wanted}${repair === undefined ? '' : `, and ${repair} is noted`}`, () => {
      const read = parsed(message({ lines, body }));
      assert.deepEqual([bodyOf(read), read.repairs], [wanted, repair === undefined ? [] : [repair]]);
    });
  }

  it('keeps its octets, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        const body = Buffer.from(octets);
        const read = parsed(
          message({
            lines: ['Content-Type: x/y', `Content-Length: ${body.length}`],
            body: body.toString('latin1'),
          }),
        );
        assert.deepEqual(Buffer.from(read.body), body);
      }),
    );
  });

  it('has a length only where one can be counted with', () => {
    const lengthOf = (...lines: readonly string[]): unknown =>
      parsed(message({ lines, body: 'abc' })).contentLength;
    assert.deepEqual([lengthOf('l: 3'), lengthOf(), lengthOf('l: 1', 'l: 2')], [3, undefined, undefined]);
    assert.equal(lengthOf(`l: ${'9'.repeat(40)}`), undefined);
  });
});

describe('the limits of a message', () => {
  const limits = { maxHeaderBytes: 400, maxBodyBytes: 10, maxHeaders: 8 };

  it('in header lines are exact', () => {
    const lines = (count: number): Buffer =>
      message({ lines: Array.from({ length: count - HEAD.length }, () => 'X: 1') });
    assert.equal(parseMessage(lines(8), limits).ok, true);
    const refused = parseMessage(lines(9), limits);
    assert.deepEqual(!refused.ok && refused.error.reason, 'too many header lines');
    assert.equal(parseMessage(lines(256)).ok, true);
    assert.equal(parseMessage(lines(257)).ok, false);
  });

  it('in header lines count those of the usual form too', () => {
    const usual = fixture('gb28181/k1-keepalive.sip').toString('latin1');
    const more = (count: number): Buffer =>
      Buffer.from(usual.replace('User-Agent', `${'X: 1\r\n'.repeat(count)}User-Agent`), 'latin1');
    assert.equal(parseMessage(more(247)).ok, true);
    assert.equal(parseMessage(more(248)).ok, false);
  });

  it('in octets of the head are exact', () => {
    const head = (length: number): Buffer => {
      const empty = message({ lines: ['X: '] });
      return message({ lines: [`X: ${'x'.repeat(length - empty.length)}`] });
    };
    assert.equal(parseMessage(head(400), limits).ok, true);
    assert.deepEqual(parseMessage(head(401), limits), {
      ok: false,
      error: { offset: 400, reason: 'head too long' },
    });
    assert.equal(parseMessage(head(65_536)).ok, true);
    assert.equal(parseMessage(head(65_537)).ok, false);
    assert.deepEqual(parseMessage(Buffer.alloc(500, 'a'), limits), {
      ok: false,
      error: { offset: 0, reason: 'start line without method, URI and version' },
    });
  });

  it('in octets of the body are exact', () => {
    const body = (length: number): Buffer => message({ lines: ['X: 1'], body: 'x'.repeat(length) });
    assert.equal(parseMessage(body(10), limits).ok, true);
    const refused = parseMessage(body(11), limits);
    assert.deepEqual(!refused.ok && refused.error.reason, 'body too long');
  });

  it('leave long heads alone that are within them', () => {
    const value = 'x'.repeat(3000);
    const read = parsed(message({ lines: [`X-Long: ${value}`, 'Content-Length: 3'], body: 'abc' }));
    assert.deepEqual([read.header('X-Long'), bodyOf(read)], [value, 'abc']);
  });
});

describe('parsing', () => {
  const inputs = ['gb28181', 'captured'].flatMap((folder) =>
    fixtureNames(folder, '.sip').map((name) => fixture(`${folder}/${name}`)),
  );
  const torture = fixtureNames('rfc4475', '.dat').map((name) => fixture(`rfc4475/${name}`));

  it('never throws, whatever the octets are, nor does reading all of what is accepted', () => {
    const soup = fc.array(
      fc.constantFrom(
        'SIP/2.0',
        ' ',
        '\r\n',
        ':',
        ';',
        ',',
        '<',
        '>',
        '"',
        '\\',
        '\0',
        '@',
        'sip:',
        'Via',
        'v',
        'From',
        'l',
        '200',
        'a',
        '\xff',
        '=',
        '\t',
        '%4',
        '[',
        ']',
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          soup.map((parts) => Buffer.from(parts.join(''), 'latin1')),
        ),
        (octets) => {
          const result = parseMessage(octets);
          if (result.ok) plainMessage(result.message);
          else
            assert.ok(
              result.error.offset >= 0 && result.error.offset <= octets.length && result.error.reason !== '',
            );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('refuses or reads what is cut off anywhere, and never throws', () => {
    for (const bytes of [...inputs.slice(0, 12), ...torture]) {
      for (let length = 0; length < bytes.length; length += 7) {
        const result = parseMessage(bytes.subarray(0, length));
        if (result.ok) plainMessage(result.message);
      }
    }
  });

  it('gives the same from a plain array of octets as from a Buffer, at any place in its memory', () => {
    for (const bytes of [...inputs, ...torture]) {
      const memory = new Uint8Array(bytes.length + 5);
      memory.set(bytes, 3);
      const read = (input: Uint8Array): unknown => {
        const result = parseMessage(input);
        return result.ok ? plainMessage(result.message) : result.error;
      };
      assert.deepEqual(read(memory.subarray(3, 3 + bytes.length)), read(bytes));
    }
  });

  it('does not change the octets', () => {
    for (const bytes of [...inputs, ...torture]) {
      const before = Buffer.from(bytes);
      const result = parseMessage(bytes, DEFAULT_LIMITS);
      if (result.ok) plainMessage(result.message);
      assert.deepEqual(bytes, before);
    }
  });
});
