import assert from 'node:assert/strict';
import {
  parseMessage,
  parseUri,
  type SipMessage,
  type SipParseError,
  StreamFramer,
} from '../../../bff/sip-parser-lite/src/index.ts';
import { fixture, type TortureMessage, tortureMessages } from '../../support/sip/fixtures.ts';
import { assertRoundTrip } from '../../support/sip/plain-message.ts';

/** What is read where RFC 4475 leaves a choice, or where devices are read more kindly than it asks for. */
const REPAIRED: Readonly<Record<string, string>> = {
  // §3.1.1.8: what follows the message in its datagram is dropped.
  dblreq: 'octets-behind-body',
  // Cameras state wrong lengths: over UDP the body is what is there. Over TCP this waits, see below.
  clerr: 'content-length-too-big',
  ltgtruri: 'request-uri-brackets',
  lwsstart: 'start-line-blanks',
  trws: 'start-line-blanks',
  // The archive's file has no empty line at its end.
  baddn: 'head-without-end',
  multi01: 'several-values',
  mcl01: 'content-length-differs',
  // §3.4.1: without Content-Length the body runs to the end of the datagram.
  inv2543: 'content-length-missing',
};

/** Why and where it is refused. */
const REFUSED: Readonly<Record<string, SipParseError>> = {
  badinv01: { offset: 194, reason: 'Via is malformed' },
  ncl: { offset: 326, reason: 'Content-Length is no number' },
  scalar02: { offset: 174, reason: 'CSeq is malformed' },
  scalarlg: { offset: 198, reason: 'CSeq is malformed' },
  lwsruri: { offset: 0, reason: 'start line without method, URI and version' },
  badvers: { offset: 0, reason: 'version is not SIP/2.0' },
  bigcode: { offset: 0, reason: 'status code is not three digits' },
};

type Check = (message: SipMessage, value: unknown) => void;

const text = (message: SipMessage, name: string): string => message.header(name) ?? '';
const uriOf = (message: SipMessage): ReturnType<typeof parseUri> =>
  parseUri(message.kind === 'request' ? message.requestUri : '');

