import assert from 'node:assert/strict';
import type { SipMessage } from '../../../bff/sip-parser-lite/src/index.ts';
import { parsed, plainAddress, plainMessage } from '../../support/sip/plain-message.ts';

const START = 'MESSAGE sip:a@b SIP/2.0';
const VIA = 'Via: SIP/2.0/UDP h;branch=z9hG4bK1';
const OTHERS = ['From: <sip:f@b>;tag=1', 'To: <sip:t@b>', 'Call-ID: c', 'CSeq: 7 MESSAGE'];

/** A request with these lines behind the usual ones. */
function request(...lines: readonly string[]): SipMessage {
  return parsed([START, VIA, ...OTHERS, ...lines, 'Content-Length: 0', '', ''].join('\r\n'));
}

/** A request of these lines only. */
function bare(...lines: readonly string[]): SipMessage {
  return parsed([START, ...lines, '', ''].join('\r\n'));
}

describe('names of header fields', () => {
  const COMPACT: readonly (readonly [string, string, string])[] = [
    ['v', 'Via', 'SIP/2.0/UDP h;branch=z9hG4bK1'],
    ['f', 'From', '<sip:f@b>;tag=1'],
    ['t', 'To', '<sip:t@b>'],
    ['i', 'Call-ID', 'c'],
    ['m', 'Contact', '<sip:m@b>'],
    ['l', 'Content-Length', '0'],
    ['c', 'Content-Type', 'Application/SDP'],
    ['s', 'Subject', 'x:1,y:1'],
    ['k', 'Supported', 'timer'],
    ['e', 'Content-Encoding', 'gzip'],
    ['o', 'Event', 'Catalog'],
    ['u', 'Allow-Events', 'presence'],
    ['r', 'Refer-To', '<sip:r@b>'],
    ['b', 'Referred-By', '<sip:b@b>'],
    ['x', 'Session-Expires', '90'],
    ['a', 'Accept-Contact', '*'],
    ['j', 'Reject-Contact', '*'],
    ['d', 'Request-Disposition', 'proxy'],
    ['n', 'Identity-Info', '<http://x>'],
    ['y', 'Identity', '"x"'],
  ];
  for (const [compact, long, value] of COMPACT) {
    it(`${compact} is ${long} (RFC 3261 §7.3.3)`, () => {
      const message = bare(`${compact}: ${value}`);
      for (const name of [long, long.toLowerCase(), long.toUpperCase(), compact, compact.toUpperCase()]) {
        assert.equal(message.header(name), value, name);
        assert.deepEqual(message.headerValues(name), [value], name);
      }
      assert.deepEqual(message.headers, [{ name: compact, value }]);
    });
  }

  it('in compact form and any case give the same message as the long ones', () => {
    const long = parsed(
      [START, VIA, ...OTHERS, 'Contact: <sip:m@b>', 'Content-Type: a/b', 'Content-Length: 0', '', ''].join(
        '\r\n',
      ),
    );
    const compact = bare(
      'v: SIP/2.0/UDP h;branch=z9hG4bK1',
      'F: <sip:f@b>;tag=1',
      'T: <sip:t@b>',
      'i: c',
      'cseq: 7 MESSAGE',
      'm: <sip:m@b>',
      'C: a/b',
      'l: 0',
    );
    assert.deepEqual({ ...plainMessage(compact), headers: [] }, { ...plainMessage(long), headers: [] });
  });

  it('may have blanks before the colon (RFC 3261 §7.3.1)', () => {
    assert.deepEqual(bare('Subject \t : x').headers, [{ name: 'Subject', value: 'x' }]);
    assert.equal(bare('CSeq : 7 MESSAGE').cSeq?.sequence, 7);
  });

  it('that nobody knows are kept as they are, with their values', () => {
    const message = request("X-!%*_+`'~.9: ;;,,;", 'X-Empty:');
    assert.equal(message.header("x-!%*_+`'~.9"), ';;,,;');
    assert.equal(message.header('X-Empty'), '');
    assert.equal(message.header('X-Missing'), undefined);
    assert.deepEqual(message.headerValues('X-Missing'), []);
  });
});

