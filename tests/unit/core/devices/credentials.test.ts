import assert from 'node:assert/strict';
import { hashPassword, openHashes, sealHashes } from '../../../../bff/src/core/devices/credentials.ts';
import { SecretBox } from '../../../../bff/src/core/secret-box.ts';
import { SystemRandom } from '../../../../bff/src/kernel/index.ts';

const box = new SecretBox(new Uint8Array(32).fill(3), new SystemRandom());

describe('the hashes of a device password', () => {
  it('are those of A1 (RFC 7616 §3.4.2; the example of RFC 2617 §3.5)', () => {
    assert.equal(
      hashPassword('Mufasa', 'testrealm@host.com', 'Circle Of Life').md5,
      '939e7578ed9e3c518a452acee763bce9',
    );
    // RFC 7616 §3.9.1: user, realm and password of its example; A1 hashed with SHA-256.
    assert.equal(
      hashPassword('Mufasa', 'http-auth@example.org', 'Circle of Life').sha256,
      '7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232',
    );
  });

  it('open for the device that they were sealed for, and for no other', () => {
    const hashes = hashPassword('34020000001320000001', '3402000000', '密码');
    const sealed = sealHashes(box, '34020000001320000001', hashes);
    assert.deepEqual(openHashes(box, '34020000001320000001', sealed), hashes);
    assert.equal(openHashes(box, '34020000001320000002', sealed), undefined);
  });

  for (const plain of ['', 'x', `${'0'.repeat(32)}.${'0'.repeat(63)}.realm`]) {
    it(`are not what was sealed as “${plain.slice(0, 8)}”`, () => {
      assert.equal(openHashes(box, 'g', box.seal('device:g', Buffer.from(plain))), undefined);
    });
  }
});
