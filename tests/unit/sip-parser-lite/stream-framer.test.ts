import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  DEFAULT_LIMITS,
  parseMessage,
  type SipLimits,
  type SipMessage,
  type SipParseError,
  StreamFramer,
} from '../../../bff/sip-parser-lite/src/index.ts';
import { fixture, fixtureNames } from '../../support/sip/fixtures.ts';
import { parsed, type Plain, plainMessage } from '../../support/sip/plain-message.ts';

const MESSAGES = fixtureNames('gb28181', '.sip').map((name) => fixture(`gb28181/${name}`));

interface Heard {
  readonly messages: Plain[];
  readonly faults: SipParseError[];
  keepalives: number;
  /** The most octets that waited after a push. */
  mostPending: number;
}

function frame(chunks: Iterable<Uint8Array>, limits: SipLimits = DEFAULT_LIMITS): Heard {
  const heard: Heard = { messages: [], faults: [], keepalives: 0, mostPending: 0 };
  const framer = new StreamFramer(
    {
      onMessage: (message) => heard.messages.push(plainMessage(message)),
      onFault: (error) => heard.faults.push(error),
      onKeepalive: () => (heard.keepalives += 1),
    },
    limits,
  );
  for (const chunk of chunks) {
    framer.push(chunk);
    heard.mostPending = Math.max(heard.mostPending, framer.pendingBytes);
  }
  return heard;
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, index) => bytes.subarray(from, sorted[index] ?? bytes.length));
}

const failed = (what: unknown): void => {
  assert.fail(JSON.stringify(what));
};

const octetByOctet = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (octet) => Uint8Array.of(octet));

const text = (body: string, headers = `Content-Length: ${String(body.length)}\r\n`): Buffer =>
  Buffer.from(
    `MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nCSeq: 1 MESSAGE\r\n${headers}\r\n${body}`,
    'latin1',
  );

const bodies = ({ messages }: Heard): string[] =>
  messages.map(({ body }) => Buffer.from(String(body), 'hex').toString('latin1'));