describe('values of header fields', () => {
  it('may be folded: the line end and the blanks around it are one SP (RFC 3261 §7.3.1)', () => {
    const message = request('Subject: I know\r\n  you are there,\r\n\t\tpick up', 'X-A:\r\n b');
    assert.equal(message.header('Subject'), 'I know you are there, pick up');
    assert.equal(message.header('X-A'), 'b');
  });

  it('may be folded in every field that is read', () => {
    const folded = bare(
      'Via: SIP/2.0/UDP\r\n h\r\n ;branch=z9hG4bK1',
      'From:\r\n <sip:f@b>\r\n\t;tag=1',
      'To: <sip:t@b>\r\n ',
      'Call-ID:\r\n c',
      'CSeq: 7\r\n MESSAGE',
      'Content-Length:\r\n 0',
    );
    assert.deepEqual({ ...plainMessage(folded), headers: [] }, { ...plainMessage(request()), headers: [] });
  });

  it('are trimmed of SP and HTAB', () => {
    assert.equal(request('Subject: \t x y \t ').header('Subject'), 'x y');
  });

  it('come one to a line or several, divided at top-level commas (RFC 3261 §7.3.1)', () => {
    const message = request(
      'Contact: "a, b" <sip:a,1@b;x=y>;q="0,5" , <sip:c@d>',
      'Allow: INVITE, ACK',
      'Allow:',
      'm: sip:e@f',
      'Allow: BYE,,OPTIONS',
    );
    assert.deepEqual(
      message.contacts.map(plainAddress).map((address) => address?.['displayName']),
      ['a, b', '', ''],
    );
    assert.deepEqual(
      message.contacts.map(({ uri }) => uri.user),
      ['a,1', 'c', 'e'],
    );
    assert.deepEqual(message.headerValues('Contact'), [
      '"a, b" <sip:a,1@b;x=y>;q="0,5"',
      '<sip:c@d>',
      'sip:e@f',
    ]);
    assert.equal(message.header('Contact'), '"a, b" <sip:a,1@b;x=y>;q="0,5"');
    assert.deepEqual(message.headerValues('Allow'), ['INVITE', 'ACK', 'BYE', 'OPTIONS']);
    assert.equal(message.header('Allow'), 'INVITE');
  });

  it('with commas that divide nothing stay whole', () => {
    const message = request(
      'Date: Sat, 13 Nov 2010 23:29:00 GMT',
      'Subject: a:1,b:1',
      'Authorization: Digest a="1", b="2"',
    );
    assert.deepEqual(message.headerValues('Date'), ['Sat, 13 Nov 2010 23:29:00 GMT']);
    assert.equal(message.header('Subject'), 'a:1,b:1');
    assert.equal(message.header('Authorization'), 'Digest a="1", b="2"');
  });

  it('that are malformed elements of a list are left out', () => {
    assert.deepEqual(
      request('Contact: <sip:a@b>, "x, <sip:c@d>').contacts.map(({ uri }) => uri.user),
      ['a'],
    );
    assert.deepEqual(request('Contact: x').contacts, []);
  });

  it('of several Via stand in order, the first line first (RFC 3261 §20.42)', () => {
    const message = request('v: SIP/2.0/UDP p, SIP/2.0/TCP q;branch=2', 'Via: SIP/2.0/TLS r');
    assert.deepEqual(
      message.vias.map(({ host }) => host),
      ['h', 'p', 'q', 'r'],
    );
    assert.equal(message.topVia?.branch, 'z9hG4bK1');
    assert.equal(message.headerValues('Via').length, 4);
  });

  it('with two Via in the first line have the first for the top one', () => {
    const message = bare('Via: SIP/2.0/UDP p;x="a,b", SIP/2.0/TCP q');
    assert.deepEqual(
      [message.topVia?.host, message.vias.length, message.header('Via')],
      ['p', 2, 'SIP/2.0/UDP p;x="a,b"'],
    );
  });

  it('of a Contact that is a star mean all (RFC 3261 §10.2.2)', () => {
    assert.equal(request('Contact: *').contactIsStar, true);
    assert.equal(request('m:  * ').contactIsStar, true);
    assert.equal(request('Contact: <sip:*@b>').contactIsStar, false);
    assert.equal(request().contactIsStar, false);
    assert.deepEqual(request('Contact: *').contacts, []);
  });

  const numbers: readonly (readonly [string, string, number | undefined, number | undefined])[] = [
    // text, why, as Expires, as Max-Forwards
    ['70', 'is a number', 70, 70],
    ['0', 'is one too', 0, 0],
    ['0070', 'may have zeros before it', 70, 70],
    ['255', 'is the most that Max-Forwards may be (RFC 3261 §20.22)', 255, 255],
    ['256', 'is above it', 256, undefined],
    ['4294967295', 'is the most that Expires may be (RFC 3261 §20.19)', 4_294_967_295, undefined],
    ['4294967296', 'is above it and does not wrap around', undefined, undefined],
    ['10000000000000000000000000000000', 'does not wrap around either', undefined, undefined],
    ['-1', 'has a sign', undefined, undefined],
    ['1.5', 'is no whole number', undefined, undefined],
    ['1 2', 'is two', undefined, undefined],
    ['0x10', 'is not decimal', undefined, undefined],
    ['', 'is empty', undefined, undefined],
  ];
  for (const [text, why, expires, maxForwards] of numbers) {
    it(`${JSON.stringify(text)} as a number ${why}`, () => {
      const message = request(`Expires: ${text}`, `Max-Forwards: ${text}`);
      assert.deepEqual([message.expires, message.maxForwards], [expires, maxForwards]);
    });
  }

  it('of which the first counts where one is asked for', () => {
    const message = request(
      'Expires: 60',
      'X-A: 1',
      'Expires: 30',
      'Max-Forwards: 5',
      'Max-Forwards: 6',
      'X-A: 2',
    );
    assert.deepEqual([message.expires, message.maxForwards, message.header('X-A')], [60, 5, '1']);
    assert.deepEqual(message.headerValues('X-A'), ['1', '2']);
  });

  const types: readonly (readonly [string, string])[] = [
    ['Application/MANSCDP+xml', 'application/manscdp+xml'],
    ['APPLICATION/SDP', 'application/sdp'],
    ['application/sdp', 'application/sdp'],
    ['text/xml ; charset=GB2312', 'text/xml'],
    ['text/xml;charset=GB2312', 'text/xml'],
    ['multipart/mixed;boundary="a;b"', 'multipart/mixed'],
  ];
  for (const [text, type] of types) {
    it(`${text} as a media type is ${type}`, () => {
      assert.equal(request(`Content-Type: ${text}`).contentType, type);
      assert.equal(bare(`c: ${text}`).contentType, type);
    });
  }

  const dates = ['Fri, 01 Jan 2010 16:00:00 EST', '2026-01-15T10:20:30.123', 'yesterday', '', '\xff\xfe'];
  for (const date of dates) {
    it(`Date: ${JSON.stringify(date)} is no reason to refuse a message, and is kept`, () => {
      const message = parsed(
        Buffer.from([START, VIA, ...OTHERS, `Date: ${date}`, '', ''].join('\r\n'), 'latin1'),
      );
      assert.equal(message.header('Date')?.length, date.length);
      assert.deepEqual(message.repairs, []);
    });
  }

  it('that are UTF-8 are decoded; octets that are none are kept one by one', () => {
    const text = Buffer.concat([
      Buffer.from(`${START}\r\n${VIA}\r\nFrom: "大门" <sip:f@b>\r\nTo: "`),
      Buffer.from([0xb4, 0xf3, 0xc3, 0xc5, 0xff]),
      Buffer.from('" <sip:t@b>\r\nSubject: ö\r\n\r\n'),
    ]);
    const message = parsed(text);
    assert.equal(message.from?.displayName, '大门');
    assert.equal(message.header('Subject'), 'ö');
    assert.deepEqual(
      Array.from(message.to?.displayName ?? '', (character) => character.charCodeAt(0)),
      [0xdcb4, 0xdcf3, 0xdcc3, 0xdcc5, 0xdcff],
    );
  });
});

describe('CSeq (RFC 3261 §20.16)', () => {
  const good: readonly (readonly [string, number, string])[] = [
    ['20 MESSAGE', 20, 'MESSAGE'],
    ['0 INVITE', 0, 'INVITE'],
    ['0009\tINVITE', 9, 'INVITE'],
    ['4294967295 ACK', 4_294_967_295, 'ACK'],
    ['1 message', 1, 'MESSAGE'],
    ['1 Foo', 1, 'Foo'],
    [' 1  BYE ', 1, 'BYE'],
  ];
  for (const [text, sequence, method] of good) {
    it(`${JSON.stringify(text)} is ${sequence} and ${method}`, () => {
      assert.deepEqual(bare(`CSeq: ${text}`).cSeq, { sequence, method });
    });
  }
});