/** How each value that the manifest names is read. */
const CHECKS: Readonly<Record<string, Check>> = {
  method: (message, value) => {
    assert.equal(message.kind === 'request' && message.method, value);
  },
  requestUri: (message, value) => {
    assert.equal(message.kind === 'request' && message.requestUri, value);
  },
  requestUriHost: (message, value) => {
    assert.equal(uriOf(message)?.host, value);
  },
  requestUriUserDecoded: (message, value) => {
    assert.equal(uriOf(message)?.user, value);
  },
  requestUriUserRaw: (message, value) => {
    const uri = uriOf(message);
    assert.ok(uri);
    assert.ok(uri.text.startsWith(`sip:${String(value)}@`));
    assert.equal(uri.user, decodeURIComponent(String(value)));
  },
  recovered: (message, value) => {
    assert.equal(message.kind === 'request' && message.requestUri, value);
  },
  status: (message, value) => {
    assert.equal(message.kind === 'response' && message.status, value);
  },
  reason: (message, value) => {
    assert.equal(message.kind === 'response' && message.reason, value);
  },
  reasonUtf8: (message, value) => {
    assert.equal(message.kind === 'response' && message.reason, value);
  },
  toUri: (message, value) => {
    assert.equal(message.to?.uri.text, value);
  },
  toTag: (message, value) => {
    assert.equal(message.to?.tag, value);
  },
  toDisplay: (message, value) => {
    assert.equal(message.to?.displayName, value);
  },
  toUserRaw: (message, value) => {
    const uri = message.to?.uri;
    assert.ok(uri);
    assert.ok(uri.text.includes(`:${String(value)}@`));
    assert.equal(uri.user, decodeURIComponent(String(value)));
  },
  toUriUserDecoded: (message, value) => {
    assert.equal(message.to?.uri.user, value);
  },
  toDisplayHasRawNul: (message, value) => {
    assert.equal(message.to?.displayName.includes('\0'), value);
    assert.equal(message.to?.displayName, 'BEL:\x07 NUL:\0 DEL:\x7f');
  },
  fromUri: (message, value) => {
    assert.equal(message.from?.uri.text, value);
  },
  fromTag: (message, value) => {
    assert.equal(message.from?.tag ?? null, value);
  },
  fromDisplay: (message, value) => {
    assert.equal(message.from?.displayName, value);
  },
  fromUserDecoded: (message, value) => {
    assert.equal(message.from?.uri.user, value);
  },
  contactDisplay: (message, value) => {
    assert.equal(message.contacts[0]?.displayName, value);
  },
  contactUri: (message, value) => {
    assert.equal(message.contacts[0]?.uri.text, value);
  },
  contactUserDecoded: (message, value) => {
    assert.equal(message.contacts[0]?.uri.user, value);
  },
  contactQ: (message, value) => {
    assert.equal(Number(message.contacts[0]?.params.get('q')), value);
  },
  contactParams: (message, value) => {
    const named = Object.entries(value as Record<string, string | null>);
    assert.deepEqual(
      message.contacts[0]?.uri.params,
      new Map(named.map(([name, text]) => [name, text ?? ''])),
    );
  },
  contactHeaderParams: (message, value) => {
    assert.deepEqual([...(message.contacts[0]?.params.keys() ?? [])], value);
  },
  contacts: (message, value) => {
    assert.deepEqual(
      message.contacts.map(({ uri }) => uri.text),
      value,
    );
  },
  callId: (message, value) => {
    assert.equal(message.callId, value);
  },
  callIdPrefix: (message, value) => {
    assert.equal(message.callId?.startsWith(String(value)), true);
  },
  cseq: (message, value) => {
    assert.equal(message.cSeq?.sequence, value);
  },
  cseqMethod: (message, value) => {
    assert.equal(message.cSeq?.method, value);
  },
  maxForwards: (message, value) => {
    assert.equal(message.maxForwards, value);
  },
  contentLength: (message, value) => {
    assert.equal(message.contentLength, value);
    assert.equal(message.body.length, value);
  },
  contentLengthHeader: (message, value) => {
    assert.equal(message.contentLength ?? null, value);
  },
  contentLengths: (message, value) => {
    assert.deepEqual(message.headerValues('Content-Length').map(Number), value);
    assert.equal(message.contentLength, undefined);
  },
  contentType: (message, value) => {
    assert.equal(message.contentType, value);
  },
  viaCount: (message, value) => {
    assert.equal(message.vias.length, value);
    assert.equal(message.headerValues('Via').length, value);
  },
  viaHeaderLines: (message) => {
    // The manifest says 24; the file has 34 lines, in every spelling, long and compact.
    const names = message.headers.map(({ name }) => name.toLowerCase());
    assert.equal(names.filter((name) => name === 'via').length, 28);
    assert.equal(names.filter((name) => name === 'v').length, 6);
  },
  via: (message, value) => {
    assert.deepEqual(
      message.vias.map(({ transport, host, branch }) => ({ transport, host, branch })),
      value,
    );
  },
  viaTransport: (message, value) => {
    assert.equal(message.topVia?.transport, value);
  },
  viaTransports: (message, value) => {
    assert.deepEqual(
      message.vias.map(({ transport }) => transport),
      value,
    );
  },
  viaBranch: (message, value) => {
    assert.equal(message.topVia?.branch ?? null, value);
  },
  viaHosts: (message, value) => {
    assert.deepEqual(
      message.vias.map(({ host }) => host),
      value,
    );
  },
  subject: (message, value) => {
    assert.equal(message.header('Subject'), value);
  },
  route: (message, value) => {
    assert.equal(message.header('Route'), value);
  },
  headers: (message, value) => {
    for (const [name, expected] of Object.entries(value as Record<string, string>))
      assert.equal(message.header(name), expected, name);
  },
  acceptCount: (message, value) => {
    assert.equal(message.headerValues('Accept').length, value);
  },
  accept: (message, value) => {
    assert.equal(message.header('Accept'), value);
  },
  require: (message, value) => {
    assert.deepEqual(message.headerValues('Require'), value);
  },
  proxyRequire: (message, value) => {
    assert.deepEqual(message.headerValues('Proxy-Require'), value);
  },
  authScheme: (message, value) => {
    assert.equal(message.authorization?.scheme, String(value).toLowerCase());
  },
  missing: (message, value) => {
    for (const name of value as string[]) assert.equal(message.header(name), undefined, name);
    assert.deepEqual(
      [message.callId, message.from, message.to, message.maxForwards],
      Array(4).fill(undefined),
    );
  },
  duplicates: (message, value) => {
    for (const name of value as string[]) assert.equal(message.headerValues(name).length, 2, name);
  },
  boundary: (message, value) => {
    assert.equal(text(message, 'Content-Type').includes(`boundary=${String(value)}`), true);
    assert.equal(
      Buffer.from(message.body)
        .toString('latin1')
        .split(`--${String(value)}`).length,
      4,
    );
  },
  parts: (message, value) => {
    assert.equal(
      Buffer.from(message.body)
        .toString('latin1')
        .match(/^Content-Type:/gm)?.length,
      value,
    );
  },
  part0: (message, value) => {
    assert.match(Buffer.from(message.body).toString('latin1'), new RegExp(`\r\n\r\n${String(value)}\r\n`));
  },
  toRaw: (message, value) => {
    assert.equal(text(message, 'To'), value);
  },
  fromRaw: (message, value) => {
    assert.equal(text(message, 'From'), value);
  },
  contactRaw: (message, value) => {
    assert.equal(text(message, 'Contact'), value);
    // Without brackets nobody can tell whose the part behind `?` is: it is no Contact (§20.10).
    assert.deepEqual(message.contacts, []);
  },
  dateRaw: (message, value) => {
    assert.equal(text(message, 'Date'), value);
  },
  requestUriRaw: (message, value) => {
    const uri = message.kind === 'request' ? message.requestUri : '';
    assert.equal(uri, String(value).replace(/^<|>$/g, ''));
    // Headers in the URI are not those of the message.
    assert.equal(message.header('Route'), undefined);
  },
  startLineRaw: (message, value) => {
    const words = String(value).trim().split(/ +/);
    assert.deepEqual(message.kind === 'request' && [message.method, message.requestUri, 'SIP/2.0'], words);
  },
};

