import assert from 'node:assert/strict';
import type { XmlElement } from '../../../../bff/src/gb28181/manscdp/xml-element.ts';
import { readXml } from '../../../../bff/src/gb28181/manscdp/xml-reader.ts';

function rootOf(xml: string): XmlElement {
  const result = readXml(Buffer.from(xml));
  assert.ok(result.ok);
  return result.root;
}

describe('XmlElement', () => {
  it('has the first child of a name, and its text; nothing where there is none or it is empty', () => {
    const root = rootOf('<A><B>1</B><B>2</B><C> </C></A>');
    assert.equal(root.child('B')?.text, '1');
    assert.equal(root.child('X'), undefined);
    assert.deepEqual([root.textOf('B'), root.textOf('C'), root.textOf('X')], ['1', undefined, undefined]);
  });

  it('has no text of its own beside children', () => {
    assert.equal(rootOf('<A>x<B>1</B>y</A>').text, '');
  });

  it('takes CDATA as it is and leaves comments out', () => {
    assert.equal(rootOf('<A>a<!-- <x> -->b<![CDATA[<c> &amp;]]>d&amp;</A>').text, 'ab<c> &amp;d&');
  });

  it('strips blanks, control characters and NULs', () => {
    assert.equal(rootOf('<A>\r\n\t a\u0000\u0007b\r\n</A>').text, 'ab');
    assert.equal(rootOf('<A>&#7;a&#10;b&#127;</A>').text, 'ab', 'also where a reference writes them');
  });

  it('has no more than 2,048 characters of text', () => {
    assert.equal(rootOf(`<A>${'x'.repeat(100_000)}</A>`).text.length, 2_048);
    assert.equal(rootOf(`<A>${'大'.repeat(100_000)}</A>`).text.length, 2_048);
  });

  it('is closed by its own end tag, or by itself', () => {
    assert.deepEqual(
      rootOf('<A><B>1</B><C/><D><E>').children.map(({ closed }) => closed),
      [true, true, false],
    );
  });
});
