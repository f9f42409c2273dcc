import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { NameAddr, SipMessage } from '../../../bff/sip-parser-lite/src/index.ts';
import { capturedTexts, fixture, fixtureNames } from '../../support/sip/fixtures.ts';
import { type NaiveAddress, naiveMessage } from '../../support/sip/naive-reader.ts';
import { assertRoundTrip, parsed } from '../../support/sip/plain-message.ts';

function assertAddress(read: NameAddr | undefined, naive: NaiveAddress | undefined): void {
  assert.equal(read?.uri.user, naive?.user);
  assert.equal(read?.uri.host, naive?.host);
  assert.equal(read?.uri.port, naive?.port);
  assert.equal(read?.tag, naive?.tag);
  assert.equal(read?.params.get('tag'), naive?.tag);
}

/** Every field of the message is what one regular expression each finds in its text. */
function assertSameAsText(message: SipMessage, bytes: Buffer): void {
  const naive = naiveMessage(bytes);
  const startLine =
    message.kind === 'request'
      ? `${message.method} ${message.requestUri} SIP/2.0`
      : `SIP/2.0 ${String(message.status)} ${message.reason}`;
  assert.equal(startLine, naive.startLine);
  assert.deepEqual(
    message.headers.map(({ name, value }) => [name, value]),
    naive.headers,
  );
  for (const [name, value] of naive.headers) assert.equal(message.header(name), value, name);
  assert.equal(message.callId, naive.callId);
  assert.equal(`${String(message.cSeq?.sequence)} ${String(message.cSeq?.method)}`, naive.cSeq);
  assertAddress(message.from, naive.from);
  assertAddress(message.to, naive.to);
  assertAddress(message.contacts[0], naive.contact);
  const { transport, host, port, branch, received, rport } = message.topVia ?? {};
  assert.deepEqual({ transport, host, port, branch, received, rport }, naive.via);
  assert.equal(message.vias.length, 1);
  assert.equal(message.expires, naive.expires);
  assert.equal(message.maxForwards, naive.maxForwards);
  assert.equal(message.contentLength, naive.contentLength);
  assert.equal(message.contentType, naive.contentType);
  assert.deepEqual(Buffer.from(message.body), naive.body);
  const digest = message.authorization ?? message.challenges[0];
  assert.deepEqual(digest && new Map(digest.params), naive.digest);
  assert.equal(digest?.realm, naive.digest?.get('realm'));
  assert.equal(digest?.nonce, naive.digest?.get('nonce'));
  assert.equal(digest?.response, naive.digest?.get('response'));
}

describe('the message forms of GB/T 28181', () => {
  const files = fixtureNames('gb28181', '.sip');

  it('are 132', () => {
    assert.equal(files.length, 132);
  });

  for (const file of files) {
    it(`${file} parses to what stands in it, unrepaired, and survives the round trip`, () => {
      const bytes = fixture(`gb28181/${file}`);
      const message = parsed(bytes);
      assert.deepEqual(message.repairs, []);
      assertSameAsText(message, bytes);
      assertRoundTrip(message);
    });
  }
});

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

describe('the messages captured from real devices', () => {
  const messages = capturedTexts().filter(({ file }) => file.endsWith('.sip'));

  it('are all there', () => {
    assert.deepEqual(
      messages.map(({ file }) => file),
      fixtureNames('captured', '.sip'),
    );
  });

  for (const { file, vendor, kind, quirk, contentLength } of messages) {
    it(`${file}, ${kind} of ${vendor}${quirk === '' ? '' : `: ${quirk}`}`, () => {
      const bytes = fixture(`captured/${file}`);
      const message = parsed(bytes);
      assertSameAsText(message, bytes);
      assert.deepEqual(
        [message.contentLength, message.body.length],
        [contentLength?.header, contentLength?.actual],
      );
      assertRoundTrip(message);
    });
  }

  for (const { file, digest } of messages.filter((entry) => entry.digest !== undefined)) {
    it(`${file} carries a proof that verifies with the password that its page names (RFC 2617 §3.2.2.1)`, () => {
      const message = parsed(fixture(`captured/${file}`));
      const { username, realm, nonce, uri, response, qop, nc, cnonce } = message.authorization ?? {};
      const ha1 = md5(`${String(username)}:${String(realm)}:${String(digest?.password)}`);
      const ha2 = md5(`${message.cSeq?.method ?? ''}:${String(uri)}`);
      const middle =
        digest?.qop === null
          ? String(nonce)
          : `${String(nonce)}:${String(nc)}:${String(cnonce)}:${String(qop)}`;
      assert.equal(qop ?? null, digest?.qop);
      assert.equal(response, md5(`${ha1}:${middle}:${ha2}`));
    });
  }
});

describe('what the quirk of a captured message means to its reader', () => {
  const read = (file: string): SipMessage => parsed(fixture(`captured/${file}`));

  it('the device is From.user, whatever stands as its domain', () => {
    const { from, to } = read('001-dahua-register.sip');
    assert.deepEqual(
      [from?.uri.user, from?.uri.host, from?.uri.port],
      ['34020000001320000002', '192.168.6.71', 5060],
    );
    assert.equal(to?.uri.user, '34020000001320000002');
  });

  it('a Route to ourselves is kept and changes nothing', () => {
    const message = read('001-dahua-register.sip');
    assert.equal(message.header('Route'), '<sip:34020000001320000002@192.168.6.106:5062;lr>');
    assert.deepEqual(message.headerValues('Route'), ['<sip:34020000001320000002@192.168.6.106:5062;lr>']);
    assert.equal(message.kind === 'request' ? message.method : undefined, 'REGISTER');
  });

  it('status 101 with a misspelt reason is a response like others, with tag and Contact', () => {
    const message = read('011-dahua-101.sip');
    assert.ok(message.kind === 'response');
    assert.deepEqual([message.status, message.reason], [101, 'Dialog Establishement']);
    assert.ok(message.to?.tag !== undefined && message.contacts.length === 1);
  });

  it('a branch without the magic cookie is kept as it is, with the parameters around it', () => {
    const { topVia } = read('047-mediastatus-foreign-branch.sip');
    assert.equal(topVia?.branch?.startsWith('fbcebaedf6084c48'), true);
    assert.equal(topVia.params.get('x-hwdim'), '4');
    assert.equal(topVia.received, '192.168.5.190');
  });

  it('an unknown Via parameter without a value is kept', () => {
    const { topVia } = read('049-hik-200-catalog-query.sip');
    assert.equal(topVia?.params.get('alias'), '');
  });

  it('headers may stand in any order, Via last', () => {
    const message = read('027-dahua-ivss-200-invite-tcp.sip');
    assert.deepEqual([message.headers.at(-1)?.name, message.topVia?.transport], ['Via', 'UDP']);
    assert.equal(message.to?.uri.port, 80);
  });

  it('a Content-Length that is put at the right of a column is a number like others', () => {
    const message = read('053-hik-keepalive-utf8.sip');
    assert.deepEqual([message.header('Content-Length'), message.contentLength], ['175', 175]);
  });
});
