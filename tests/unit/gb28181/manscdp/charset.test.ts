import assert from 'node:assert/strict';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { detectCharset, textOf } from '../../../../bff/src/gb28181/manscdp/charset.ts';

function decode(bytes: Uint8Array, charset: 'utf-8' | 'gb18030'): string {
  const body = Buffer.from(bytes);
  return textOf(body.toString('latin1'), body, 0, body.length, charset);
}

const GB = '<?xml version="1.0" encoding="GB2312"?>';
const UTF8 = '<?xml version="1.0" encoding="utf-8" ?>';

describe('charset of a body', () => {
  const rows: readonly (readonly [
    title: string,
    head: string,
    text: string,
    encoded: string,
    expected: string,
  ])[] = [
    ['plain ASCII', GB, 'IPC', 'ascii', 'ascii'],
    ['GB2312 declared and sent', GB, '大门口', 'gbk', 'gb18030'],
    ['UTF-8 declared and sent', UTF8, '大门口', 'utf-8', 'utf-8'],
    ['GB2312 declared, UTF-8 sent', GB, '大门口', 'utf-8', 'utf-8'],
    ['UTF-8 declared, GB 18030 sent', UTF8, '大门口', 'gb18030', 'gb18030'],
    ['nothing declared, UTF-8 sent', '', '大门口', 'utf-8', 'utf-8'],
    ['nothing declared, GB 18030 sent', '', '大门口', 'gb18030', 'gb18030'],
    // These octets happen to be well-formed UTF-8, as sequences of two.
    ['GB2312 that looks like UTF-8', GB, '隆隆', 'gbk', 'gb18030'],
    ['UTF-8 with sequences of two, declared', UTF8, 'é', 'utf-8', 'utf-8'],
  ];
  for (const [title, head, text, encoded, expected] of rows) {
    it(`${title}: ${expected}`, () => {
      assert.equal(detectCharset(iconv.encode(head + text, encoded), head), expected);
    });
  }
});

describe('text of a body', () => {
  it('is what was encoded, for any character of GB 18030', () => {
    const characters = fc.oneof(
      fc.integer({ min: 0x20, max: 0x7e }),
      fc.integer({ min: 0x4e00, max: 0x9fa5 }),
      fc.integer({ min: 0x3400, max: 0x4db5 }),
      fc.integer({ min: 0x20000, max: 0x2a6d6 }),
    );
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 40 }), (codes) => {
        const text = String.fromCodePoint(...codes);
        assert.equal(decode(iconv.encode(text, 'gb18030'), 'gb18030'), text);
        assert.equal(decode(Buffer.from(text), 'utf-8'), text);
      }),
    );
  });

  it('agrees with the platform decoder on every sequence of two octets outside the private use area', () => {
    const decoder = new TextDecoder('gb18030');
    let compared = 0;
    for (let lead = 0x81; lead <= 0xfe; lead += 1) {
      for (let trail = 0x40; trail <= 0xfe; trail += 1) {
        const bytes = Buffer.from([lead, trail, 0x20]);
        const mine = decode(bytes, 'gb18030');
        // The standard of 2005 moved 18 characters out of the private use area; the library has them still there.
        if (trail === 0x7f || /\p{Co}/u.test(mine)) continue;
        assert.equal(mine, decoder.decode(bytes));
        compared += 1;
      }
    }
    assert.ok(compared > 21_000);
  });

  it('replaces what is no character and goes on behind it', () => {
    assert.equal(decode(Buffer.from([0x41, 0x80, 0x42]), 'gb18030'), 'A\ufffdB');
    assert.equal(decode(Buffer.from([0x41, 0xff, 0x42]), 'gb18030'), 'A\ufffdB');
    assert.equal(decode(Buffer.from([0x41, 0xb4]), 'gb18030'), 'A\ufffd');
    assert.equal(decode(Buffer.from([0xb4, 0x20, 0x41]), 'gb18030'), '\ufffd A');
  });
});
