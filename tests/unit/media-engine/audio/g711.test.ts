import assert from 'node:assert/strict';
import { g711Table } from '../../../../bff/src/media-engine/audio/g711.ts';
import { silentAacFrame } from '../../../../bff/src/media-engine/audio/silent-frame.ts';
import { readBlock } from '../../../support/media/aac-decoder.ts';

describe('G.711 as linear samples (ITU-T G.711)', () => {
  const values: readonly ['pcma' | 'pcmu', number, number][] = [
    ['pcma', 0xd5, 8],
    ['pcma', 0x55, -8],
    ['pcma', 0xd4, 24],
    ['pcma', 0xc5, 264],
    ['pcma', 0xaa, 32_256],
    ['pcma', 0x2a, -32_256],
    ['pcma', 0x80, 5_504],
    ['pcmu', 0xff, 0],
    ['pcmu', 0x7f, 0],
    ['pcmu', 0xfe, 8],
    ['pcmu', 0x7e, -8],
    ['pcmu', 0xef, 132],
    ['pcmu', 0x80, 32_124],
    ['pcmu', 0x00, -32_124],
  ];
  for (const [law, code, sample] of values) {
    it(`of ${law}: 0x${code.toString(16)} is ${String(sample)}`, () => {
      assert.equal(g711Table(law)[code] === sample, true);
    });
  }

  it('grow with their code, steps doubling from segment to segment, the same below zero as above', () => {
    for (const [law, toggle] of [
      ['pcma', 0xd5],
      ['pcmu', 0xff],
    ] as const) {
      const table = g711Table(law);
      let last = -1;
      for (let i = 0; i < 128; i += 1) {
        const sample = table[i ^ toggle] ?? 0;
        assert.ok(sample > last, `${law} ${String(i)}`);
        assert.equal((table[i ^ toggle ^ 0x80] ?? 0) + sample, 0);
        last = sample;
      }
    }
  });
});

describe('an AAC frame of silence (ISO/IEC 14496-3 §4.4.2.1)', () => {
  it('of one channel is a block without a coefficient', () => {
    const frame = silentAacFrame(1);
    assert.ok(frame);
    const { maxSfb, bits, quantised } = readBlock(frame);
    assert.deepEqual([frame.length, maxSfb, bits], [4, 0, 32]);
    assert.ok(quantised.every((value) => value === 0));
  });

  it('of two channels is a channel pair', () => {
    const frame = silentAacFrame(2);
    assert.ok(frame);
    assert.equal(frame.length, 7);
    assert.equal((frame[0] ?? 0) >> 5, 1);
  });

  it('of more channels is not known', () => {
    assert.deepEqual([silentAacFrame(0), silentAacFrame(6)], [undefined, undefined]);
  });
});