function assertValues(message: SipMessage, { mustRead }: TortureMessage): void {
  for (const [name, value] of Object.entries(mustRead)) {
    if (name === 'notes') continue;
    const check = CHECKS[name];
    assert.ok(check, `nothing is known of ${name}`);
    check(message, value);
  }
}

/** The offset is where the malformed value stands, or the start line. */
function assertPointsAtFault(bytes: Buffer, offset: number, { mustRead }: TortureMessage): void {
  const { viaRaw, contentLengthRaw, cseqRaw, startLineRaw, versionRaw, statusRaw } = mustRead;
  const raw = viaRaw ?? contentLengthRaw ?? cseqRaw ?? startLineRaw ?? versionRaw ?? statusRaw;
  const [line = ''] = bytes.toString('latin1').slice(offset).split('\r\n');
  assert.ok(offset === 0 ? line.includes(String(raw)) : line.startsWith(String(raw)), line);
}

describe('the torture messages of RFC 4475', () => {
  const messages = tortureMessages();

  it('are 49', () => {
    assert.equal(messages.length, 49);
  });

  for (const entry of messages) {
    const { name, section, title, parser, bodyOctets, file } = entry;
    const refusal = REFUSED[name];
    const verdict = refusal === undefined ? 'is read' : `is refused: ${refusal.reason}`;
    it(`§${section} ${title} (${name}) ${verdict}`, () => {
      const result = parseMessage(fixture(`rfc4475/${file}`));
      if (refusal !== undefined) {
        assert.ok(parser === 'reject' || parser === 'either');
        assert.deepEqual(result, { ok: false, error: refusal });
        assertPointsAtFault(fixture(`rfc4475/${file}`), refusal.offset, entry);
        return;
      }
      assert.ok(result.ok, result.ok ? '' : result.error.reason);
      const { message } = result;
      const repair = REPAIRED[name];
      assert.deepEqual(message.repairs, repair === undefined ? [] : [repair]);
      assert.ok(parser !== 'reject' || repair !== undefined);
      assert.equal(message.body.length, name === 'dblreq' ? 0 : bodyOctets);
      assertValues(message, entry);
      assertRoundTrip(message);
    });
  }
});

interface Heard {
  readonly messages: SipMessage[];
  readonly faults: SipParseError[];
}

function overTcp(file: string): Heard {
  const heard: Heard = { messages: [], faults: [] };
  const framer = new StreamFramer({
    onMessage: (message) => heard.messages.push(message),
    onFault: (error) => heard.faults.push(error),
  });
  framer.push(fixture(`rfc4475/${file}`));
  return heard;
}

describe('the torture messages of RFC 4475 whose length decides, over TCP', () => {
  it('§3.1.1.8 dblreq is two messages', () => {
    const { messages, faults } = overTcp('dblreq.dat');
    assert.deepEqual(
      messages.map((message) => message.kind === 'request' && [message.method, message.cSeq?.sequence]),
      [
        ['REGISTER', 8],
        ['INVITE', 8],
      ],
    );
    // The second one's body is longer than it says.
    assert.equal(faults.length, 1);
  });

  it('§3.1.2.2 clerr waits for the octets that it promised', () => {
    assert.deepEqual(overTcp('clerr.dat'), { messages: [], faults: [] });
  });

  const faults: readonly (readonly [string, string, string])[] = [
    ['3.1.2.3', 'ncl', 'Content-Length is no number'],
    ['3.3.9', 'mcl01', 'Content-Length lines that differ'],
    ['3.4.1', 'inv2543', 'no Content-Length over TCP'],
  ];
  for (const [section, name, reason] of faults) {
    it(`§${section} ${name} ends the connection: ${reason}`, () => {
      const heard = overTcp(`${name}.dat`);
      assert.deepEqual(heard.messages, []);
      assert.deepEqual(
        heard.faults.map((fault) => fault.reason),
        [reason],
      );
    });
  }
});
