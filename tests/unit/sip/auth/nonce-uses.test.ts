import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NonceUses } from '../../../../bff/src/sip/auth/nonce-uses.ts';

const NO_COUNT = Number.MAX_SAFE_INTEGER;

function uses(capacity = 100): NonceUses {
  return new NonceUses({ capacity, lifeS: 300 });
}

describe('NonceUses (RFC 7616 §5.4)', () => {
  it('accepts rising counts and refuses one that was used or passed', () => {
    const under = uses();
    const verdicts = [1, 2, 2, 1, 5, 3, 6].map((count) => under.accept('n', 1_000, count, 1_000));
    assert.deepEqual(verdicts, [true, true, false, false, true, false, true]);
  });

  it('accepts a nonce without counts once, and with counts not afterwards', () => {
    const under = uses();
    assert.equal(under.accept('n', 1_000, NO_COUNT, 1_000), true);
    assert.equal(under.accept('n', 1_000, NO_COUNT, 1_000), false);
    assert.equal(under.accept('n', 1_000, 7, 1_000), false);
  });

  it('forgets what has expired', () => {
    const under = uses();
    under.accept('a', 1_000, 1, 1_000);
    under.accept('b', 1_300, 1, 1_300);
    under.accept('c', 1_301, 1, 1_301);
    assert.equal(under.size, 2);
  });

  it('holds so many and no more, and accepts none any more that is as old as one that made room', () => {
    const under = uses(3);
    for (const [n, nonce] of ['a', 'b', 'c', 'd'].entries()) under.accept(nonce, 1_000 + n, 1, 1_010);
    assert.equal(under.size, 3);
    assert.equal(under.accept('a', 1_000, 2, 1_010), false, 'its use was forgotten: it could be a replay');
    assert.equal(under.accept('never-seen', 1_000, 1, 1_010), false);
    assert.equal(under.accept('younger', 1_001, 1, 1_010), true);
  });

  it('never accepts the same use twice, however small its memory', () => {
    const use = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 60 }),
    );
    const issuedAt: Readonly<Record<string, number>> = { a: 1_000, b: 1_000, c: 1_050, d: 1_100, e: 1_100 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(use, { maxLength: 60 }), (capacity, sequence) => {
        const under = uses(capacity);
        const accepted = new Set<string>();
        let nowS = 1_100;
        for (const [nonce, count, passedS] of sequence) {
          nowS += passedS;
          // Whoever asks has checked that the nonce is within its life.
          if (nowS - (issuedAt[nonce] ?? 0) > 300) continue;
          const name = `${nonce} ${String(count)}`;
          if (!under.accept(nonce, issuedAt[nonce] ?? 0, count, nowS)) continue;
          assert.ok(!accepted.has(name), name);
          accepted.add(name);
          assert.ok(under.size <= capacity);
        }
      }),
    );
  });

  it('gives back what is over when it is told to, and takes none of it again', () => {
    const uses = new NonceUses({ capacity: 10, lifeS: 300 });
    uses.accept('old', 1_000, 1, 1_000);
    uses.accept('young', 1_200, 1, 1_200);
    uses.forgetExpired(1_301);
    assert.equal(uses.size, 1);
    assert.equal(uses.accept('young', 1_200, 1, 1_301), false);
  });
});
