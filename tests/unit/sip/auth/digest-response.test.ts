import assert from 'node:assert/strict';
import { digestHa1, type DigestInput, digestResponse } from '../../../../bff/src/sip/auth/digest-response.ts';

const MUFASA = { realm: 'http-auth@example.org', nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v' };
const QOP = { nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' };

/** Vectors of the documents themselves, and of a device. */
const VECTORS: readonly (readonly [
  string,
  readonly [string, string, string],
  Omit<DigestInput, 'ha1'>,
  string,
])[] = [
  [
    'RFC 7616 §3.9.1, MD5',
    ['Mufasa', MUFASA.realm, 'Circle of Life'],
    { algorithm: 'MD5', nonce: MUFASA.nonce, method: 'GET', uri: '/dir/index.html', qop: QOP },
    '8ca523f5e9506fed4657c9700eebdbec',
  ],
  [
    'RFC 7616 §3.9.1, SHA-256',
    ['Mufasa', MUFASA.realm, 'Circle of Life'],
    { algorithm: 'SHA-256', nonce: MUFASA.nonce, method: 'GET', uri: '/dir/index.html', qop: QOP },
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  ],
  [
    'RFC 2617 §3.5, qop=auth',
    ['Mufasa', 'testrealm@host.com', 'Circle Of Life'],
    {
      algorithm: 'MD5',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      method: 'GET',
      uri: '/dir/index.html',
      qop: { nc: '00000001', cnonce: '0a4f113b' },
    },
    '6629fae49393a05397450978507c4ef1',
  ],
  [
    'RFC 2069 (no qop), as RFC 2617 §3.2.2.1 keeps it',
    ['Mufasa', 'testrealm@host.com', 'Circle Of Life'],
    {
      algorithm: 'MD5',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      method: 'GET',
      uri: '/dir/index.html',
      qop: undefined,
    },
    '670fd8c2df070c60b045671b8b24ff02',
  ],
  [
    'a REGISTER without qop, as GB/T 28181-2016 annex J.1 has it',
    ['34020000001180000001', '3402000000', 'Gb28181-demo'],
    {
      algorithm: 'MD5',
      nonce: '7f3c1b2a9d604e58a1c0b6d2e8f4a793',
      method: 'REGISTER',
      uri: 'sip:34020000002000000001@3402000000',
      qop: undefined,
    },
    '9a7089f7c922d15c744d86b18c30140f',
  ],
  [
    'the same with qop=auth',
    ['34020000001180000001', '3402000000', 'Gb28181-demo'],
    {
      algorithm: 'MD5',
      nonce: '7f3c1b2a9d604e58a1c0b6d2e8f4a793',
      method: 'REGISTER',
      uri: 'sip:34020000002000000001@3402000000',
      qop: { nc: '00000001', cnonce: '0a4f113b' },
    },
    '81c952c591cef0b014c88751303e2a6f',
  ],
];

describe('digestResponse (RFC 7616 §3.4.1)', () => {
  for (const [name, [username, realm, password], input, expected] of VECTORS) {
    it(name, () => {
      const ha1 = digestHa1(input.algorithm, username, realm, password);
      assert.equal(digestResponse({ ...input, ha1 }), expected);
    });
  }

  it('takes nc by its text: letters in capitals are other letters', () => {
    const input = { algorithm: 'MD5', ha1: 'h', nonce: 'n', method: 'REGISTER', uri: 'sip:x' } as const;
    const [small, capital] = ['0000000a', '0000000A'].map((nc) =>
      digestResponse({ ...input, qop: { nc, cnonce: 'c' } }),
    );
    assert.notEqual(small, capital);
  });
});

describe('digestHa1', () => {
  it('hashes the octets of UTF-8', () => {
    assert.equal(
      digestHa1('MD5', 'a', 'b', '密码'),
      digestHa1('MD5', 'a', 'b', Buffer.from('密码').toString('utf8')),
    );
    assert.match(digestHa1('SHA-256', 'a', 'b', '密码'), /^[0-9a-f]{64}$/);
  });
});
