import assert from 'node:assert/strict';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import type { XmlElement } from '../../../../bff/src/gb28181/manscdp/xml-element.ts';
import { readXml, XML_LIMITS, type XmlRepair } from '../../../../bff/src/gb28181/manscdp/xml-reader.ts';

function read(xml: string | Buffer): { readonly root: XmlElement; readonly repairs: readonly XmlRepair[] } {
  const result = readXml(Buffer.from(xml));
  assert.ok(result.ok, result.ok ? '' : result.fault.reason);
  return { root: result.root, repairs: [...result.repairs] };
}

function faultOf(xml: string | Buffer): string {
  const result = readXml(Buffer.from(xml));
  assert.ok(!result.ok);
  return result.fault.reason;
}

describe('readXml', () => {
  it('reads elements, text and empty elements, and passes attributes over', () => {
    const { root, repairs } = read('<?xml version="1.0"?>\n<A x="1" y=\'<2>\'>\n<B> b </B><C/><D></D></A>');
    assert.equal(root.name, 'A');
    assert.deepEqual(
      root.children.map(({ name, text, closed }) => [name, text, closed]),
      [
        ['B', 'b', true],
        ['C', '', true],
        ['D', '', true],
      ],
    );
    assert.equal(root.textOf('C'), undefined);
    assert.deepEqual(repairs, []);
  });

  const repaired: readonly (readonly [title: string, xml: string, repair: XmlRepair, text: string])[] = [
    ['an end tag too many', '<A><I><N>x</N></I></I><B>y</B></A>', 'stray-end-tag', 'y'],
    ['an end tag missing', '<A><I><N>x</I><B>y</B></A>', 'missing-end-tag', 'y'],
    ['a bare < in text', '<A><B>1<2</B></A>', 'stray-less-than', '1<2'],
    ['a bare < that looks like a tag', '<A><B>a<b</B></A>', 'stray-less-than', 'a<b'],
    ['junk before the root', 'xx<A><B>y</B></A>', 'junk-before-root', 'y'],
    ['no end at all', '<A><B>y</B>', 'missing-end-tag', 'y'],
  ];
  for (const [title, xml, repair, text] of repaired) {
    it(`puts right ${title}`, () => {
      const { root, repairs } = read(xml);
      assert.equal(root.textOf('B'), text);
      assert.deepEqual(repairs, [repair]);
    });
  }

  it('marks what was closed for want of its own end tag', () => {
    const { root } = read('<A><I><N>x</N></I><I><N>y</N>');
    assert.deepEqual(
      root.children.map(({ closed }) => closed),
      [true, false],
    );
  });

  const refused: readonly (readonly [title: string, xml: string, reason: string])[] = [
    ['an empty body', '', 'empty'],
    ['no element', 'Keepalive', 'no-root'],
    ['only a declaration', '<?xml version="1.0"?>', 'no-root'],
    ['a document type', '<!DOCTYPE A [<!ENTITY e "x">]><A>&e;</A>', 'document-type'],
    ['a document type inside', '<A><!doctype b></A>', 'document-type'],
    ['more than 16 levels', '<A>'.repeat(17), 'too-deep'],
    ['too many elements', `<A>${'<b/>'.repeat(XML_LIMITS.maxElements)}</A>`, 'too-many-elements'],
    ['too many octets', ' '.repeat(XML_LIMITS.maxBytes + 1), 'too-long'],
  ];
  for (const [title, xml, reason] of refused) {
    it(`refuses ${title}`, () => {
      assert.equal(faultOf(xml), reason);
    });
  }

  for (const piece of ['<a "', "<a '", '</a', '<A><!--', '<A><![CDATA[', '<', '<a<', '&', '<a>&lt;']) {
    it(`comes to an end over a megabyte of ${piece}`, () => {
      const result = readXml(Buffer.from(piece.repeat(1_000_000 / piece.length)));
      assert.equal(typeof result.ok, 'boolean');
    });
  }

  it('gives back any tree of names and Chinese texts, in both charsets', () => {
    const texts = fc.stringMatching(/^[\u4e00-\u9fa5A-Za-z0-9<>&"' ]{0,20}$/).map((text) => text.trim());
    const leaves = fc.array(fc.tuple(fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,10}$/), texts), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(leaves, fc.constantFrom('utf-8', 'gb18030'), (entries, charset) => {
        const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
        const inner = entries.map(([name, text]) => `<${name}>${escape(text)}</${name}>`).join('');
        // A sentence that is no accident of either charset.
        const xml = `<?xml version="1.0" encoding="${charset}"?><Root>${inner}<Z>前端设备目录查询应答</Z></Root>`;
        const { root } = read(iconv.encode(xml, charset));
        assert.deepEqual(
          root.children.slice(0, -1).map(({ name, text }) => [name, text]),
          entries,
        );
      }),
    );
  });

  it('never throws, whatever the octets', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      '<a>',
      '</a>',
      '<!--',
      '<![CDATA[',
      '<?',
      '&',
      '"',
      'x="',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            pieces.map((text) => Buffer.from(text)),
            fc.uint8Array({ maxLength: 6 }).map((b) => Buffer.from(b)),
          ),
        ),
        (parts) => {
          const result = readXml(Buffer.concat(parts));
          if (!result.ok) return;
          const walk = (element: XmlElement): void => {
            assert.equal(typeof element.text, 'string');
            element.children.forEach(walk);
          };
          walk(result.root);
        },
      ),
      { numRuns: 300 },
    );
  });
});
