import assert from 'node:assert/strict';
import { networkOf } from '../../../../bff/src/sip/auth/network-of.ts';

describe('networkOf', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['198.51.100.7', '198.51.100'],
    ['198.51.100.250', '198.51.100'],
    ['198.51.101.7', '198.51.101'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['fe80::1', 'fe80:0:0:0'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
  ];
  for (const [address, network] of rows) {
    it(`${address} stands in ${network}`, () => {
      assert.equal(networkOf(address), network);
    });
  }
});
