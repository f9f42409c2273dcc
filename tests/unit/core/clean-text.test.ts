import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanText } from '../../../bff/src/core/clean-text.ts';

describe('text from outside', () => {
  const rows: readonly [string, string | undefined, number, string | undefined][] = [
    ['absent', undefined, 9, undefined],
    ['empty', '', 9, undefined],
    ['blank', ' \t\r\n\u0000 ', 9, undefined],
    ['plain', '大门 1', 9, '大门 1'],
    ['with blanks around', '  a  ', 9, 'a'],
    ['with controls, C1 too', 'a\u0007b\u0085c\u007Fd', 9, 'a b c d'],
    ['with marks that turn text round', '\u202Egnp.exe\u2066', 9, 'gnp.exe'],
    ['with line separators', 'a\u2028b\u2029c', 9, 'a b c'],
    ['too long', 'abcdef', 3, 'abc'],
    ['too long, with astral characters', '🚪🚪🚪🚪', 3, '🚪🚪🚪'],
    ['cut at a blank', 'ab cd', 3, 'ab'],
    ['with half a character', 'a\uD83D', 9, 'a\uFFFD'],
  ];
  for (const [what, text, length, clean] of rows) {
    it(`that is ${what} becomes ${clean === undefined ? 'nothing' : `“${clean}”`}`, () => {
      assert.equal(cleanText(text, length), clean);
    });
  }

  it('comes out well-formed, without controls, within its length, and the same when cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, length) => {
        const clean = cleanText(text, length);
        if (clean === undefined) return;
        assert.equal(Buffer.from(clean, 'utf8').toString('utf8'), clean);
        assert.ok(Array.from(clean).length <= length);
        assert.doesNotMatch(clean, /\p{Cc}/u);
        assert.equal(cleanText(clean, length), clean);
      }),
    );
  });
});
