import assert from 'node:assert/strict';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { type BodyNode, writeBody } from '../../../../bff/src/gb28181/manscdp/body-writer.ts';
import { readManscdp } from '../../../../bff/src/gb28181/manscdp/document.ts';
import { GbFailure } from '../../../../bff/src/gb28181/types.ts';

const head: readonly BodyNode[] = [
  ['CmdType', 'DeviceConfig'],
  ['SN', '7'],
  ['DeviceID', '34020000001320000001'],
];

function named(name: string, gbVersion: string | undefined): Uint8Array {
  return writeBody('Control', gbVersion, [...head, ['BasicParam', [['Name', name]]]]);
}

function nameRead(body: Uint8Array): string | undefined {
  const read = readManscdp(body);
  return read.ok ? read.document.element.child('BasicParam')?.textOf('Name') : `fault ${read.fault}`;
}

describe('body writer', () => {
  it('writes what the standard shows, in GB2312 for a device of 2016', () => {
    assert.equal(
      iconv.decode(Buffer.from(named('一楼NVR', '2.0')), 'gb2312'),
      '<?xml version="1.0" encoding="GB2312"?>\r\n<Control>\r\n<CmdType>DeviceConfig</CmdType>\r\n<SN>7</SN>\r\n' +
        '<DeviceID>34020000001320000001</DeviceID>\r\n<BasicParam>\r\n<Name>一楼NVR</Name>\r\n</BasicParam>\r\n</Control>\r\n',
    );
  });

  it('writes attributes of lists', () => {
    const text = Buffer.from(
      writeBody('Control', '3.0', [['RegionList', [['Item', '1']], { Num: '1' }]]),
    ).toString('latin1');
    assert.ok(text.includes('<RegionList Num="1">\r\n<Item>1</Item>\r\n</RegionList>\r\n'));
  });

  it('escapes markup, in text and in attributes', () => {
    assert.equal(nameRead(named(`</Name><Name>a & "b" 'c'`, undefined)), `</Name><Name>a & "b" 'c'`);
    const text = Buffer.from(writeBody('Control', '3.0', [['A', '', { Num: '"><B' }]])).toString('latin1');
    assert.ok(text.includes('<A Num="&quot;&gt;&lt;B"></A>'));
  });

  it('leaves out what XML has no place for', () => {
    assert.equal(nameRead(named('a\0\u0007\r\nb\ud800\uffff', '3.0')), 'ab');
  });

  it('writes rare characters in four octets to a device of 2022, and as references to one of 2016', () => {
    const wide = named('㐀😀', '3.0');
    assert.ok(Buffer.from(wide).includes(iconv.encode('㐀😀', 'gb18030')));
    const narrow = Buffer.from(named('㐀大😀', '2.0')).toString('latin1');
    assert.ok(narrow.includes('&#13312;'));
    assert.ok(narrow.includes('&#128512;'));
    assert.equal(nameRead(named('㐀大😀', '2.0')), '㐀大😀');
  });

  it('refuses a body that no datagram holds', () => {
    assert.throws(
      () => named('大'.repeat(40_000), '3.0'),
      (error) => error instanceof GbFailure && error.reason === 'exhausted',
    );
  });

  it('writes only what reads back as it was, whatever the text and the edition', () => {
    const edition = fc.constantFrom(undefined, '1.0', '2.0', '3.0');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), edition, (text, gbVersion) => {
        const plain = text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '').trim();
        assert.equal(nameRead(named(text, gbVersion)) ?? '', plain);
      }),
    );
  });
});
