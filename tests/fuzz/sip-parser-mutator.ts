import type { Chance } from './chance.ts';

/** Lines that mean something to a SIP parser, whatever they stand beside. */
const LINES: readonly string[] = [
  'MESSAGE sip:34020000002000000001@3402000000 SIP/2.0',
  'REGISTER sip:a@b SIP/2.0',
  'message  <sip:a@b>  SIP/2.0 ',
  'SIP/2.0 200 OK',
  'SIP/2.0 100',
  'GET / HTTP/1.1',
  'Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK3906839414',
  'v: SIP / 2.0 / TCP [2001:db8::1]:5060 ;branch="a,b";rport=5061;received=10.0.0.1, SIP/2.0/UDP h',
  'Via: SIP/2.0/UDP h;;',
  'From: <sip:34020000001180000001@3402000000>;tag=1804289383',
  'f: "a \\"b\\" <c>, d" <sip:a:b@c;lr?x=y>;TAG=1;x',
  'To: sip:a@b;tag=1',
  'T : "x',
  'Call-ID: 88140255@192.168.1.64',
  'i:',
  'CSeq: 20 MESSAGE',
  'cseq:  4294967296 message',
  'Contact: <sip:a@10.0.0.1:5060>;expires=60, "q,r" <sip:c@d>',
  'm: *',
  'Content-Type: Application/MANSCDP+xml',
  'c: multipart/mixed;boundary="a;b"',
  'Content-Length: 0',
  'Content-Length:   186',
  'l: 5',
  'l: -1',
  'l: 99999999999999999999',
  'Authorization: Digest username="1", realm="r", nonce="n", uri="sip:a@b", response="0f", algorithm=MD5',
  'Authorization: Digest realm="a", realm="b"',
  'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", Basic realm="x"',
  'Max-Forwards: 70',
  'Expires: 3600',
  'User-Agent: IP Camera',
  'Route: <sip:a@b;lr>',
  'Record-Route: <sip:a@b;lr>,<sip:c@d>',
  'Require: a, b',
  'Subject: folded\r\n  on\r\n\tthree lines',
  'X-\xb4\xf3: \xc3\xc5',
  'X: \\\0 \0',
  ': nothing',
  '',
  ' ',
];

/** What stands inside lines. */
const WORDS: readonly string[] = [
  ...[
    ' ',
    '\t',
    '\r\n',
    '\n',
    '\r',
    '\r\n ',
    '\r\n\r\n',
    '\0',
    '\\',
    '"',
    '""',
    '\\"',
    '<',
    '>',
    '@',
    ':',
    ';',
    ',',
    '?',
    '=',
    '%',
    '%00',
    '%E5%A4%A7',
    '/',
    '[',
    ']',
    '*',
  ],
  ...[
    'sip:',
    'sips:',
    'tel:',
    'SIP/2.0',
    'SIP/2.0/UDP ',
    ';tag=',
    ';branch=',
    ';rport',
    ';rport=0',
    ';received=',
    ';lr',
    '=auth',
    ', ',
    'z9hG4bK',
  ],
  ...[
    '0',
    '1',
    '255',
    '256',
    '65535',
    '65536',
    '4294967295',
    '4294967296',
    '00000000000000000000',
    '99999999999999999999',
  ],
  ...[
    '\x7f',
    '\x80',
    '\xff',
    '\xe5\xa4\xa7',
    '\xb4\xf3',
    '\xed\xa0\x80',
    '\xf0\x9f\x98\x80',
    '34020000001180000001',
    'a'.repeat(300),
  ],
];

const BOUNDARY = '\r\n\r\n';
const MAX_BYTES = 4_096;

/** A few changes of one of the inputs: of its lines, of what stands in them, of its octets. */
export function mutateSip(inputs: readonly Uint8Array[], chance: Chance): Buffer {
  let text = Buffer.from(chance.of(inputs)).toString('latin1');
  for (let count = 1 + chance.below(5); count > 0; count -= 1)
    text =
      chance.below(2) === 0 ? withOtherLines(text, inputs, chance) : withOtherOctets(text, inputs, chance);
  return Buffer.from(text.slice(0, MAX_BYTES), 'latin1');
}

/** Changes of the lines of the head. */
function withOtherLines(text: string, inputs: readonly Uint8Array[], chance: Chance): string {
  const end = text.indexOf(BOUNDARY);
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? '' : text.slice(end);
  const lines = head.split('\r\n');
  const at = chance.below(lines.length);
  const line = lines[at] ?? '';
  switch (chance.below(10)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, line);
      break;
    case 2:
      lines.splice(chance.below(lines.length), 0, ...lines.splice(at, 1));
      break;
    case 3:
      lines.splice(at, 0, chance.of(LINES));
      break;
    case 4:
      lines[at] = chance.of(LINES);
      break;
    case 5:
      lines[at] = line.replace(/^[^:]*/, (name) =>
        chance.below(2) === 0 ? name.toLowerCase() : name.toUpperCase(),
      );
      break;
    case 6:
      lines[at] = line.replaceAll(' ', chance.of(['\r\n ', '  ', '\t', '']));
      break;
    case 7:
      lines[at] = line.replace(/\d+/, chance.of(WORDS));
      break;
    case 8:
      return lines.join(chance.of(['\n', '\r', '\r\n'])) + body;
    default:
      lines[at] = chance.of(Buffer.from(chance.of(inputs)).toString('latin1').split('\r\n'));
  }
  return lines.join('\r\n') + body;
}

/** Changes at any place. */
function withOtherOctets(text: string, inputs: readonly Uint8Array[], chance: Chance): string {
  const at = chance.below(text.length + 1);
  const end = Math.min(text.length, at + 1 + chance.below(chance.below(4) === 0 ? 200 : 6));
  const before = text.slice(0, at);
  switch (chance.below(8)) {
    case 0:
      return before + chance.of(WORDS) + text.slice(at);
    case 1:
      return before + chance.of(WORDS) + text.slice(end);
    case 2:
      return before + text.slice(end);
    case 3:
      return before + text.slice(at, end) + text.slice(at);
    case 4:
      return before + String.fromCharCode(chance.below(256)) + text.slice(at + 1);
    case 5:
      return before;
    case 6:
      return text + Buffer.from(chance.of(inputs)).toString('latin1');
    default:
      return chance.of(['\r\n', '\r\n\r\n', '\0\0', '\xff', 'x\r\n', ' ']) + text;
  }
}
