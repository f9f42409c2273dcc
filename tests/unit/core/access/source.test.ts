import assert from 'node:assert/strict';
import { sourceOf } from '../../../../bff/src/core/access/source.ts';

describe('the source that a budget is kept for', () => {
  const rows: readonly [string, string][] = [
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::A', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ];
  for (const [address, source] of rows) {
    it(`of “${address}” is “${source}”`, () => {
      assert.equal(sourceOf(address), source);
    });
  }
});