describe('a TCP stream of SIP (RFC 3261 §18.3)', () => {
  it('gives the same messages as datagrams, however it is cut (Q14)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: MESSAGES.length - 1 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(20_000), { maxLength: 40 }),
        (chosen, places) => {
          const parts = chosen.map((index) => MESSAGES[index] ?? Buffer.alloc(0));
          const heard = frame(cut(Buffer.concat(parts), places));
          assert.deepEqual(heard.faults, []);
          assert.deepEqual(
            heard.messages,
            parts.map((part) => plainMessage(parsed(part))),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives the three messages of one segment, wherever it is cut in two (Q14)', () => {
    const segment = fixture('gb28181/quirks/q14-three-in-a-segment.bin');
    const whole = frame([segment]);
    assert.deepEqual(whole.faults, []);
    assert.deepEqual(
      whole.messages.map(({ cSeq }) => cSeq),
      [20, 21, 22].map((sequence) => ({ method: 'MESSAGE', sequence })),
    );
    for (let at = 1; at < segment.length; at += 1)
      assert.deepEqual(frame([segment.subarray(0, at), segment.subarray(at)]).messages, whole.messages);
  });

  it('gives the same messages, keepalives and fault, however it is cut and whatever is in it', () => {
    const part = fc.oneof(
      fc.constantFrom(...MESSAGES.filter(({ length }) => length < 700)),
      fc.constantFrom(
        ...[
          '\r\n\r\n',
          '\r\n',
          '\n',
          '\0\0',
          ' ',
          '\xff\x01',
          'x',
          'x\r\n',
          'MESSAGE sip:a@b SIP/2.0\r\n',
          '\r\n\r\n\r\n',
        ].map((octets) => Buffer.from(octets, 'latin1')),
      ),
      fc.constantFrom(
        text('a'),
        text('', ''),
        text('x', 'l: 1\r\nl: 2\r\n'),
        text('x', 'l: x\r\n'),
        text('x', 'CSeq: x\r\nl: 1\r\n'),
      ),
      fc.uint8Array({ maxLength: 8 }).map((octets) => Buffer.from(octets)),
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 6 }),
        fc.array(fc.nat(5_000), { maxLength: 20 }),
        (parts, places) => {
          const bytes = Buffer.concat(parts);
          if (bytes.length === 0) return;
          const whole = frame([bytes]);
          assert.deepEqual({ ...frame(cut(bytes, places)), mostPending: 0 }, { ...whole, mostPending: 0 });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is read one octet at a time', () => {
    const heard = frame(octetByOctet(Buffer.concat([text('one'), Buffer.from('\r\n\r\n'), text('two')])));
    assert.deepEqual([bodies(heard), heard.keepalives, heard.faults], [['one', 'two'], 1, []]);
  });

  it('gives messages that do not share its memory', () => {
    const bytes = text('kept');
    const heard: SipMessage[] = [];
    const framer = new StreamFramer({ onMessage: (message) => heard.push(message), onFault: failed });
    framer.push(bytes);
    bytes.fill(0);
    assert.equal(Buffer.from(heard[0]?.body ?? []).toString(), 'kept');
    assert.equal(heard[0]?.cSeq?.method, 'MESSAGE');
  });

  it('gives a folded head that is cut inside the fold', () => {
    const bytes = text('x', 'Subject: a\r\n b\r\nContent-Length: 1\r\n');
    const fold = bytes.indexOf('\r\n b');
    for (let at = fold; at <= fold + 4; at++)
      assert.deepEqual(bodies(frame([bytes.subarray(0, at), bytes.subarray(at)])), ['x']);
  });

  it('takes two equal lengths for one', () => {
    assert.deepEqual(bodies(frame([text('x', 'Content-Length: 1\r\nl: 1\r\n')])), ['x']);
  });

  it('takes lines that end with LF alone', () => {
    const bytes = Buffer.from(text('x').toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
    const heard = frame(octetByOctet(bytes));
    assert.deepEqual([bodies(heard), heard.messages[0]?.['repairs']], [['x'], ['bare-lf']]);
  });

  /** The place behind the empty line. */
  const END = '';
  const broken: readonly (readonly [what: string, bytes: Buffer, reason: string, place: string | number])[] =
    [
      ['two lengths that differ', text('x', 'l: 1\r\nl: 2\r\n'), 'Content-Length lines that differ', END],
      ['a length that is no number', text('x', 'l: -1\r\n'), 'Content-Length is no number', '-1'],
      ['no length', text('x', ''), 'no Content-Length over TCP', END],
      ['a body above the limit', text('x', 'l: 4194305\r\n'), 'body too long', END],
      ['a length that cannot be counted with', text('x', `l: ${'9'.repeat(30)}\r\n`), 'body too long', END],
      [
        'no SIP',
        Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
        'start line without method, URI and version',
        0,
      ],
      [
        'no SIP, before all of it is there',
        Buffer.from('GET / HTTP/1.1\r\nHost'),
        'start line without method, URI and version',
        0,
      ],
      ['another version', Buffer.from('MESSAGE sip:a@b SIP/7.0\r\n'), 'version is not SIP/2.0', 0],
      ['a head without end', Buffer.alloc(65_537, 0x61), 'head too long', 65_536],
      [
        'a head that ends too late',
        text('', `X: ${'x'.repeat(65_536)}\r\nl: 0\r\n`),
        'head too long',
        65_536,
      ],
      ['a line that is no header', text('x', 'X\r\n'), 'header line without a name and a colon', 'X\r\n'],
      ['CR alone in a head', text('x', 'X: a\rb\r\nl: 1\r\n'), 'CR without LF in the head', '\rb'],
      [
        'a malformed CSeq',
        Buffer.from('A sip:a@b SIP/2.0\r\nCSeq: x\r\nl: 0\r\n\r\n'),
        'CSeq is malformed',
        'x\r\n',
      ],
      [
        'a malformed Via',
        Buffer.from('A sip:a@b SIP/2.0\r\nVia: x\r\nl: 0\r\n\r\n'),
        'Via is malformed',
        'x\r\n',
      ],
      ['so many odd octets that no keepalive has', Buffer.alloc(513, 0), 'no message behind so much else', 0],
    ];
  for (const [what, bytes, reason, place] of broken) {
    it(`is given up at ${what}, once, however it is cut: ${reason} (Q14)`, () => {
      const found = place === END ? bytes.indexOf('\r\n\r\n') + 4 : bytes.indexOf(place);
      const offset = typeof place === 'number' ? place : found;
      for (const chunks of [
        [bytes, bytes, text('later')],
        [...octetByOctet(bytes), text('later')],
      ]) {
        const heard = frame(chunks);
        assert.deepEqual([heard.messages, heard.faults], [[], [{ offset, reason }]]);
      }
    });
  }

  it('that is given up holds nothing and takes nothing more', () => {
    const framer = new StreamFramer({ onMessage: failed, onFault: () => undefined });
    framer.push(text('x', ''));
    assert.equal(framer.pendingBytes, 0);
    framer.push(text('y'));
    assert.equal(framer.pendingBytes, 0);
  });

  it('gives what came before the fault', () => {
    const heard = frame([Buffer.concat([text('one'), text('two', ''), text('three')])]);
    assert.deepEqual([bodies(heard), heard.faults.length], [['one'], 1]);
  });

  it('takes no octets for no octets', () => {
    assert.deepEqual(frame([new Uint8Array(0), text('x'), new Uint8Array(0)]).messages.length, 1);
  });
});

describe('octets between the messages of a stream', () => {
  const between: readonly (readonly [string, string, number, readonly string[]])[] = [
    ['CRLF, as some send it behind each message', '\r\n', 0, []],
    ['CRLFCRLF, a ping (RFC 5626 §3.5.1)', '\r\n\r\n', 1, []],
    ['two pings at once', '\r\n\r\n\r\n\r\n', 2, []],
    ['NUL octets', '\0\0\0\0', 0, ['leading-junk']],
    ['a few odd octets', '\x01\xfe\xff', 0, ['leading-junk']],
    ['odd octets and a ping', '\0\r\n\r\n', 1, ['leading-junk']],
    ['a ping with odd octets in it', '\r\n\0\r\n', 0, ['leading-junk']],
    ['512 odd octets', '\0'.repeat(512), 0, ['leading-junk']],
  ];
  for (const [what, octets, keepalives, repairs] of between) {
    it(`may be ${what}: ${String(keepalives)} pings are heard`, () => {
      const bytes = Buffer.concat([text('one'), Buffer.from(octets, 'latin1'), text('two')]);
      for (const chunks of [[bytes], octetByOctet(bytes)]) {
        const heard = frame(chunks);
        assert.deepEqual([bodies(heard), heard.keepalives, heard.faults], [['one', 'two'], keepalives, []]);
        assert.deepEqual(heard.messages[1]?.['repairs'], repairs);
      }
    });
  }

  it('are not kept while they wait', () => {
    assert.equal(frame([text('x'), Buffer.from('\r\n'), Buffer.from('\r\n\0')]).mostPending, 0);
    assert.equal(frame(Array.from({ length: 1000 }, () => Buffer.from('\r\n\r\n'))).keepalives, 1000);
  });

  it('may not begin a message and go on otherwise', () => {
    const heard = frame([Buffer.concat([text('one'), Buffer.from('hb'), text('two')])]);
    // They are the beginning of a method that nobody knows.
    assert.deepEqual([bodies(heard), heard.messages[1]?.['method']], [['one', 'two'], 'hbMESSAGE']);
    assert.equal(frame([Buffer.concat([Buffer.from('hb\n'), text('two')])]).faults.length, 1);
  });
});

describe('what a stream may keep', () => {
  const limits: SipLimits = { maxHeaderBytes: 300, maxBodyBytes: 500, maxHeaders: 10 };

  it('is a head and a body at most, whatever is pushed (Q14)', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        text('x'.repeat(500)),
        text('', 'l: 500\r\n'),
        text('y'.repeat(400)),
        Buffer.alloc(299, 'a'),
        Buffer.from('\r\n'),
        text('', 'l: 501\r\n'),
      ),
      fc.uint8Array({ maxLength: 100 }).map((octets) => Buffer.from(octets)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { mostPending, faults } = frame(pieces, limits);
        assert.ok(mostPending <= limits.maxHeaderBytes + limits.maxBodyBytes);
        assert.ok(faults.length <= 1);
      }),
      { numRuns: 300 },
    );
  });

  it('is exactly what waits', () => {
    const bytes = text('x'.repeat(100));
    const framer = new StreamFramer({ onMessage: () => undefined, onFault: failed }, limits);
    framer.push(bytes.subarray(0, 150));
    assert.equal(framer.pendingBytes, 150);
    framer.push(Buffer.concat([bytes.subarray(150), bytes.subarray(0, 7)]));
    assert.equal(framer.pendingBytes, 7);
    framer.push(bytes.subarray(7));
    assert.equal(framer.pendingBytes, 0);
  });

  it('may be a body of 4 MiB that comes in pieces', () => {
    const body = 'x'.repeat(4_194_304);
    const bytes = text(body);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, i) =>
      bytes.subarray(i * 65_536, (i + 1) * 65_536),
    );
    const sizes: number[] = [];
    const framer = new StreamFramer({
      onMessage: (message) => sizes.push(message.body.length),
      onFault: failed,
    });
    for (const piece of pieces) framer.push(piece);
    assert.deepEqual(sizes, [4_194_304]);
  });
});

describe('a stream and datagrams', () => {
  it('agree on every message whose stated length is that of its body', () => {
    for (const bytes of [
      ...MESSAGES,
      ...fixtureNames('captured', '.sip').map((name) => fixture(`captured/${name}`)),
    ]) {
      const result = parseMessage(bytes);
      assert.ok(result.ok);
      assert.deepEqual(frame([bytes]).messages, [plainMessage(result.message)]);
    }
  });
});
