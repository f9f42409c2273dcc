import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BitReader, unescapeRbsp } from '../../../../bff/src/media-engine/es/bit-reader.ts';

describe('bits of a NAL unit', () => {
  it('are read from the most significant on, across bytes', () => {
    const reader = new BitReader(Uint8Array.of(0b1010_0000, 0b0000_0111));
    assert.equal(reader.flag(), true);
    assert.equal(reader.bits(3), 0b010);
    reader.skip(8);
    assert.equal(reader.bits(4), 0b0111);
    assert.equal(reader.exhausted, false);
  });

  it('past the end are zeros, and the reader says so', () => {
    const reader = new BitReader(Uint8Array.of(0xff));
    assert.equal(reader.bits(12), 0xff0);
    assert.equal(reader.exhausted, true);
  });

  const codes: readonly [string, number, number][] = [
    ['1', 0, 0],
    ['010', 1, 1],
    ['011', 2, -1],
    ['00100', 3, 2],
    ['00101', 4, -2],
    ['0001000', 7, 4],
    ['000010001', 16, -8],
  ];
  for (const [bits, unsigned, signed] of codes) {
    it(`${bits} is ue(v) ${String(unsigned)} and se(v) ${String(signed)} (ITU-T H.264 §9.1)`, () => {
      const bytes = Uint8Array.from(bits.padEnd(16, '1').match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
      assert.equal(new BitReader(bytes).ue(), unsigned);
      assert.equal(new BitReader(bytes).se(), signed);
    });
  }

  it('of an Exp-Golomb code without end are read to the end and no further', () => {
    const reader = new BitReader(new Uint8Array(2));
    assert.ok(Number.isFinite(reader.ue()));
    assert.equal(reader.exhausted, true);
  });
});

describe('emulation prevention (ITU-T H.264 §7.4.1)', () => {
  const cases: readonly [string, number[], number[]][] = [
    ['a 03 after two zeros is taken out', [1, 0, 0, 3, 1], [1, 0, 0, 1]],
    ['zeros are counted anew after it', [0, 0, 3, 0, 0, 3, 2], [0, 0, 0, 0, 2]],
    ['a 03 after one zero stays', [0, 3, 1], [0, 3, 1]],
    ['one at the very end is taken out', [5, 0, 0, 3], [5, 0, 0]],
  ];
  for (const [title, nal, rbsp] of cases) {
    it(title, () => {
      assert.deepEqual([...unescapeRbsp(Uint8Array.from(nal), 0, 100)], rbsp);
    });
  }

  it('undoes what an encoder does to any payload', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2, 3, 9), { maxLength: 60 }), (rbsp) => {
        const nal: number[] = [];
        let zeros = 0;
        for (const value of rbsp) {
          if (zeros >= 2 && value <= 3) {
            nal.push(3);
            zeros = 0;
          }
          nal.push(value);
          zeros = value === 0 ? zeros + 1 : 0;
        }
        assert.deepEqual([...unescapeRbsp(Uint8Array.from(nal), 0, nal.length)], rbsp);
      }),
    );
  });

  it('reads no more of the NAL unit than it may', () => {
    assert.equal(unescapeRbsp(Buffer.alloc(500, 1), 1, 16).length, 16);
    assert.equal(unescapeRbsp(Buffer.alloc(4, 1), 9, 16).length, 0);
  });
});
