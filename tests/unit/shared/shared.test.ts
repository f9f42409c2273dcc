import assert from 'node:assert/strict';
import {
  CORE_ERROR_CODES,
  CORE_ERROR_TEXTS,
  isDeviceSerial,
  isGbId,
  PTZ_DIRECTIONS,
  PTZ_LENS,
} from '../../../shared/src/index.ts';

describe('the contract types that every part shares', () => {
  it('name each refusal once, each with a short Chinese text of its own kind', () => {
    assert.equal(new Set(CORE_ERROR_CODES).size, CORE_ERROR_CODES.length);
    assert.deepEqual(Object.keys(CORE_ERROR_TEXTS), [...CORE_ERROR_CODES]);
    for (const code of CORE_ERROR_CODES) {
      assert.match(code, /^[A-Z][A-Z_]+$/);
      assert.match(CORE_ERROR_TEXTS[code], /[\u4e00-\u9fff]/);
      assert.ok(CORE_ERROR_TEXTS[code].length <= 20, code);
    }
  });

  it('name eight directions and six movements of the lens, all different', () => {
    assert.equal(PTZ_DIRECTIONS.length, 8);
    assert.equal(new Set([...PTZ_DIRECTIONS, ...PTZ_LENS]).size, 14);
  });

  const gbIds: readonly [string, boolean][] = [
    ['34020000001320000001', true],
    ['3402000000132000000', false],
    ['340200000013200000011', false],
    ['3402000000132000000x', false],
    ['34020000001320000001\n', false],
    ['３４０２００００００１３２０００００１', false],
    ['', false],
  ];
  for (const [text, is] of gbIds) {
    it(`take “${text.trim()}” for ${is ? 'an' : 'no'} id of GB/T 28181${text.endsWith('\n') ? ' with a line break' : ''}`, () => {
      assert.equal(isGbId(text), is);
    });
  }

  const serials: readonly [string, boolean][] = [
    ['Q8ZK31M7A', true],
    ['203751922', true],
    ['q8zk31m7a', false],
    ['Q8ZK31M7', false],
    ['Q8ZK31M7AA', false],
    ['Q8ZK31M7-', false],
    ['', false],
  ];
  for (const [text, is] of serials) {
    it(`take “${text}” for ${is ? 'a' : 'no'} device serial`, () => {
      assert.equal(isDeviceSerial(text), is);
    });
  }
});
