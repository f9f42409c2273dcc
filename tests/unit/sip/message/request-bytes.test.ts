import assert from 'node:assert/strict';
import fc from 'fast-check';
import { requestBytes, type RequestParts } from '../../../../bff/src/sip/message/request-bytes.ts';
import { asRequest } from '../../../support/sip/messages.ts';

const PARTS: RequestParts = {
  method: 'MESSAGE',
  requestUri: 'sip:cam@198.51.100.7',
  via: 'SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK1',
  from: '<sip:us@x>;tag=u1',
  to: '<sip:cam@x>',
  callId: 'c1',
  sequence: 3,
};

function written(over: Partial<RequestParts> = {}): string {
  const bytes = requestBytes({ ...PARTS, ...over });
  assert.ok(bytes instanceof Uint8Array, String(bytes));
  return Buffer.from(bytes).toString();
}

describe('requestBytes (RFC 3261 §8.1.1)', () => {
  it('writes what every request must have', () => {
    assert.equal(
      written(),
      [
        'MESSAGE sip:cam@198.51.100.7 SIP/2.0',
        'Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK1',
        'From: <sip:us@x>;tag=u1',
        'To: <sip:cam@x>',
        'Call-ID: c1',
        'CSeq: 3 MESSAGE',
        'Max-Forwards: 70',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('writes routes, contact, type and body', () => {
    const text = written({
      routes: ['<sip:a;lr>', '<sip:b;lr>'],
      contact: '<sip:us@192.0.2.1>',
      userAgent: 'Yimu',
      contentType: 'application/sdp',
      body: Buffer.from('v=0'),
    });
    const request = asRequest(text);
    assert.deepEqual(request.headerValues('Route'), ['<sip:a;lr>', '<sip:b;lr>']);
    assert.deepEqual(
      [request.header('Contact'), request.header('User-Agent'), request.contentType, request.contentLength],
      ['<sip:us@192.0.2.1>', 'Yimu', 'application/sdp', 3],
    );
  });

  const replacing: readonly (readonly [string, string])[] = [
    ['Contact', 'Contact'],
    ['m', 'Contact'],
    ['max-forwards', 'Max-Forwards'],
    ['USER-AGENT', 'User-Agent'],
    ['c', 'Content-Type'],
  ];
  for (const [name, long] of replacing) {
    it(`lets ${name} of the caller replace ours`, () => {
      const text = written({
        contact: '<sip:us@y>',
        userAgent: 'Yimu',
        contentType: 'a/b',
        headers: [{ name, value: '7' }],
      });
      assert.deepEqual(asRequest(text).headerValues(long), ['7']);
    });
  }

  it('gives an Error for what cannot be written', () => {
    const broken: readonly Partial<RequestParts>[] = [
      { to: '<sip:a>\r\nX: y' },
      { callId: 'a\nb' },
      { method: 'A B' },
      { requestUri: 'sip:a b' },
      { headers: [{ name: 'X Y', value: '' }] },
      { headers: [{ name: 'X', value: '\r\n' }] },
      { contentType: 'a\r\n' },
      { body: Buffer.from('x'), from: '\0' },
    ];
    for (const over of broken)
      assert.ok(requestBytes({ ...PARTS, ...over }) instanceof Error, JSON.stringify(over));
  });

  it('never throws and never writes a line that was not meant, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('to', 'from', 'callId', 'via', 'contact', 'userAgent', 'contentType'),
        fc.string({ unit: 'binary' }),
        (name, value) => {
          const bytes = requestBytes({ ...PARTS, [name]: value });
          if (bytes instanceof Error) return;
          assert.ok(Buffer.from(bytes).toString('latin1').split('\r\n').length <= 12);
        },
      ),
    );
  });
});
