import assert from 'node:assert/strict';
import type { CatalogItem } from '../../../bff/src/gb28181/index.ts';
import { CAMERA, NVR, Stack } from './a-stack.ts';
import { asAnswer, bodyOf, fixture, withSn } from './fixtures.ts';
import { catalogueBody, type RawDevice, snOf } from './raw-device.ts';
import { answerUnderSn } from './replay.ts';
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

  /** The items that the platform makes of a fixture in answer to its query. */
  async function itemsIn(
    device: RawDevice,
    file: string,
  ): Promise<{ readonly items: readonly CatalogItem[]; readonly complete: boolean }> {
    const answer = stack.platform.queryCatalog(NVR);
    const question = await device.takeMessage('Catalog');
    expectOk(await device.exchange(answerUnderSn(question, fixture(file))));
    return await answer;
  }

  describe('catalogue', () => {
    const plain = (fields: string): string =>
      `<Item>\r\n<DeviceID>${CAMERA}</DeviceID>\r\n${fields}\r\n</Item>\r\n`;

    it('blanks around numbers (TP-Link) (Q24)', async () => {
      const device = await stack.online(NVR);
      const { items, complete } = await itemsIn(device, 'gb28181/quirks/q24-catalog-blanks.sip');
      assert.deepEqual([items[0]?.name, complete], ['a', true]);
    });

    it('raw &, < and > in names (Hikvision) (Q27)', async () => {
      const device = await stack.online(NVR);
      const { items } = await itemsIn(device, 'gb28181/quirks/q27-catalog-raw-markup.sip');
      assert.deepEqual(
        items.map(({ channelId, name, address }) => [channelId, name, address]),
        [
          [CAMERA, 'Tom & Jerry < 3', 'A&B'],
          ['34020000001320000002', 'x<y', 'x<y & y>x'],
          ['34020000001320000003', 'gate <B>', 'yard'],
        ],
      );
    });

    const charsets: readonly (readonly [title: string, file: string])[] = [
      ['a byte order mark before UTF-8', 'gb28181/quirks/q28-byte-order-mark.sip'],
      ['UTF-8 under a declaration of GB2312', 'gb28181/quirks/q28-utf8-as-gb2312.sip'],
      ['GBK under a declaration of UTF-8', 'gb28181/quirks/q28-gbk-as-utf8.sip'],
      ['no declaration', 'gb28181/quirks/q28-no-declaration.sip'],
      ['NUL behind the document', 'gb28181/quirks/q28-nul-behind.sip'],
    ];
    for (const [title, file] of charsets) {
      it(`${title} (Q28)`, async () => {
        const device = await stack.online(NVR);
        const { items } = await itemsIn(device, file);
        assert.equal(items[0]?.name, '大门口摄像机');
      });
    }

    it('Parental 65535 (Hikvision), and Status in the words of each vendor (Q29, Q31)', async () => {
      const device = await stack.online(NVR);
      const { items } = await itemsIn(device, 'gb28181/quirks/q31-catalog-statuses.sip');
      assert.deepEqual(
        items.map(({ online }) => online),
        [true, false, true, false, true, true, true, true],
      );
      assert.ok(items.every(({ parental }) => parental));
    });

    it('an item that is its own parent, has none, or names what nobody knows (Q32)', async () => {
      const device = await stack.online(NVR);
      const { items, complete } = await itemsIn(device, 'gb28181/quirks/q32-catalog-parents.sip');
      assert.deepEqual([items.length, complete], [5, true]);
    });

    it('channels that share one ID, or bear the ID of their device (NVR) (Q33)', async () => {
      const device = await stack.online(NVR);
      const { items, complete } = await itemsIn(device, 'gb28181/quirks/q33-catalog-one-id.sip');
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
      expectOk(await device.exchange(fixture('gb28181/quirks/q34-catalog-unasked.sip')));
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
    const ANSWER = fixture('gb28181/i3-200.sip');
    /** The usual answer with another text in place of its y=. */
    const answerWith = (y: string): Buffer =>
      Buffer.from(ANSWER.toString('latin1').replace(/y=\d+\r\n/, y), 'latin1');

    async function played(answer: (ssrc: string) => Buffer): Promise<number> {
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
      device.peer.send(asAnswer(answer(ssrc.text), invite));
      const { ssrc: told } = await play;
      return told - ssrc.value;
    }

    it('y= of the device’s own, with its leading zero cut off, is that number (Q19)', async () => {
      let ours = 0;
      const difference = await played((ssrc) => {
        ours = Number(ssrc);
        return fixture('gb28181/quirks/q19-200-ssrc-cut.sip');
      });
      assert.equal(difference + ours, 703_036_487);
    });

    it('y= with its leading zero cut off is the same number as ours (Q19)', async () => {
      assert.equal(await played((ssrc) => answerWith(`y=${String(Number(ssrc))}\r\n`)), 0);
    });

    it('no y= in the answer: it is ours (Q19)', async () => {
      assert.equal(await played(() => fixture('gb28181/quirks/q19-200-no-ssrc.sip')), 0);
    });

    it('y= of zeros: it is ours', async () => {
      assert.equal(await played(() => answerWith('y=0000000000\r\n')), 0);
    });

    it('the model instead of Play, lines out of order, bare line feeds', async () => {
      const text = answerWith('').toString('latin1');
      const sdpAt = text.indexOf('v=0');
      const sdp = text.slice(sdpAt).replace('s=Play', 's=X5S').replaceAll('\r\n', '\n');
      const odd = Buffer.from(text.slice(0, sdpAt) + sdp, 'latin1');
      assert.equal(await played(() => odd), 0);
    });

    it('MediaStatus is signed by the channel, which never registered (Hikvision) (Q50)', async () => {
      const device = await stack.online(NVR);
      const channel = device.as('34020000001310000077');
      expectOk(await channel.tell(bodyOf(fixture('gb28181/m7-mediastatus.sip'))));
    });
  });
});
