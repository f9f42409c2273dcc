import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maskMessage } from '../../../../bff/src/gb28181/trace/mask-message.ts';
import { fixture } from '../fixture.ts';

function message(headers: readonly string[], body = ''): string {
  return ['MESSAGE sip:34020000002000000001@3402000000 SIP/2.0', ...headers, '', body].join('\r\n');
}

describe('masking of SIP messages', () => {
  it('of a proof leaves what explains a failure, and nothing to prove with', () => {
    const masked = maskMessage(fixture('gb28181/r5-register-qop.sip').toString('latin1'));
    for (const secret of ['81c952c591cef0b014c88751303e2a6f', '7f3c1b2a9d604e58a1c0b6d2e8f4a793', '0a4f113b'])
      assert.ok(!masked.includes(secret), secret);
    assert.match(masked, /username="34020000001180000001", realm="3402000000", nonce="\*\*\*"/);
    assert.match(masked, /qop=auth, nc=00000001/);
  });

  it('of a challenge hides its nonce', () => {
    const masked = maskMessage(fixture('gb28181/r2-401.sip').toString('latin1'));
    assert.ok(!masked.includes('7f3c1b2a9d604e58a1c0b6d2e8f4a793'));
    assert.match(masked, /WWW-Authenticate: Digest realm="3402000000", nonce="\*\*\*", algorithm=MD5/);
  });

  it('reaches proofs that are folded, oddly spaced, unquoted, cut off, or of another scheme', () => {
    const masked = maskMessage(
      message([
        'authorization : digest username="1",\r\n\tresponse = "s1\\"s2", cnonce=s3',
        'Proxy-Authorization: Basic czQ6czQ=',
        'Note: Digest nonce="s5", algorithm=MD5',
        'Authentication-Info: nextnonce="s6"',
        'Authorization: Digest response="s7',
      ]),
    );
    assert.ok(!/s[1-7]/.test(masked.replace(/sip|SIP/g, '')), masked);
    assert.ok(!masked.includes('czQ6'));
  });

  it('of a body hides passwords and keeps Content-Length right', () => {
    const body =
      '<Notify>\r\n<LoginName>admin</LoginName>\r\n<Password>geheim-42</Password>\r\n<Name>Tor</Name>\r\n</Notify>';
    const masked = maskMessage(message([`Content-Length: ${String(body.length)}`], body));
    assert.ok(!masked.includes('geheim') && !masked.includes('admin'));
    assert.match(masked, /<Name>Tor<\/Name>/);
    const [head = '', rest = ''] = masked.split('\r\n\r\n');
    assert.match(head, new RegExp(`Content-Length: ${String(rest.length)}$`));
  });

  it('of a body hides passwords however they are written: as CDATA, in a tag of two lines, as attributes', () => {
    const masked = maskMessage(
      message(
        [],
        '<Password><![CDATA[s1]]></Password><Password\r\n a="1">s2</Password><gb:Token>s3</gb:Token>' +
          `<User Name="Tor" password="s4" authKey = 's5'/><UploadURL><![CDATA[http://u:s6@up.example/s7]]></UploadURL>` +
          '<Password><![CDATA[s8',
      ),
    );
    assert.ok(!/s[1-8]/.test(masked), masked);
    assert.match(masked, /<User Name="Tor" password="\*\*\*"/);
  });

  it('of URLs hides users, passwords, parameters, and the whole path of those to fetch or to store at', () => {
    const masked = maskMessage(
      message(
        [],
        '<IPAddress>rtsp://root:s1@192.0.2.7/cam?key=s2</IPAddress><UploadURL>https://u:s3@up.example:8443/once/s4?t=s5</UploadURL><FileURL> http://f.example/s6.bin</FileURL>',
      ),
    );
    assert.ok(!/s[1-6]/.test(masked.replace(/sip|rtsp|https/gi, '')), masked);
    assert.match(masked, /rtsp:\/\/\*\*\*@192\.0\.2\.7\/cam\?\*\*\*</);
    assert.match(masked, /https:\/\/up\.example:8443\/\*\*\*</);
  });

  it('changes nothing of what holds no secret', () => {
    for (const file of [
      'k1-keepalive.sip',
      'i1-invite-play-udp.sip',
      'i3-200.sip',
      'c3-catalog-part1.sip',
      'm4-info-seek.sip',
    ]) {
      const text = fixture(`gb28181/${file}`).toString('latin1');
      assert.equal(maskMessage(text), text, file);
    }
  });

  it('never throws, whatever it is given, and takes long texts in its stride', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof maskMessage(text) === 'string'));
    const heads = [
      '',
      '\r\n\r\n',
      'Authorization: Digest ',
      'WWW-Authenticate: digest\r\n ',
      '\r\n\r\n<Password>',
    ];
    const evils = [
      'a',
      'a-',
      'a ',
      ' ',
      '<a',
      '<password ',
      'a="',
      'password=',
      'a://',
      '\r\n ',
      'sip:a',
      '<![CDATA[',
    ];
    for (const head of heads)
      for (const evil of evils) maskMessage(head + evil.repeat(Math.ceil(16_384 / evil.length)));
  });

  it('takes no longer for a header that is one long word than for one of many parameters, by far', () => {
    const leastMs = (value: string): number =>
      Math.min(
        ...[1, 2, 3].map(() => {
          const startMs = performance.now();
          maskMessage(message([`Authorization: Digest ${value}`]));
          return performance.now() - startMs;
        }),
      );
    const usualMs = leastMs('a=1,'.repeat(4_000));
    for (const word of ['a'.repeat(16_000), 'a-'.repeat(8_000)]) assert.ok(leastMs(word) < 100 * usualMs);
  });
});
