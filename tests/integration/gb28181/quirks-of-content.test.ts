import assert from 'node:assert/strict';
import iconv from 'iconv-lite';
import type { CatalogItem } from '../../../bff/src/gb28181/index.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { bodyOf, fixture, withSn } from './fixtures.ts';
import { catalogueBody, type RawDevice, snOf } from './raw-device.ts';
import type { Received } from './sip-peer.ts';

function expectOk(answer: Received | undefined): void {
  assert.equal(answer?.start, 'SIP/2.0 200 OK');
}

function catalogue(sn: string, sum: number | string, items: string): string {
  return catalogueBody(NVR, sn, sum, items);
}

describe('what real devices do wrong in catalogues and descriptions, and is understood all the same', function () {
  this.timeout(20_000);
  let stack: Stack;

  beforeEach(async () => {
    stack = await Stack.start({ catalogFirstPartMs: 1_500, catalogSilenceMs: 2_000 });
  });

  afterEach(async () => {
    await stack.stop();
  });

  /** The items that the platform makes of a body in answer to its query. */
  async function itemsOf(
    device: RawDevice,
    body: (sn: string) => Buffer | string,
  ): Promise<{ readonly items: readonly CatalogItem[]; readonly complete: boolean }> {
    const answer = stack.platform.queryCatalog(NVR);
    const sn = snOf(await device.takeMessage('Catalog'));
    expectOk(await device.tell(body(sn)));
    return await answer;
  }

  describe('catalogue', () => {
    const plain = (fields: string): string =>
      `<Item>\r\n<DeviceID>${CAMERA}</DeviceID>\r\n${fields}\r\n</Item>\r\n`;

    it('blanks around numbers (TP-Link) (Q24)', async () => {
      const device = await stack.online(NVR);
      const { items, complete } = await itemsOf(device, (sn) =>
        catalogue(` ${sn} `, ' 1 ', plain('<Name> a </Name>')),
      );
      assert.deepEqual([items[0]?.name, complete], ['a', true]);
    });

    it('raw &, < and > in names (Hikvision) (Q27)', async () => {
      const device = await stack.online(NVR);
      const { items } = await itemsOf(device, (sn) =>
        catalogue(
          sn,
          3,
          plain('<Name>Tom & Jerry < 3</Name>\r\n<Address>A&B</Address>') +
            '<Item><DeviceID>34020000001320000002</DeviceID><Name>x<y</Name><Address>x<y & y>x</Address></Item>' +
            '<Item><DeviceID>34020000001320000003</DeviceID><Name>gate <B></Name><Address>yard</Address></Item>',
        ),
      );
      assert.deepEqual(
        items.map(({ channelId, name, address }) => [channelId, name, address]),
        [
          [CAMERA, 'Tom & Jerry < 3', 'A&B'],
          ['34020000001320000002', 'x<y', 'x<y & y>x'],
          ['34020000001320000003', 'gate <B>', 'yard'],
        ],
      );
    });

    const charsets: readonly (readonly [string, (xml: string) => Buffer])[] = [
      ['a byte order mark before UTF-8', (xml) => Buffer.from(`\ufeff${xml}`)],
      ['UTF-8 under a declaration of GB2312', (xml) => Buffer.from(xml)],
      ['GBK under a declaration of UTF-8', (xml) => iconv.encode(xml.replace('GB2312', 'UTF-8'), 'gbk')],
      ['no declaration', (xml) => iconv.encode(xml.replace(/^<\?.*\?>\r\n/, ''), 'gb18030')],
      ['NUL behind the document', (xml) => Buffer.concat([iconv.encode(xml, 'gb2312'), Buffer.alloc(2)])],
    ];
    for (const [title, encode] of charsets) {
      it(`${title} (Q28)`, async () => {
        const device = await stack.online(NVR);
        const { items } = await itemsOf(device, (sn) =>
          encode(catalogue(sn, 1, plain('<Name>大门口摄像机</Name>'))),
        );
        assert.equal(items[0]?.name, '大门口摄像机');
      });
    }

    it('Parental 65535 (Hikvision), and Status in the words of each vendor (Q29, Q31)', async () => {
      const device = await stack.online(NVR);
      const statuses = ['ON', 'OFF', 'ONLINE', 'OFFLINE', 'OK', 'On', ' on ', ''];
      const { items } = await itemsOf(device, (sn) =>
        catalogue(
          sn,
          statuses.length,
          statuses
            .map(
              (status, index) =>
                `<Item><DeviceID>3402000000132000000${String(index)}</DeviceID><Parental>65535</Parental><Status>${status}</Status></Item>`,
            )
            .join(''),
        ),
      );
      assert.deepEqual(
        items.map(({ online }) => online),
        [true, false, true, false, true, true, true, true],
      );
      assert.ok(items.every(({ parental }) => parental));
    });

    it('an item that is its own parent, has none, or names what nobody knows (Q32)', async () => {
      const device = await stack.online(NVR);
      const parents = [CAMERA, '', 'null', '34020000001180000001/34020000002160000001', '1'];
      const { items } = await itemsOf(device, (sn) =>
        catalogue(
          sn,
          parents.length,
          parents
            .map(
              (parent, index) =>
                `<Item><DeviceID>3402000000132000000${String(index)}</DeviceID><ParentID>${parent}</ParentID></Item>`,
            )
            .join(''),
        ),
      );
      assert.equal(items.length, parents.length);
    });

    it('channels that share one ID, or bear the ID of their device (NVR) (Q33)', async () => {
      const device = await stack.online(NVR);
      const { items, complete } = await itemsOf(device, (sn) =>
        catalogue(
          sn,
          3,
          `${plain('<Name>front</Name>')}${plain('<Name>back</Name>')}<Item><DeviceID>${NVR}</DeviceID></Item>`,
        ),
      );
      assert.deepEqual(
        [items.map(({ channelId, name }) => [channelId, name]), complete],
        [
          [
            [CAMERA, 'front'],
            [NVR, ''],
          ],
          true,
        ],
      );
      assert.equal(stack.figure('yimu_catalog_items_repeated'), 1, 'and it is told that one is missing');
    });

    it('a second </Item>, and a list that is cut off in the middle', async () => {
      const device = await stack.online(NVR);
      const { items } = await itemsOf(device, (sn) => catalogue(sn, 1, `${plain('<Name>a</Name>')}</Item>`));
      assert.equal(items[0]?.name, 'a');
      const cut = await itemsOf(device, (sn) => {
        const whole = catalogue(sn, 2, plain('<Name>a</Name>') + plain('<Name>b</Name>'));
        return whole.slice(0, whole.lastIndexOf('<Name>b') + 8);
      });
      assert.equal(cut.items.length, 1);
    });

    it('an unsolicited answer minutes after a good one is a part to merge, never the whole (Tiandy) (Q34)', async () => {
      const device = await stack.online(NVR);
      const { complete } = await itemsOf(device, (sn) => catalogue(sn, 1, plain('')));
      assert.equal(complete, true);
      expectOk(await device.tell(catalogue('999999999', 1, plain('<Name>late</Name>'))));
      const [name, gbId, items] = stack.events.at(-1) ?? [];
      assert.deepEqual(
        [name, gbId, (items as readonly CatalogItem[])[0]?.name],
        ['catalogPart', NVR, 'late'],
      );
    });

    it('two who ask at the same time share one query (Q60)', async () => {
      const device = await stack.online(NVR);
      const both = [stack.platform.queryCatalog(NVR), stack.platform.queryCatalog(NVR)];
      const sn = snOf(await device.takeMessage('Catalog'));
      expectOk(await device.tell(catalogue(sn, 1, plain(''))));
      const [one, other] = await Promise.all(both);
      assert.equal(one, other);
      assert.equal(device.peer.waiting.length, 0);
    });

    it('an apostrophe and markup in a name stay what they are (Q69)', async () => {
      const device = await stack.online(NVR);
      const told = bodyOf(fixture('gb28181/quirks/q69-hostile-name.sip'));
      const { items } = await itemsOf(device, (sn) => withSn(told, sn));
      assert.equal(items[0]?.name, "x'); DROP TABLE channels;-- <script>");
    });

    it('a document type with entities is refused by 400 and the device stays online', async () => {
      const device = await stack.online(NVR);
      assert.equal((await device.tell(fixture('manscdp/billion-laughs.xml'))).status, 400);
      expectOk(await device.keepalive());
    });
  });

  describe('live media', () => {
    const ANSWER = bodyOf(fixture('gb28181/i3-200.sip')).toString('latin1');
    const SDP = ['Content-Type: APPLICATION/SDP'];

    async function played(answer: (ssrc: string) => string): Promise<number> {
      const device = await stack.online(NVR);
      const ssrc = stack.platform.reserveSsrc('live');
      const play = stack.platform.play({
        deviceGbId: NVR,
        channelGbId: CAMERA,
        transport: 'udp',
        streamNumber: 0,
        ssrc,
        receiver: { address: '203.0.113.20', port: 30_000 },
        timeoutMs: 3_000,
      });
      const invite = await device.peer.nextRequest('INVITE');
      device.answer(invite, '101 Dialog Establishement', { headers: ['Contact: <sip:1@192.168.1.64>'] });
      device.answer(invite, '200 OK', { headers: SDP, body: answer(ssrc.text) });
      const { ssrc: told } = await play;
      return told - ssrc.value;
    }

    it('y= of the device’s own, with its leading zero cut off, is that number (Q19)', async () => {
      let ours = 0;
      const answer = (ssrc: string): string => {
        ours = Number(ssrc);
        return ANSWER.replace(/y=\d+/, 'y=703036487');
      };
      const difference = await played(answer);
      assert.equal(difference + ours, 703_036_487);
    });

    it('y= with its leading zero cut off is the same number as ours (Q19)', async () => {
      assert.equal(await played((ssrc) => ANSWER.replace(/y=\d+/, `y=${String(Number(ssrc))}`)), 0);
    });

    it('no y= in the answer: it is ours (Q19)', async () => {
      assert.equal(await played(() => ANSWER.replace(/y=\d+\r\n/, '')), 0);
    });

    it('y= of zeros: it is ours', async () => {
      assert.equal(await played(() => ANSWER.replace(/y=\d+/, 'y=0000000000')), 0);
    });

    it('the model instead of Play, lines out of order, bare line feeds', async () => {
      const odd = ANSWER.replace('s=Play', 's=X5S')
        .replace(/y=\d+\r\n/, '')
        .replaceAll('\r\n', '\n');
      assert.equal(await played(() => odd), 0);
    });

    it('MediaStatus is signed by the channel, which never registered (Hikvision) (Q50)', async () => {
      const device = await stack.online(NVR);
      const channel = device.as('34020000001310000077');
      expectOk(await channel.tell(bodyOf(fixture('gb28181/m7-mediastatus.sip'))));
    });
  });
});
