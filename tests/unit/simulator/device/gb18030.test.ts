import assert from 'node:assert/strict';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { encodeGb18030 } from '../../../../bff/simulator/src/device/gb18030.ts';

describe('the simulator’s GB 18030', () => {
  it('has one, two and four octets for a character', () => {
    assert.deepEqual([...encodeGb18030('a大')], [0x61, 0xb4, 0xf3]);
    assert.deepEqual([...encodeGb18030('㐀')], [0x81, 0x39, 0xee, 0x39]);
    assert.deepEqual([...encodeGb18030('😀')], [0x94, 0x39, 0xfc, 0x36]);
    assert.deepEqual([...encodeGb18030('\ud800')], [0x3f]);
  });

  it('reads back as it was, by another decoder', () => {
    const text = fc.string({
      unit: fc.integer({ min: 0x20, max: 0xd7ff }).map((code) => String.fromCodePoint(code)),
    });
    fc.assert(fc.property(text, (value) => iconv.decode(encodeGb18030(value), 'gb18030') === value));
  });
});
