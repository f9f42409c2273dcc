import assert from 'node:assert/strict';
import { readCatalogPart } from '../../../../bff/src/gb28181/manscdp/catalog.ts';
import { bodyOf, fixture, readDocument, readPart } from '../fixture.ts';

const NAMES = ['大门口', '仓库东侧', '停车场入口', '办公楼三层走廊'];

describe('readCatalogPart', () => {
  it('reads every field of an item', () => {
    const { announced, received, items } = readPart(bodyOf(fixture('gb28181/c3-catalog-part1.sip')));
    assert.equal(announced, 3);
    assert.equal(received, 2);
    assert.deepEqual(items[0], {
      channelId: '34020000001320000001',
      name: '大门口',
      manufacturer: 'Acme',
      model: 'IPC-2M',
      civilCode: '340200',
      address: '东门',
      parentId: '34020000001180000001',
      businessGroupId: undefined,
      parental: false,
      online: true,
      ptzType: 1,
      longitude: 117.28,
      latitude: 31.86,
    });
    assert.equal(items[1]?.ptzType, undefined);
    assert.equal(items[1]?.longitude, undefined);
  });

  for (const file of [
    'catalog-four-gb2312',
    'catalog-four-utf8',
    'catalog-utf8-declared-gb2312',
    'catalog-gb18030-declared-utf8',
  ]) {
    it(`reads the names of ${file}.xml`, () => {
      const { announced, items } = readPart(fixture(`manscdp/${file}.xml`));
      assert.equal(announced, 4);
      assert.deepEqual(
        items.map(({ name }) => name),
        NAMES,
      );
      assert.deepEqual(
        items.map(({ ptzType }) => ptzType),
        [1, 3, 1, 2],
      );
    });
  }

  const single: readonly (readonly [file: string, name: string])[] = [
    ['catalog-no-declaration', '大门口'],
    ['catalog-bom', '大门口'],
    ['catalog-four-byte', '㐀𠀀龥室'],
    ['catalog-blanks-in-numbers', '门'],
  ];
  for (const [file, name] of single) {
    it(`reads ${file}.xml`, () => {
      const { announced, items } = readPart(fixture(`manscdp/${file}.xml`));
      assert.equal(announced, 1);
      assert.equal(items[0]?.channelId, '34020000001320000001');
      assert.equal(items[0].name, name);
      assert.equal(items[0].online, true);
    });
  }

  it('keeps a name that holds bare markup, and the item behind it (Q27)', () => {
    const { items } = readPart(fixture('manscdp/catalog-raw-markup.xml'));
    assert.deepEqual(
      items.map(({ channelId, name, address }) => [channelId, name, address]),
      [
        ['34020000001320000001', 'A&B<C>1<2&', 'Tom & Jerry'],
        ['34020000001320000002', '仓库', '东门'],
      ],
    );
  });

  it('takes ON, OK, ONLINE in any case and nothing at all for online, any number but 0 for a parent (Q29, Q31)', () => {
    const { items } = readPart(fixture('manscdp/catalog-odd-status.xml'));
    assert.deepEqual(
      items.map(({ online, parental }) => [online, parental]),
      [
        [true, true],
        [true, false],
        [false, false],
        [true, false],
      ],
    );
  });

  it('leaves out an item that was cut off, and keeps those before it', () => {
    const { announced, received, items } = readPart(fixture('manscdp/catalog-cut-off.xml'));
    assert.equal(announced, 4);
    assert.equal(received, items.length + 1);
    assert.deepEqual(
      items.map(({ name }) => name),
      NAMES.slice(0, items.length),
    );
    assert.ok(items.length >= 2);
  });

  it('keeps regions and tree nodes, and leaves out an ID that is none', () => {
    const { received, items } = readPart(fixture('manscdp/catalog-tree-nodes.xml'));
    assert.equal(received, 3);
    assert.deepEqual(
      items.map(({ channelId }) => channelId),
      ['3402', '34020000002160000001'],
    );
  });

  it('reads an empty catalogue', () => {
    assert.deepEqual(readPart(bodyOf(fixture('gb28181/c6-catalog-empty.sip'))), {
      announced: 0,
      received: 0,
      items: [],
    });
  });

  it('reads what real devices sent', () => {
    const ivss = readPart(fixture('captured/029-dahua-ivss-catalog-rtsp.xml'));
    assert.equal(ivss.announced, 4);
    assert.deepEqual(
      ivss.items.map(({ channelId, name, ptzType }) => [channelId, name, ptzType]),
      [['34020000001310000002', 'GB_Chn_002', 3]],
    );
    const badNesting = readPart(fixture('captured/045-catalog-bad-nesting.xml'));
    assert.equal(badNesting.announced, 2);
    assert.equal(badNesting.items[0]?.channelId, '61010500009994655540');
  });

  it('holds no more items than it was told to', () => {
    const document = readDocument(fixture('manscdp/catalog-four-gb2312.xml'));
    const { received, items } = readCatalogPart(document, 2);
    assert.deepEqual([received, items.length], [4, 2]);
  });
});
