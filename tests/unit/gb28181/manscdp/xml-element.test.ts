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

  it('takes begins of comments and CDATA sections that do not end for text', () => {
    assert.equal(rootOf('<A>a<![CDATA[b<!--c]]>d<!e</A>').text, 'ab<!--cd<!e');
    assert.equal(rootOf('<A><!-- <![CDATA[ -->a&lt;<![CDATA[]]>b</A>').text, 'a<b');
    const cut = rootOf(`<A>x&amp;<![CDATA[${'<!--'.repeat(2_500)}]]></A>`).text;
    assert.ok(cut.startsWith('x&<![CDATA[<!--<!--'), 'its end is beyond what is read');
  });

  it('costs no more to read when it is full of such begins', () => {
    const costOf = (piece: string): number => {
      const element = rootOf(`<A><![CDATA[${piece.repeat(2_500)}]]></A>`);
      const before = process.cpuUsage();
      for (let times = 0; times < 20; times += 1) assert.equal(element.text.length, 2_048);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    costOf('<?--');
    const plain = costOf('<?--');
    assert.ok(costOf('<!--') < 50 * Math.max(plain, 1_000), 'linear, not quadratic');
  });

  it('is closed by its own end tag, or by itself', () => {
    assert.deepEqual(
      rootOf('<A><B>1</B><C/><D><E>').children.map(({ closed }) => closed),
      [true, true, false],
    );
  });
});
