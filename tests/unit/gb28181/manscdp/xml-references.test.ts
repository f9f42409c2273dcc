import assert from 'node:assert/strict';
import fc from 'fast-check';
import { resolveReferences } from '../../../../bff/src/gb28181/manscdp/xml-references.ts';

describe('references (XML 1.0 §4.1, §4.6)', () => {
  const rows: readonly (readonly [title: string, text: string, resolved: string])[] = [
    ['the five entities', '&lt;&gt;&amp;&quot;&apos;', `<>&"'`],
    ['entities in any case, as some devices write them', '&LT;&Amp;', '<&'],
    ['characters by decimal and hexadecimal number', '&#22823;&#x5927;&#x1F600;', '大大😀'],
    ['nothing twice', '&amp;lt;', '&lt;'],
    ['no entity of anybody’s own', '&unknown; &a;', '&unknown; &a;'],
    [
      'no number that is no character',
      '&#0; &#xD800; &#x110000; &#9999999;',
      '&#0; &#xD800; &#x110000; &#9999999;',
    ],
    ['no stray ampersand', 'Tom & Jerry &', 'Tom & Jerry &'],
  ];
  for (const [title, text, resolved] of rows) {
    it(`resolve ${title}`, () => {
      assert.equal(resolveReferences(text), resolved);
    });
  }

  it('give any text back that was written with them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
        assert.equal(resolveReferences(written), text);
      }),
    );
  });
});
