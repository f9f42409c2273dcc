import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseMessage, type SipRequest } from '../../../../bff/sip-parser-lite/src/index.ts';
import { hasTag, replyBytes } from '../../../../bff/src/sip/message/reply-bytes.ts';
import { aFlow, aRequest, asResponse, requestText } from '../../../support/sip/messages.ts';

const FLOW = aFlow();

function reply(
  request: SipRequest,
  status = 200,
  toTag = 'p1',
  options?: Parameters<typeof replyBytes>[3],
): string {
  return replyBytes({ request, flow: FLOW }, status, toTag, options).toString('latin1');
}

describe('replyBytes (RFC 3261 §8.2.6)', () => {
  it('copies Via, From, To, Call-ID and CSeq as they came, and stamps the top Via', () => {
    assert.equal(
      reply(aRequest()),
      [
        'SIP/2.0 200 OK',
        'Via: SIP/2.0/UDP 192.168.1.64:5060;rport=31044;received=198.51.100.7;branch=z9hG4bK1',
        'From: <sip:34020000001180000001@3402000000>;tag=d1',
        'To: <sip:34020000002000000001@3402000000>;tag=p1',
        'Call-ID: 1@192.168.1.64',
        'CSeq: 20 MESSAGE',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('copies every Via in order, and stamps the first alone', () => {
    const request = aRequest({
      via: 'SIP/2.0/UDP a:1;branch=z9hG4bKa, SIP/2.0/UDP b:2;branch=z9hG4bKb',
      headers: ['v: SIP/2.0/UDP c:3;rport;branch=z9hG4bKc'],
    });
    assert.deepEqual(asResponse(reply(request)).headerValues('Via'), [
      'SIP/2.0/UDP a:1;branch=z9hG4bKa;received=198.51.100.7',
      'SIP/2.0/UDP b:2;branch=z9hG4bKb',
      'SIP/2.0/UDP c:3;rport;branch=z9hG4bKc',
    ]);
  });

  it('keeps a To tag that is there, and puts none behind a To for which there is none', () => {
    assert.match(reply(aRequest({ to: '<sip:a@b>;tag=theirs' })), /^To: <sip:a@b>;tag=theirs\r$/m);
    assert.match(reply(aRequest({ to: '<sip:a@b>' }), 100, ''), /^To: <sip:a@b>\r$/m);
  });

  it('leaves out what the request lacks', () => {
    const parsed = parseMessage(Buffer.from('INFO sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n\r\n'));
    assert.ok(parsed.ok && parsed.message.kind === 'request');
    assert.equal(
      reply(parsed.message, 400),
      'SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/UDP a;received=198.51.100.7\r\nContent-Length: 0\r\n\r\n',
    );
  });

  it('copies Timestamp into a 100 (§8.2.6.1)', () => {
    const invite = aRequest({ method: 'INVITE', headers: ['Timestamp: 54'] });
    assert.match(reply(invite, 100, ''), /^Timestamp: 54\r$/m);
    assert.doesNotMatch(reply(invite, 200), /^Timestamp/m);
  });

  it('copies Record-Route where a dialog is made, and nowhere else (§12.1.1)', () => {
    const headers = ['Record-Route: <sip:a;lr>, <sip:b;lr>', 'Record-Route: <sip:c;lr>'];
    const routes = (method: string, status: number): readonly string[] =>
      asResponse(reply(aRequest({ method, headers }), status)).headerValues('Record-Route');
    assert.deepEqual(routes('INVITE', 200), ['<sip:a;lr>', '<sip:b;lr>', '<sip:c;lr>']);
    assert.deepEqual(routes('INVITE', 180).length, 3);
    for (const [method, status] of [
      ['INVITE', 100],
      ['INVITE', 486],
      ['MESSAGE', 200],
    ] as const)
      assert.deepEqual(routes(method, status), []);
  });

  it('gives octets that are no UTF-8 back as they came', () => {
    const name = Buffer.from([0xc7, 0xb0, 0xc3, 0xc5]);
    const [head = '', tail = ''] = requestText({ from: '"@NAME@" <sip:a@b>;tag=1' }).split('@NAME@');
    const parsed = parseMessage(Buffer.concat([Buffer.from(head), name, Buffer.from(tail)]));
    assert.ok(parsed.ok && parsed.message.kind === 'request');
    const bytes = replyBytes({ request: parsed.message, flow: FLOW }, 200, 'p1', { body: Buffer.from('x') });
    assert.ok(bytes.includes(Buffer.concat([Buffer.from('From: "'), name, Buffer.from('" <sip:a@b>')])));
    assert.equal(Buffer.from(asResponse(bytes).body).toString(), 'x');
  });

  it('answers every message of the fixtures by one that can be read and belongs to it', () => {
    const folder = 'tests/fixtures/gb28181';
    let answered = 0;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.sip'))) {
      const parsed = parseMessage(readFileSync(`${folder}/${file}`));
      if (!parsed.ok || parsed.message.kind !== 'request') continue;
      const response = asResponse(replyBytes({ request: parsed.message, flow: FLOW }, 200, 'p1', undefined));
      assert.deepEqual([response.callId, response.cSeq], [parsed.message.callId, parsed.message.cSeq], file);
      assert.equal(response.topVia?.branch, parsed.message.topVia?.branch, file);
      assert.ok(response.to?.params.get('tag'), file);
      answered += 1;
    }
    assert.ok(answered > 60, String(answered));
  });

  it('never breaks a line and never throws, whatever octets a request that can be read is made of', () => {
    const octets = fc.uint8Array({ maxLength: 40 });
    const place = fc.constantFrom('From', 'To', 'Call-ID', 'Via', 'CSeq', 'Record-Route', 'Timestamp');
    fc.assert(
      fc.property(place, octets, fc.constantFrom(100, 200, 404), (name, dirt, status) => {
        const text = requestText({ method: 'INVITE', headers: ['Record-Route: <sip:r;lr>', 'Timestamp: 1'] });
        const at = text.indexOf(`${name}: `) + name.length + 2;
        const bytes = Buffer.concat([Buffer.from(text.slice(0, at)), dirt, Buffer.from(text.slice(at))]);
        const parsed = parseMessage(bytes);
        if (!parsed.ok || parsed.message.kind !== 'request') return;
        const answer = replyBytes({ request: parsed.message, flow: FLOW }, status, 'p1', undefined);
        const response = asResponse(answer);
        assert.equal(response.status, status);
        const names = new Set(response.headers.map((header) => header.name));
        for (const written of names)
          assert.ok(
            ['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Record-Route', 'Timestamp', 'Content-Length'].includes(
              written,
            ),
            written,
          );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('hasTag', () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ['<sip:a@b>;tag=x', true],
    ['sip:a@b;tag=x', true],
    ['<sip:a@b> ; TAG = x', true],
    ['<sip:a@b>', false],
    ['<sip:a@b;tag=x>', false],
    ['"; tag=x" <sip:a@b>', false],
    ['<sip:a@b>;tag=', false],
    ['<sip:a@b>;tagged=x', false],
  ];
  for (const [to, expected] of rows) {
    it(`${to}: ${expected ? 'has one' : 'has none'}`, () => {
      assert.equal(hasTag(aRequest({ to }), to), expected);
    });
  }
});
