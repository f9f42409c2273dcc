import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseSdp, type Sdp, type SdpMedia, serialiseSdp, ssrcOf } from '../../../../bff/src/sip/index.ts';
import { asMessage } from '../../../support/sip/messages.ts';

function parsed(text: string | Uint8Array): Sdp {
  const result = parseSdp(text);
  assert.ok(result.ok, result.ok ? '' : `line ${String(result.error.line)}: ${result.error.reason}`);
  return result.sdp;
}

function media(line: string): SdpMedia | undefined {
  return parsed(`${line}\r\n`).media[0];
}

/** The offer of a live view (GB/T 28181-2016 annex J.3). */
const OFFER = [
  'v=0',
  'o=34020000002000000001 0 0 IN IP4 192.0.2.1',
  's=Play',
  'u=34020000001320000001:0',
  'c=IN IP4 192.0.2.1',
  't=0 0',
  'm=video 30000 RTP/AVP 96 98 97',
  'a=recvonly',
  'a=rtpmap:96 PS/90000',
  'a=rtpmap:98 H264/90000',
  'y=0200000001',
  'f=v/2/5/25/1/4096a/1/8/1',
  '',
].join('\r\n');

describe('parseSdp (RFC 8866 §5, GB/T 28181-2016 annex F)', () => {
  it('reads an offer of GB/T 28181', () => {
    assert.deepEqual(parsed(OFFER), {
      origin: { username: '34020000002000000001', sessionId: '0', sessionVersion: '0', address: '192.0.2.1' },
      sessionName: 'Play',
      uri: '34020000001320000001:0',
      address: '192.0.2.1',
      timing: { startS: 0, endS: 0 },
      attributes: [],
      media: [
        {
          kind: 'video',
          port: 30_000,
          protocol: 'RTP/AVP',
          formats: ['96', '98', '97'],
          address: undefined,
          attributes: [
            { name: 'recvonly', value: undefined },
            { name: 'rtpmap', value: '96 PS/90000' },
            { name: 'rtpmap', value: '98 H264/90000' },
          ],
        },
      ],
      y: '0200000001',
      f: 'v/2/5/25/1/4096a/1/8/1',
    });
  });

  it('reads lines behind m= as those of the medium, before it as those of the session', () => {
    const sdp = parsed(
      'c=IN IP4 1.1.1.1\r\na=sendonly\r\nm=video 1 RTP/AVP 96\r\nc=IN IP4 2.2.2.2\r\na=x:1\r\nm=audio 2 TCP/RTP/AVP 8\r\na=y',
    );
    assert.deepEqual([sdp.address, sdp.attributes], ['1.1.1.1', [{ name: 'sendonly', value: undefined }]]);
    assert.deepEqual(
      sdp.media.map(({ kind, address, attributes }) => [kind, address, attributes[0]?.name]),
      [
        ['video', '2.2.2.2', 'x'],
        ['audio', undefined, 'y'],
      ],
    );
  });

  const TOLERATED: readonly (readonly [string, string, (sdp: Sdp) => unknown, unknown])[] = [
    [
      'line ends of LF',
      's=Play\nm=video 5 RTP/AVP 96\n',
      (sdp) => [sdp.sessionName, sdp.media.length],
      ['Play', 1],
    ],
    [
      'line ends of CR',
      's=Play\rm=video 5 RTP/AVP 96\r',
      (sdp) => [sdp.sessionName, sdp.media.length],
      ['Play', 1],
    ],
    [
      'blanks around type and value',
      ' s = Play \r\n m = video 5 RTP/AVP 96 ',
      (sdp) => sdp.sessionName,
      'Play',
    ],
    ['types in capitals', 'S=Play\r\nM=video 5 RTP/AVP 96', (sdp) => sdp.sessionName, 'Play'],
    ['y= and f= before any medium', 'y=1\r\nf=\r\nm=video 5 RTP/AVP 96', (sdp) => [sdp.y, sdp.f], ['1', '']],
    ['y= behind the second medium', 'm=a 1 RTP/AVP 8\r\nm=b 2 RTP/AVP 8\r\ny=7', (sdp) => sdp.y, '7'],
    [
      'empty lines and lines of no type',
      '\r\nrubbish\r\n=x\r\n1=2\r\nm=video 5 RTP/AVP 96',
      (sdp) => sdp.media.length,
      1,
    ],
    ['lines of a type that nobody knows', 'q=1\r\nm=video 5 RTP/AVP 96', (sdp) => sdp.media.length, 1],
    ['an o= that is cut off', 'o=x 0\r\nm=video 5 RTP/AVP 96', (sdp) => sdp.origin, undefined],
    ['a c= that is cut off', 'c=IN IP4\r\nm=video 5 RTP/AVP 96', (sdp) => sdp.address, undefined],
    ['a c= with TTL', 'c=IN IP4 224.2.1.1/127\r\nm=video 5 RTP/AVP 96', (sdp) => sdp.address, '224.2.1.1'],
    ['a t= that is no time', 't=now\r\nm=video 5 RTP/AVP 96', (sdp) => sdp.timing, undefined],
    [
      'the first of lines that may stand once',
      's=a\r\ns=b\r\nm=video 5 RTP/AVP 96',
      (sdp) => sdp.sessionName,
      'a',
    ],
    ['NULs before a line', '\0\0s=Play\r\nm=video 5 RTP/AVP 96', (sdp) => sdp.sessionName, 'Play'],
    [
      'an attribute with blanks',
      'm=video 5 RTP/AVP 96\r\na= rtpmap : 96 PS',
      (sdp) => sdp.media[0]?.attributes,
      [{ name: 'rtpmap', value: '96 PS' }],
    ],
  ];
  for (const [what, text, read, expected] of TOLERATED) {
    it(`tolerates ${what}`, () => {
      assert.deepEqual(read(parsed(text)), expected);
    });
  }

  const MEDIA: readonly (readonly [string, number, string, readonly string[]])[] = [
    ['m=video 6000 RTP/AVP 96', 6_000, 'RTP/AVP', ['96']],
    ['m=video 6000/2 RTP/AVP 96', 6_000, 'RTP/AVP', ['96']],
    ['m=video 0 RTP/AVP 96', 0, 'RTP/AVP', ['96']],
    ['m=video 65535 tcp/rtp/avp 96 97', 65_535, 'TCP/RTP/AVP', ['96', '97']],
    ['m=VIDEO  6000   RTP/AVP', 6_000, 'RTP/AVP', []],
  ];
  for (const [line, port, protocol, formats] of MEDIA) {
    it(`reads ${line}`, () => {
      const found = media(line);
      assert.deepEqual(
        [found?.kind, found?.port, found?.protocol, found?.formats],
        ['video', port, protocol, formats],
      );
    });
  }

  const REFUSED: readonly (readonly [string, string, number, string])[] = [
    ['nothing', '', 0, 'no m= line'],
    ['no medium', 'v=0\r\ns=Play\r\n', 0, 'no m= line'],
    ['an m= line that is cut off', 'v=0\r\nm=video 6000\r\n', 2, 'm= line is malformed'],
    ['a port that is no number', 'm=video x RTP/AVP 96', 1, 'port is malformed'],
    ['a port above 65535', 'm=video 65536 RTP/AVP 96', 1, 'port is malformed'],
    ['a negative port', 'm=video -1 RTP/AVP 96', 1, 'port is malformed'],
    ['more than 16 media', 'm=video 1 RTP/AVP 96\n'.repeat(17), 17, 'too many m= lines'],
    ['more than 1000 lines', 'a=x\n'.repeat(1_001), 0, 'too many lines'],
    ['more than 64 KiB', `m=video 1 RTP/AVP 96\ns=${'x'.repeat(65_536)}`, 0, 'description too long'],
  ];
  for (const [what, text, line, reason] of REFUSED) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(parseSdp(text), { ok: false, error: { line, reason } });
    });
  }

  it('never throws and hands out no more than it was given, whatever octets come', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(fc.constantFrom(...'vosuctamyfq'.split('')), fc.string())
        .map(([type, value]) => `${type}=${value}`),
      fc.constantFrom(...OFFER.split('\r\n')),
    );
    const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 500 }), text), (input) => {
        const result = parseSdp(input);
        if (!result.ok) {
          assert.ok(result.error.reason.length < 40);
          return;
        }
        assert.ok(JSON.stringify(result.sdp).length < 200 + input.length * 30);
        assert.ok(result.sdp.media.every(({ port }) => port >= 0 && port <= 65_535));
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not go over a text again and again: what fits into its limit is read within the time of a test', () => {
    const long = [' '.repeat(65_535), 'a='.repeat(32_767), '\0'.repeat(65_535)];
    for (const text of [...long, `m=${' '.repeat(65_000)}`, `c=${'/'.repeat(65_000)}`]) parseSdp(text);
  });

  it('reads every description of the fixtures', () => {
    let read = 0;
    for (const folder of ['gb28181', 'gb28181/quirks', 'captured'].map((name) => `tests/fixtures/${name}`)) {
      for (const file of readdirSync(folder).filter((name) => /\.(?:sdp|sip)$/.test(name))) {
        const bytes = readFileSync(`${folder}/${file}`);
        if (file.endsWith('.sdp')) parsed(bytes);
        else if (file.endsWith('.sip') && /application\/sdp/i.test(bytes.toString('latin1'))) {
          const sdp = parsed(asMessage(bytes).body);
          assert.ok(sdp.origin && sdp.sessionName !== undefined, file);
          if (sdp.y !== undefined) assert.ok(ssrcOf(sdp) !== undefined, file);
        } else continue;
        read += 1;
      }
    }
    assert.ok(read >= 15, String(read));
  });
});

