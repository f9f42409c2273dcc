import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readUnreadable } from '../../../../bff/src/sip/message/unreadable-request.ts';

const FIELDS = [
  'Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKa',
  'From: <sip:34020000001180000001@3402000000>;tag=1',
  'To: <sip:34020000002000000001@3402000000>',
  'Call-ID: a@192.0.2.1',
  'CSeq: 1 MESSAGE',
];

function datagram(start: string, lines: readonly string[] = FIELDS): Buffer {
  return Buffer.from(`${start}\r\n${[...lines, 'a line of nothing', '', ''].join('\r\n')}`, 'latin1');
}

describe('what can be answered of a datagram that is no message (RFC 3261 §18.3)', () => {
  it('a request with a broken line is a bad request, whose five fields are copied', () => {
    const found = readUnreadable(
      datagram('MESSAGE sip:a@b SIP/2.0'),
      'header line without a name and a colon',
    );
    assert.equal(found?.status, 400);
    assert.equal(found.request.method, 'MESSAGE');
    for (const field of FIELDS) {
      const [name = '', value] = field.split(': ');
      assert.equal(found.request.header(name), value);
    }
  });

  it('one of another version is told so, whatever the version is', () => {
    for (const version of ['7.0', '3.0', '2.1', '0.9'])
      assert.equal(readUnreadable(datagram(`INVITE sip:a@b SIP/${version}`), '')?.status, 505);
  });

  it('one whose body is too long hears that', () => {
    assert.equal(readUnreadable(datagram('MESSAGE sip:a@b SIP/2.0'), 'body too long')?.status, 413);
  });

  it('compact names and bare line feeds are read', () => {
    const compact = FIELDS.map((line) =>
      line.replace('Via', 'v').replace('From', 'f').replace('To:', 't:').replace('Call-ID', 'i'),
    );
    const text = datagram('MESSAGE sip:a@b SIP/2.0', compact).toString('latin1').replaceAll('\r\n', '\n');
    assert.equal(readUnreadable(Buffer.from(text, 'latin1'), '')?.request.callId, 'a@192.0.2.1');
  });

  const silent: readonly (readonly [string, Buffer])[] = [
    ['an ACK, which nobody answers', datagram('ACK sip:a@b SIP/2.0')],
    ['a response', datagram('SIP/2.0 200 OK')],
    ['rubbish', Buffer.from('rubbish')],
    ['nothing', Buffer.alloc(0)],
    ...FIELDS.map(
      (field) =>
        [
          `a request without ${field.split(':')[0] ?? ''}`,
          datagram(
            'BYE sip:a@b SIP/2.0',
            FIELDS.filter((one) => one !== field),
          ),
        ] as const,
    ),
    ['two Via lines', datagram('BYE sip:a@b SIP/2.0', [...FIELDS, FIELDS[0] ?? ''])],
    ['a folded Via', datagram('BYE sip:a@b SIP/2.0', [...FIELDS.slice(1), FIELDS[0] ?? '', ' ;x=1'])],
    ['a Via that is none', datagram('BYE sip:a@b SIP/2.0', ['Via: nonsense', ...FIELDS.slice(1)])],
    ['a CSeq that is none', datagram('BYE sip:a@b SIP/2.0', [...FIELDS.slice(0, 4), 'CSeq: x'])],
  ];
  for (const [title, bytes] of silent) {
    it(`is dropped: ${title}`, () => {
      assert.equal(readUnreadable(bytes, ''), undefined);
    });
  }

  it('never throws, whatever the octets are', () => {
    const pieces = fc.oneof(
      fc.constantFrom(...FIELDS, 'BYE sip:a@b SIP/2.0', '\r\n', '\n', ' '),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        readUnreadable(Buffer.from(parts.join('\r\n'), 'latin1'), '');
      }),
    );
  });
});
