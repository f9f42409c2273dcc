import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SecretBox } from '../../../bff/src/core/secret-box.ts';
import { SystemRandom } from '../../../bff/src/kernel/index.ts';

const random = new SystemRandom();
const box = new SecretBox(new Uint8Array(32).fill(9), random);

describe('a sealed secret (AES-256-GCM)', () => {
  it('opens to what was sealed, for its owner, under its key', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 200 }), (owner, plain) => {
        const sealed = box.seal(owner, plain);
        assert.deepEqual(box.open(owner, sealed), Buffer.from(plain));
        assert.equal(box.open(`${owner}x`, sealed), undefined);
        const other = new SecretBox(new Uint8Array(32).fill(8), random);
        assert.equal(other.open(owner, sealed), undefined);
      }),
    );
  });

  it('looks different each time', () => {
    assert.notEqual(box.seal('a', Buffer.from('x')), box.seal('a', Buffer.from('x')));
  });

  it('does not open when a bit of it was altered', () => {
    const bytes = Buffer.from(box.seal('a', Buffer.from('secret')).slice(3), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      assert.equal(box.open('a', `v1.${altered.toString('base64url')}`), undefined);
    }
  });

  it('never makes opening throw, whatever is shown', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.equal(box.open('a', text), undefined);
        assert.equal(box.open('a', `v1.${text}`), undefined);
      }),
    );
  });

  it('wants a key of 32 bytes', () => {
    assert.throws(() => new SecretBox(new Uint8Array(31), random), /32 bytes/);
  });
});
