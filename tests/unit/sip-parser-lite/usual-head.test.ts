import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_LIMITS, parseMessage } from '../../../bff/sip-parser-lite/src/index.ts';
import { UsualHead } from '../../../bff/sip-parser-lite/src/usual-head.ts';
import { readHead } from '../../../bff/sip-parser-lite/src/read-head.ts';
import { fixture, fixtureNames } from '../../support/sip/fixtures.ts';
import { parsed, plainMessage } from '../../support/sip/plain-message.ts';

/** With so few lines allowed they would have to be counted: the grammars read everything. */
const BY_GRAMMAR = { ...DEFAULT_LIMITS, maxHeaders: 255 };

/** What either way of reading makes of the same octets. */
function read(bytes: Buffer, limits = DEFAULT_LIMITS): unknown {
  const result = parseMessage(bytes, limits);
  return result.ok ? plainMessage(result.message) : result.error;
}

function assertSameByGrammar(bytes: Buffer): void {
  assert.deepEqual(read(bytes), read(bytes, BY_GRAMMAR), bytes.toString('latin1'));
}

/** How much of a message has the usual form. */
function formOf(bytes: Buffer): 'usual' | 'usual beginning' | 'other' {
  const head = readHead(bytes, 0, DEFAULT_LIMITS);
  if (head instanceof UsualHead) return 'usual';
  return head.usual === undefined ? 'other' : 'usual beginning';
}

const FILES = ['gb28181', 'captured'].flatMap((folder) =>
  fixtureNames(folder, '.sip').map((name) => `${folder}/${name}`),
);

const REQUEST = [
  'MESSAGE sip:34020000002000000001@3402000000 SIP/2.0',
  'Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK3906839414',
  'From: <sip:34020000001180000001@3402000000>;tag=1804289383',
  'To: <sip:34020000002000000001@3402000000>',
  'Call-ID: 88140255@192.168.1.64',
  'CSeq: 20 MESSAGE',
];

function message(lines: readonly string[], tail: readonly string[] = ['Content-Length: 0']): Buffer {
  return Buffer.from([...lines, ...tail, '', ''].join('\r\n'), 'latin1');
}

