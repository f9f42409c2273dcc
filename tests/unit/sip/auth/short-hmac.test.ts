import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { ShortHmac } from '../../../../bff/src/sip/auth/short-hmac.ts';

describe('ShortHmac', () => {
  it('is HMAC-SHA-256 (RFC 2104) of any text, short or long, one after another', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.array(fc.string({ unit: 'binary', maxLength: 600 }), { maxLength: 4 }),
        (key, texts) => {
          const hmac = new ShortHmac(key);
          for (const text of texts)
            assert.equal(hmac.of(text), createHmac('sha256', key).update(text).digest('hex'));
        },
      ),
    );
  });

  it('takes no key that is longer than a block', () => {
    assert.throws(() => new ShortHmac(new Uint8Array(65)), RangeError);
  });
});
