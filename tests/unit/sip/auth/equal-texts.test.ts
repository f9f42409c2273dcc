import assert from 'node:assert/strict';
import fc from 'fast-check';
import { equalTexts } from '../../../../bff/src/sip/auth/equal-texts.ts';

describe('equalTexts', () => {
  it('is true of equal texts and of no others, whatever they are made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        assert.equal(equalTexts(one, other), one === other);
        assert.equal(equalTexts(one, Buffer.from(one, 'utf16le').toString('utf16le')), true);
      }),
    );
  });

  it('tells a text from its beginning and from one with another character anywhere', () => {
    const text = '9a7089f7c922d15c744d86b18c30140f';
    assert.equal(equalTexts(text, text.slice(0, -1)), false);
    assert.equal(equalTexts(text.slice(0, -1), text), false);
    assert.equal(equalTexts('', text), false);
    for (let at = 0; at < text.length; at += 1)
      assert.equal(equalTexts(text, `${text.slice(0, at)}x${text.slice(at + 1)}`), false, String(at));
  });
});
