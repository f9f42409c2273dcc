import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  detach,
  parseMessage,
  quote,
  serialiseMessage,
  type SipHeader,
  type SipMessageInit,
} from '../../../bff/sip-parser-lite/src/index.ts';
import { assertRoundTrip, parsed, written } from '../../support/sip/plain-message.ts';

function text(init: SipMessageInit): string {
  const result = serialiseMessage(init);
  assert.ok(result.ok, result.ok ? '' : result.error.reason);
  return Buffer.from(result.bytes).toString();
}

const REQUEST = { method: 'MESSAGE', requestUri: 'sip:a@b' };
const header = (name: string, value: string): SipHeader => ({ name, value });

describe('a message that is written (RFC 3261 §7)', () => {
  it('has its start line, its headers as they are given, and its body', () => {
    assert.equal(
      text({
        ...REQUEST,
        headers: [header('Via', 'SIP/2.0/UDP h'), header('i', 'c')],
        body: Buffer.from('body'),
      }),
      'MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\ni: c\r\nContent-Length: 4\r\n\r\nbody',
    );
    assert.equal(
      text({ status: 200, reason: 'OK', headers: [] }),
      'SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n',
    );
    assert.equal(text({ status: 100, reason: '', headers: [] }), 'SIP/2.0 100 \r\nContent-Length: 0\r\n\r\n');
  });

  it('has one Content-Length, in octets, where the first one was given', () => {
    const headers = [header('l', '999'), header('X', 'y'), header('CONTENT-LENGTH', 'nonsense')];
    assert.equal(
      text({ ...REQUEST, headers, body: Buffer.from('大') }),
      'MESSAGE sip:a@b SIP/2.0\r\nl: 3\r\nX: y\r\n\r\n大',
    );
  });

  it('has its texts in UTF-8, and octets that were none as they came', () => {
    const came = Buffer.concat([
      Buffer.from('MESSAGE sip:a@b SIP/2.0\r\nX: ö\ud83d\ude00 '),
      Buffer.from([0xb4, 0xf3, 0xff]),
      Buffer.from('\r\nContent-Length: 0\r\n\r\n'),
    ]);
    const again = written(parsed(came));
    assert.ok(again.ok);
    assert.deepEqual(Buffer.from(again.bytes), came);
  });

  const refused: readonly (readonly [string, SipMessageInit, string])[] = [
    [
      'CRLF in a value',
      { ...REQUEST, headers: [header('Subject', 'x\r\nVia: evil')] },
      'line break or NUL in Subject',
    ],
    ['CR in a value', { ...REQUEST, headers: [header('Subject', 'x\ry')] }, 'line break or NUL in Subject'],
    ['LF in a value', { ...REQUEST, headers: [header('Subject', 'x\n y')] }, 'line break or NUL in Subject'],
    ['NUL in a value', { ...REQUEST, headers: [header('Subject', 'x\0')] }, 'line break or NUL in Subject'],
    ['CRLF in a name', { ...REQUEST, headers: [header('X\r\nVia', 'evil')] }, 'header name is no token'],
    ['a colon in a name', { ...REQUEST, headers: [header('X:', 'y')] }, 'header name is no token'],
    [
      'a blank in a name',
      { ...REQUEST, headers: [header('Content-Length ', '3')] },
      'header name is no token',
    ],
    ['an empty name', { ...REQUEST, headers: [header('', 'y')] }, 'header name is no token'],
    [
      'a method that is no token',
      { method: 'A B', requestUri: 'sip:a@b', headers: [] },
      'start line cannot be written',
    ],
    ['an empty method', { method: '', requestUri: 'sip:a@b', headers: [] }, 'start line cannot be written'],
    [
      'CRLF in the method',
      { method: 'A\r\nB', requestUri: 'sip:a@b', headers: [] },
      'start line cannot be written',
    ],
    ['an empty Request-URI', { method: 'A', requestUri: '', headers: [] }, 'start line cannot be written'],
    [
      'a blank in the Request-URI',
      { method: 'A', requestUri: 'sip:a b', headers: [] },
      'start line cannot be written',
    ],
    [
      'CRLF in the Request-URI',
      { method: 'A', requestUri: 'sip:a\r\nX:y', headers: [] },
      'start line cannot be written',
    ],
    [
      'a bracket in the Request-URI',
      { method: 'A', requestUri: '<sip:a>', headers: [] },
      'start line cannot be written',
    ],
    [
      'CRLF in the reason',
      { status: 200, reason: 'OK\r\nX: y', headers: [] },
      'start line cannot be written',
    ],
    ['NUL in the reason', { status: 200, reason: '\0', headers: [] }, 'start line cannot be written'],
    ['a status below 100', { status: 99, reason: '', headers: [] }, 'start line cannot be written'],
    ['a status above 699', { status: 700, reason: '', headers: [] }, 'start line cannot be written'],
    [
      'a status that is no whole number',
      { status: 200.5, reason: '', headers: [] },
      'start line cannot be written',
    ],
    [
      'a text that has no octets',
      { ...REQUEST, headers: [header('X', '\ud800')] },
      'text is not well-formed',
    ],
  ];
  for (const [what, init, reason] of refused) {
    it(`is refused with ${what}: nothing can be injected`, () => {
      assert.deepEqual(serialiseMessage(init), { ok: false, error: { reason } });
    });
  }

  it('has all values that are given or is refused, whatever they are', () => {
    const value = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('Subject', 'X-A', 'From', 'Via', 'v'), value), { maxLength: 5 }),
        (pairs) => {
          const headers = pairs.map(([name, text]) => header(name, text));
          const result = serialiseMessage({ status: 200, reason: 'OK', headers });
          const isClean = pairs.every(([, text]) => !/[\r\n]/.test(text) && !/(^|[^\\])(\\\\)*\0/.test(text));
          assert.equal(result.ok, isClean);
          if (!result.ok) return;
          const lines = Buffer.from(result.bytes).toString().split('\r\n');
          assert.equal(lines.length, pairs.length + 4);
          const again = parseMessage(result.bytes);
          // A Via that is none is refused when it is read; everything else is kept.
          if (again.ok)
            assert.deepEqual(
              again.message.headers.slice(0, -1).map((read) => [read.name, read.value]),
              pairs.map(([name, text]) => [name, text.replace(/^[ \t]+|[ \t]+$/g, '')]),
            );
          else assert.equal(again.error.reason, 'Via is malformed');
        },
      ),
    );
  });

  it('from one that was read is the same message, whatever was read', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,10}$/);
    const value = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !/[\r\n\0]/.test(text));
    const name = token.filter((text) => !/^(via|v|cseq|l|content-length)$/i.test(text));
    const body = fc.uint8Array({ maxLength: 50 });
    fc.assert(
      fc.property(token, fc.array(fc.tuple(name, value), { maxLength: 8 }), body, (method, pairs, octets) => {
        const first = serialiseMessage({
          method,
          requestUri: 'sip:a@b',
          headers: pairs.map(([key, text]) => header(key, text)),
          body: octets,
        });
        assert.ok(first.ok);
        const read = parsed(first.bytes);
        assert.deepEqual(
          read.repairs.filter((repair) => !['method-case', 'several-values'].includes(repair)),
          [],
        );
        assert.deepEqual(Buffer.from(read.body), Buffer.from(octets));
        assertRoundTrip(read);
      }),
    );
  });
});

describe('a message that was read', () => {
  for (const start of ['OPTIONS sip:1@2 SIP/2.0', 'SIP/2.0 200 OK'])
    it(`is written again as it is: ${start}`, () => {
      const octets = Buffer.from(`${start}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 2\r\n\r\nab`);
      const read = parseMessage(octets);
      assert.ok(read.ok);
      const again = serialiseMessage(read.message);
      assert.ok(again.ok);
      assert.equal(Buffer.from(again.bytes).toString(), octets.toString());
    });
});

describe('texts', () => {
  it('between quotes cannot leave them (RFC 3261 §25.1)', () => {
    assert.equal(quote('a "b" \\'), '"a \\"b\\" \\\\"');
  });

  it('that are detached are the same text in memory of their own', () => {
    for (const value of ['', 'a', '大'.repeat(20), '\udcff']) assert.equal(detach(value), value);
  });
});
