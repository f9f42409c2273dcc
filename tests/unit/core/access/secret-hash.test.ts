import assert from 'node:assert/strict';
import { hashSecret, secretMatches } from '../../../../bff/src/core/access/secret-hash.ts';
import { SystemRandom } from '../../../../bff/src/kernel/index.ts';

describe('a hashed secret (RFC 7914)', () => {
  const random = new SystemRandom();

  it('is matched by the secret alone, and salted', async () => {
    const [one, two] = await Promise.all([
      hashSecret('密码 secret', random),
      hashSecret('密码 secret', random),
    ]);
    assert.match(one, /^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    assert.notEqual(one, two);
    assert.equal(await secretMatches('密码 secret', one), true);
    assert.equal(await secretMatches('密码 secret', two), true);
    for (const wrong of ['', '密码 secre', '密码 secret ', 'x'.repeat(257)])
      assert.equal(await secretMatches(wrong, one), false);
  });

  it('keeps the cost that it was made with', async () => {
    // RFC 7914 §12, third vector: scrypt (P="pleaseletmein", S="SodiumChloride", N=16384, r=8, p=1).
    const hash = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex');
    const salt = Buffer.from('SodiumChloride').toString('base64url');
    const stored = `scrypt$16384$8$1$${salt}$${hash.toString('base64url')}`;
    assert.equal(await secretMatches('pleaseletmein', stored), true);
  });

  for (const stored of ['', 'plain', 'bcrypt$1$2$3$a$b', 'scrypt$16384$8$1$c2FsdA']) {
    it(`that reads “${stored}” matches nothing`, async () => {
      assert.equal(await secretMatches('', stored), false);
      assert.equal(await secretMatches(stored, stored), false);
    });
  }
});
