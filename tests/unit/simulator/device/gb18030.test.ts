import assert from 'node:assert/strict';
import iconv from 'iconv-lite';
import { encodeGb18030 } from '../../../../bff/simulator/src/device/gb18030.ts';

describe('the simulator’s GB 18030', () => {
  it('has one, two and four octets for a character', () => {
    assert.deepEqual([...encodeGb18030('a大')], [0x61, 0xb4, 0xf3]);
    assert.deepEqual([...encodeGb18030('㐀')], [0x81, 0x39, 0xee, 0x39]);
    assert.deepEqual([...encodeGb18030('😀')], [0x94, 0x39, 0xfc, 0x36]);
    assert.deepEqual([...encodeGb18030('\ud800')], [0x3f]);
  });

  it('reads back as it was, by another decoder, every character of the basic plane', () => {
    const characters = Array.from({ length: 0xd800 - 0x20 }, (_, at) => String.fromCodePoint(0x20 + at));
    const odd = characters.filter((value) => iconv.decode(encodeGb18030(value), 'gb18030') !== value);
    // Eight ideographs whose codes the edition of 2005 still gave to private characters.
    assert.deepEqual(
      odd,
      Array.from({ length: 8 }, (_, at) => String.fromCodePoint(0x9fb4 + at)),
    );
  });
});
