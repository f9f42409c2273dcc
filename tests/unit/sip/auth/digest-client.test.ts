import assert from 'node:assert/strict';
import { parseAuthValue } from 'sip-parser-lite';
import { answerChallenge } from '../../../../bff/src/sip/auth/digest-client.ts';

const LOGIN = { username: '34020000001180000001', password: 'Gb28181-demo' };
const REQUEST = { method: 'REGISTER', uri: 'sip:34020000002000000001@3402000000', cnonce: '0a4f113b' };
const NONCE = 'realm="3402000000", nonce="7f3c1b2a9d604e58a1c0b6d2e8f4a793"';

function answer(...challenges: readonly string[]): ReturnType<typeof answerChallenge> {
  return answerChallenge(
    challenges.flatMap((text) => parseAuthValue(text) ?? []),
    LOGIN,
    REQUEST,
  );
}

describe('the client of digest authentication (RFC 7616, RFC 2069)', () => {
  it('answers in the form of GB/T 28181-2016 annex J: no qop', () => {
    assert.match(
      answer(`Digest ${NONCE}`)?.authorization ?? '',
      /response="9a7089f7c922d15c744d86b18c30140f"/,
    );
  });

  it('answers qop=auth with count and a nonce of its own', () => {
    const text = answer(`Digest ${NONCE}, qop="auth,auth-int", algorithm=MD5`)?.authorization ?? '';
    assert.match(text, /response="81c952c591cef0b014c88751303e2a6f"/);
    assert.match(text, /qop=auth, nc=00000001, cnonce="0a4f113b"/);
  });

  it('takes the first challenge that it knows, SHA-256 among them, and gives opaque back', () => {
    const text = answer(`Digest ${NONCE}, algorithm=SM3`, `Digest ${NONCE}, algorithm=SHA-256, opaque="o"`);
    assert.match(text?.authorization ?? '', /response="[0-9a-f]{64}", algorithm=SHA-256, opaque="o"/);
  });

  it('tells a nonce that was too old from a wrong password', () => {
    assert.equal(answer(`Digest ${NONCE}, stale=TRUE`)?.stale, true);
    assert.equal(answer(`Digest ${NONCE}`)?.stale, false);
  });

  it('answers nothing that it cannot', () => {
    for (const text of ['Basic realm="x"', 'Digest realm="x"', `Digest ${NONCE}, qop="auth-int"`])
      assert.equal(answer(text), undefined);
  });
});
