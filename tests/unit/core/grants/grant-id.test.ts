import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatGrantId, parseGrantId } from '../../../../bff/src/core/grants/grant-id.ts';

const seconds = fc.integer({ min: 0, max: 9_999_999_999 });
const life = fc.integer({ min: 30, max: 62_208_000 });

describe('the id of a play address', () => {
  it('has eighteen digits, as the ids of the platform whose clients keep it in 64 bits', () => {
    fc.assert(
      fc.property(seconds, life, fc.nat(), (issuedAtS, ttlS, serial) => {
        const id = formatGrantId(issuedAtS, ttlS, serial);
        assert.match(id, /^\d{18}$/);
        assert.ok(BigInt(id) < 2n ** 63n);
      }),
    );
  });

  it('tells when it was issued and by when it has expired, at most one life time late', () => {
    fc.assert(
      fc.property(seconds, life, fc.nat(), (issuedAtS, ttlS, serial) => {
        const parsed = parseGrantId(formatGrantId(issuedAtS, ttlS, serial));
        assert.ok(parsed);
        assert.equal(parsed.issuedAtS, issuedAtS);
        assert.ok(parsed.goneByS >= issuedAtS + ttlS && parsed.goneByS < issuedAtS + 2 * ttlS);
      }),
    );
  });

  it('is one of a kind among a million of one second', () => {
    const ids = new Set(
      Array.from({ length: 10_000 }, (_, serial) => formatGrantId(1, 60, 995_000 + serial)),
    );
    assert.equal(ids.size, 10_000);
  });

  for (const text of [
    '',
    '1',
    '12345678901234567',
    '1234567890123456789',
    '12345678901234567x',
    '１'.repeat(18),
  ]) {
    it(`is not “${text}”`, () => {
      assert.equal(parseGrantId(text), undefined);
    });
  }
});
