import assert from 'node:assert/strict';
import {
  hashAccessToken,
  isAccessTokenForm,
  newAccessToken,
} from '../../../../bff/src/core/access/access-token.ts';
import { SystemRandom } from '../../../../bff/src/kernel/index.ts';

describe('an access token', () => {
  const random = new SystemRandom();

  it('has 64 characters: at. and groups of 32, 10, 7 and 9 lower-case letters and digits', () => {
    const tokens = Array.from({ length: 200 }, () => newAccessToken(random));
    for (const token of tokens) {
      assert.equal(token.length, 64);
      assert.match(token, /^at\.[0-9a-z]{32}-[0-9a-z]{10}-[0-9a-z]{7}-[0-9a-z]{9}$/);
      assert.equal(isAccessTokenForm(token), true);
    }
    assert.equal(new Set(tokens).size, tokens.length);
  });

  it('is kept as its SHA-256 only', () => {
    // SHA-256 of “abc”, FIPS 180-2 appendix B.1.
    assert.equal(hashAccessToken('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.match(hashAccessToken(newAccessToken(random)), /^[0-9a-f]{64}$/);
  });

  const good = newAccessToken(random);
  const bad: readonly [string, string][] = [
    ['nothing', ''],
    ['one character less', good.slice(0, 63)],
    ['one character more', `${good}0`],
    ['capitals', good.toUpperCase()],
    ['a sub-account prefix', `ra.${good.slice(3)}`],
    ['a line break at its end', `${good}\n`],
    ['a hyphen moved', `${good.slice(0, 34)}-${good.slice(34, 35)}${good.slice(36)}`],
  ];
  for (const [what, text] of bad) {
    it(`is not recognised with ${what}`, () => {
      assert.equal(isAccessTokenForm(text), false);
    });
  }
});