describe('a head of the usual form', () => {
  it('is what nearly all messages of the fixtures have', () => {
    const forms = FILES.map((file) => formOf(fixture(file)));
    assert.ok(forms.filter((form) => form === 'usual').length > 0.95 * forms.length);
    assert.ok(forms.includes('usual beginning') && forms.includes('other'));
  });

  for (const folder of ['gb28181', 'captured', 'rfc4475']) {
    it(`reads as the grammars read it, in every message of ${folder}`, () => {
      for (const name of fixtureNames(folder, folder === 'rfc4475' ? '.dat' : '.sip'))
        assertSameByGrammar(fixture(`${folder}/${name}`));
    });
  }

  const variants: readonly (readonly [string, 'usual' | 'usual beginning' | 'other', Buffer])[] = [
    ['as it is', 'usual', message(REQUEST)],
    ['nothing behind CSeq', 'usual', message(REQUEST, [])],
    [
      'Max-Forwards and Route behind Via',
      'usual',
      message([...REQUEST.slice(0, 2), 'Max-Forwards: 70', 'Route: <sip:a@b;lr>', ...REQUEST.slice(2)]),
    ],
    [
      'rport behind the branch',
      'usual',
      message(REQUEST.map((line) => line.replace(/;rport(;.*)/, '$1;rport'))),
    ],
    [
      'rport filled in before the branch',
      'usual',
      message(REQUEST.map((line) => line.replace('rport', 'rport=5061'))),
    ],
    [
      'rport before the branch and behind it',
      'usual',
      message(REQUEST.map((line) => line.replace('9414', '9414;rport=5061'))),
    ],
    [
      'received before rport',
      'usual',
      message(REQUEST.map((line) => line.replace(';rport', ';received=10.0.0.1;rport=5061'))),
    ],
    ['no rport', 'usual', message(REQUEST.map((line) => line.replace(';rport', '')))],
    ['rport of 0', 'usual', message(REQUEST.map((line) => line.replace('rport', 'rport=0')))],
    [
      'TCP without a port',
      'usual',
      message(REQUEST.map((line) => line.replace('UDP 192.168.1.64:5060', 'TCP 192.168.1.64'))),
    ],
    [
      'a user of letters',
      'usual',
      message(REQUEST.map((line) => line.replace('34020000001180000001', 'alice;a=1'))),
    ],
    [
      'a user of 21 digits',
      'usual',
      message(REQUEST.map((line) => line.replace('34020000001180000001', '340200000011800000011'))),
    ],
    [
      'a user of 20 digits and a letter',
      'usual',
      message(REQUEST.map((line) => line.replace('34020000001180000001', '34020000001180000001a'))),
    ],
    [
      'ports in the addresses',
      'usual',
      message(REQUEST.map((line) => line.replace('@3402000000>', '@10.0.0.1:65535>'))),
    ],
    [
      'a Contact with expires',
      'usual',
      message(REQUEST, ['Contact: <sip:a@10.0.0.1:5060>;expires=60', 'Expires: 30']),
    ],
    [
      'lines that are passed over',
      'usual',
      message(REQUEST, [
        'User-Agent: A, B ',
        'Date: today',
        'Event: Catalog',
        'Expires: 5',
        'Subject: x',
        'Content-Length: 0',
      ]),
    ],
    ['a media type of its own', 'usual', message(REQUEST, ['Content-Type: Text/XML', 'Content-Length: 0'])],
    ['a right-aligned length', 'usual', message(REQUEST, ['Content-Length:    0'])],
    [
      'a header that is not passed over',
      'usual beginning',
      message(REQUEST, ['Require: a, b', 'Content-Length: 0']),
    ],
    [
      'a media type with a parameter',
      'usual beginning',
      message(REQUEST, ['Content-Type: text/xml;charset=x', 'Content-Length: 0']),
    ],
    [
      'a second Via',
      'usual beginning',
      message(REQUEST, ['Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK2', 'Content-Length: 0']),
    ],
    ['a second From', 'usual beginning', message(REQUEST, ['From: <sip:b@c>;tag=2', 'Content-Length: 0'])],
    [
      'a second Contact',
      'usual beginning',
      message(REQUEST, ['Contact: <sip:a@b>', 'Contact: <sip:c@d>', 'Content-Length: 0']),
    ],
    [
      'two Expires',
      'usual beginning',
      message(REQUEST, ['Expires: 60', 'Require: x', 'Expires: 30', 'Content-Length: 0']),
    ],
    ['two Content-Length', 'usual beginning', message(REQUEST, ['Content-Length: 0', 'Content-Length: 1'])],
    [
      'a folded User-Agent',
      'usual beginning',
      message(REQUEST, ['User-Agent: A', ' B', 'Content-Length: 0']),
    ],
    ['a folded CSeq', 'other', message([...REQUEST, ' '], ['Content-Length: 0'])],
    [
      'Content-Length without an end',
      'usual beginning',
      message(REQUEST, ['Content-Length: 0']).subarray(0, -2),
    ],
    [
      'a port above 65535',
      'other',
      message(REQUEST.map((line) => line.replace('@3402000000>', '@10.0.0.1:65536>'))),
    ],
    ['an unknown Via parameter', 'other', message(REQUEST.map((line) => line.replace(';rport', ';alias')))],
    ['an empty branch', 'other', message(REQUEST.map((line) => line.replace(/branch=.*/, 'branch=')))],
    ['an escaped user', 'other', message(REQUEST.map((line) => line.replace('34020000001180000001', '%41')))],
    ['a password', 'other', message(REQUEST.map((line) => line.replace('34020000001180000001', 'a:b')))],
    ['a display name', 'other', message(REQUEST.map((line) => line.replace('From: <', 'From: "A" <')))],
    [
      'GB 18030 in the Call-ID',
      'other',
      message(REQUEST.map((line) => line.replace('88140255', '\xb4\xf3'))),
    ],
    [
      'another method in CSeq',
      'other',
      message(REQUEST.map((line) => line.replace('20 MESSAGE', '20 INFO'))),
    ],
    ['LF alone', 'other', Buffer.from(message(REQUEST).toString('latin1').replaceAll('\r', ''), 'latin1')],
    ['a NUL behind it', 'usual beginning', message(REQUEST, ['X-A: \0', 'Content-Length: 0'])],
    ['a CR behind it', 'usual beginning', message(REQUEST, ['X-A: a\rb', 'Content-Length: 0'])],
  ];
  for (const [what, form, bytes] of variants) {
    it(`with ${what} reads as the grammars read it (${form})`, () => {
      assert.equal(formOf(bytes), form);
      assertSameByGrammar(bytes);
    });
  }

  it('of which any octet is another reads as the grammars read it', () => {
    const messages = ['r5-register-qop', 'k1-keepalive', 'i3-200', 's3-notify-catalog', 'r4-200'].map(
      (name) => fixture(`gb28181/${name}.sip`),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...messages),
        fc.array(
          fc.tuple(
            fc.nat(700),
            fc.constantFrom(...Array.from(' \t\r\n\0;:,<>"\\@%=/a0Z\x7f\x80')),
            fc.integer({ min: 0, max: 2 }),
          ),
          { minLength: 1, maxLength: 4 },
        ),
        (original, changes) => {
          let text = original.toString('latin1');
          for (const [place, octet, replaced] of changes) {
            const at = place % text.length;
            text = text.slice(0, at) + octet + text.slice(at + replaced);
          }
          assertSameByGrammar(Buffer.from(text, 'latin1'));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('whose lines stand in any order reads as the grammars read it', () => {
    const lines = [
      ...REQUEST.slice(1),
      'Contact: <sip:34020000001180000001@192.168.1.64:5060>',
      'Max-Forwards: 70',
      'User-Agent: IP Camera',
      'Expires: 3600',
      'Expires: 1800',
      'Content-Type: application/sdp',
      'Content-Length: 0',
      'Allow: INVITE, ACK',
      'v: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK2',
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(lines), (chosen) => {
        assertSameByGrammar(message(REQUEST.slice(0, 1), chosen));
      }),
      { numRuns: 500 },
    );
  });

  it('longer than 1024 octets is read by both, and one longer than 512 by a second match', () => {
    const bytes = message(REQUEST, [`User-Agent: ${'A'.repeat(1000)}`, 'Content-Length: 0']);
    assert.equal(formOf(bytes), 'usual beginning');
    const longer = message(REQUEST, [`User-Agent: ${'A'.repeat(400)}`, 'Content-Length: 0']);
    assert.equal(formOf(longer), 'usual');
    assertSameByGrammar(longer);
    assert.equal(parsed(bytes).header('user-agent')?.length, 1000);
    assertSameByGrammar(bytes);
  });

  it('whose line goes on behind what was looked at reads as the grammars read it', () => {
    const fold = message(REQUEST, ['User-Agent: A', ' B', 'Content-Length: 0']);
    const place = fold.indexOf('\r\n B') + 2;
    for (let wanted = 508; wanted <= 1028; wanted++) {
      const name = 'x'.repeat(wanted - place + 1);
      assertSameByGrammar(message(REQUEST, [`User-Agent: ${name}`, ' B', 'Content-Length: 0']));
    }
  });

  it('gives what is asked for twice as the same object', () => {
    const read = parsed(fixture('gb28181/r5-register-qop.sip'));
    assert.equal(read.topVia, read.topVia);
    assert.equal(read.from, read.from);
    assert.equal(read.to?.params, read.to?.params);
    assert.equal(read.contacts, read.contacts);
    assert.equal(read.authorization, read.authorization);
    assert.equal(read.authorization?.params, read.authorization?.params);
    assert.equal(read.vias[0]?.params, read.vias[0]?.params);
    assert.equal(read.headers, read.headers);
  });
});
