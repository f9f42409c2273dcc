import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NonceIssuer } from '../../../../bff/src/sip/auth/nonce-issuer.ts';
import { SystemRandom } from '../../../../bff/src/kernel/index.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const BINDING = { source: '198.51.100.7', username: '34020000001180000001' };

function anIssuer(clock = new FakeClock()): NonceIssuer {
  return new NonceIssuer({ clock, random: new SystemRandom(), lifeS: 300 });
}

describe('NonceIssuer', () => {
  it('knows its nonce again, and when it made it', () => {
    const clock = new FakeClock(1_768_442_430_999);
    const issuer = anIssuer(clock);
    assert.deepEqual(issuer.check(issuer.issue(BINDING), BINDING), { ok: true, issuedAtS: 1_768_442_430 });
  });

  it('never makes the same one twice, though time stands still', () => {
    const issuer = anIssuer();
    const nonces = new Set(Array.from({ length: 1_000 }, () => issuer.issue(BINDING)));
    assert.equal(nonces.size, 1_000);
  });

  it('takes it from the same network, for carrier-grade NAT changes the last octet', () => {
    const issuer = anIssuer();
    const nonce = issuer.issue(BINDING);
    assert.equal(issuer.check(nonce, { ...BINDING, source: '198.51.100.99' }).ok, true);
  });

  it('is bound to network and name', () => {
    const issuer = anIssuer();
    const nonce = issuer.issue(BINDING);
    for (const other of [{ source: '203.0.113.7' }, { username: '34020000001180000002' }])
      assert.deepEqual(issuer.check(nonce, { ...BINDING, ...other }), { ok: false, why: 'foreign' });
  });

  it('expires', async () => {
    const clock = new FakeClock(1_768_442_430_000);
    const issuer = anIssuer(clock);
    const nonce = issuer.issue(BINDING);
    await clock.advance(300_999);
    assert.equal(issuer.check(nonce, BINDING).ok, true);
    await clock.advance(1);
    assert.deepEqual(issuer.check(nonce, BINDING), { ok: false, why: 'expired' });
  });

  it('is worth nothing to another process', () => {
    assert.deepEqual(anIssuer().check(anIssuer().issue(BINDING), BINDING), { ok: false, why: 'foreign' });
  });

  it('takes none that was changed in any place', () => {
    const issuer = anIssuer();
    const nonce = issuer.issue(BINDING);
    for (let at = 0; at < nonce.length; at += 1) {
      const changed = nonce.slice(0, at) + (nonce[at] === '0' ? '1' : '0') + nonce.slice(at + 1);
      assert.equal(issuer.check(changed, BINDING).ok, false, String(at));
    }
  });

  it('refuses any other text, and never throws', () => {
    const issuer = anIssuer();
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 48, maxLength: 48 }),
        ),
        (text) => {
          assert.deepEqual(issuer.check(text, BINDING), { ok: false, why: 'foreign' });
        },
      ),
    );
  });
});
