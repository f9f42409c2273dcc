import assert from 'node:assert/strict';
import { parseAuthValue } from 'sip-parser-lite';
import { authorizationValue, chooseChallenge } from '../../../../bff/simulator/src/signalling/digest.ts';

function challengeOf(...values: readonly string[]): ReturnType<typeof chooseChallenge> {
  return chooseChallenge(
    values.map((value) => {
      const parsed = parseAuthValue(value);
      assert.ok(parsed);
      return parsed;
    }),
  );
}

/** RFC 7616 §3.9.1. */
const RFC7616 = {
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};

describe("the simulated device's digest", () => {
  for (const [algorithm, response] of [
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const) {
    it(`proves the password of RFC 7616 §3.9.1 with ${algorithm}`, () => {
      const { nonce, opaque, cnonce } = RFC7616;
      const challenge = challengeOf(
        `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}"`,
      );
      assert.ok(challenge);
      const value = authorizationValue(challenge, {
        username: 'Mufasa',
        password: 'Circle of Life',
        method: 'GET',
        uri: '/dir/index.html',
        cnonce,
      });
      const { params } = parseAuthValue(value) ?? assert.fail(value);
      assert.equal(params.get('response'), response);
      assert.deepEqual(
        ['qop', 'nc', 'cnonce', 'opaque', 'algorithm'].map((name) => params.get(name)),
        ['auth', '00000001', cnonce, opaque, algorithm],
      );
    });
  }

  it('proves it without qop, as GB/T 28181 annex J shows (RFC 2069)', () => {
    const challenge = challengeOf(
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
    );
    assert.ok(challenge);
    const value = authorizationValue(challenge, {
      username: 'Mufasa',
      password: 'Circle Of Life',
      method: 'GET',
      uri: '/dir/index.html',
      cnonce: 'unused',
    });
    // MD5(HA1:nonce:HA2), from the HA1 and HA2 that RFC 2617 §3.5 gives.
    assert.match(value, /response="670fd8c2df070c60b045671b8b24ff02"/);
    assert.doesNotMatch(value, /qop|cnonce|nc=/);
  });

  it('takes the first challenge that it knows, and none that it does not (RFC 7616 §3.3)', () => {
    const [sha, md5] = ['SHA-256', 'MD5'].map(
      (algorithm) => `Digest realm="r", nonce="n-${algorithm}", algorithm=${algorithm}`,
    );
    assert.ok(sha !== undefined && md5 !== undefined);
    assert.equal(challengeOf(sha, md5)?.nonce, 'n-SHA-256');
    assert.equal(challengeOf(md5, sha)?.nonce, 'n-MD5');
    for (const strange of [
      'Basic realm="r"',
      'Digest realm="r", nonce="n", algorithm=SM3',
      'Digest realm="r", nonce="n", qop="auth-int"',
      'Digest realm="r"',
    ]) {
      assert.equal(challengeOf(strange), undefined, strange);
      assert.equal(challengeOf(strange, md5)?.nonce, 'n-MD5');
    }
    assert.equal(challengeOf('Digest realm="r", nonce="n", stale=TRUE')?.stale, true);
  });
});