describe('parseSdp after serialiseSdp', () => {
  const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
    fc.record(model, { noNullPrototype: true });
  const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019-._'.split('')), minLength: 1, maxLength: 12 });
  const attribute = record({ name: word, value: fc.option(word, { nil: undefined }) });
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  const medium = record({
    kind: fc.constantFrom('video', 'audio'),
    port: fc.integer({ min: 0, max: 65_535 }),
    protocol: fc.constantFrom('RTP/AVP', 'TCP/RTP/AVP'),
    formats: fc.array(word, { maxLength: 4 }),
    address: fc.option(address, { nil: undefined }),
    attributes: fc.array(attribute, { maxLength: 4 }),
  });
  const description = record({
    origin: record({ username: word, sessionId: word, sessionVersion: word, address }),
    sessionName: word,
    uri: fc.option(word, { nil: undefined }),
    address: fc.option(address, { nil: undefined }),
    timing: record({ startS: fc.nat(), endS: fc.nat() }),
    attributes: fc.array(attribute, { maxLength: 4 }),
    media: fc.array(medium, { minLength: 1, maxLength: 4 }),
    y: fc.option(word, { nil: undefined }),
    f: fc.option(word, { nil: undefined }),
  });

  it('is identity', () => {
    fc.assert(
      fc.property(description, (sdp) => {
        const written = serialiseSdp(sdp);
        assert.ok(written.ok);
        assert.deepEqual(parsed(written.text), sdp);
      }),
    );
  });
});
