import assert from 'node:assert/strict';
import iconv from 'iconv-lite';
import { NVR, Stack } from './a-stack.ts';
import { fixture } from './fixtures.ts';
import { nothingHeld } from './nothing-held.ts';
import type { RawDevice } from './raw-device.ts';

const HEAD = `<CmdType>Catalog</CmdType><SN>1</SN><DeviceID>${NVR}</DeviceID>`;
const DEEP = 100_000;

/** Bodies that are none, what they are counted as, and by which status they are refused (RFC 3261 §21.4). */
const REFUSED: readonly (readonly [title: string, body: Buffer, fault: string, status: number])[] = [
  ['blanks alone', Buffer.from(' \r\n\t '), 'no-root', 400],
  ['no markup at all', Buffer.from('Catalog of all my cameras'), 'no-root', 400],
  ['a tag that never ends', Buffer.from(`<Response ${'x'.repeat(5_000)}`), 'no-root', 400],
  ['a root of another language', Buffer.from(`<html>${HEAD}</html>`), 'unknown-root', 400],
  ['no CmdType', Buffer.from('<Response><SN>1</SN></Response>'), 'no-cmd-type', 400],
  [
    'a CmdType of a thousand letters',
    Buffer.from(`<Notify><CmdType>${'A'.repeat(1_000)}</CmdType></Notify>`),
    'no-cmd-type',
    400,
  ],
  ['entities that grow', fixture('manscdp/billion-laughs.xml'), 'document-type', 400],
  [
    'a document type behind the head',
    Buffer.from(`<Response>${HEAD}<!DOCTYPE a SYSTEM "file:///etc/passwd"></Response>`),
    'document-type',
    400,
  ],
  ['a hundred thousand levels', Buffer.from(`<Response>${HEAD}${'<a>'.repeat(DEEP / 5)}`), 'too-deep', 400],
  ['UTF-16', Buffer.from(`\ufeff<Response>${HEAD}</Response>`, 'utf16le'), 'no-root', 400],
  [
    'octets of chance',
    Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * 7_919 + 13) % 256)),
    'no-root',
    400,
  ],
];

/** Bodies whose text is not what they say: read as far as they can be, and answered by 200. */
const TAKEN: readonly (readonly [title: string, body: Buffer])[] = [
  [
    'half a character of GB 18030 at the end of a name',
    Buffer.concat([
      Buffer.from(`<Response>${HEAD}<Name>`),
      Buffer.from([0xb4]),
      Buffer.from('</Name></Response>'),
    ]),
  ],
  [
    'UTF-8 cut in the middle of a character, under a declaration of GB2312',
    Buffer.concat([
      Buffer.from(`<?xml version="1.0" encoding="GB2312"?><Response>${HEAD}<Name>`),
      Buffer.from('大门').subarray(0, 4),
      Buffer.from('</Name></Response>'),
    ]),
  ],
  [
    'a declaration of a charset that nobody knows',
    Buffer.from(`<?xml version="1.0" encoding="EBCDIC-INT"?><Response>${HEAD}</Response>`),
  ],
  [
    'GBK under a declaration of UTF-8',
    iconv.encode(
      `<?xml version="1.0" encoding="UTF-8"?><Response>${HEAD}<Name>仓库</Name></Response>`,
      'gbk',
    ),
  ],
  [
    'control characters and NUL in the text',
    Buffer.from(`<Response>${HEAD}<Name>a\0b\u0007c</Name></Response>`),
  ],
  ['end tags that belong to nothing', Buffer.from(`<Response>${HEAD}</Item></Item></a></Response>`)],
  ['nothing closed', Buffer.from(`<Response>${HEAD}<DeviceList><Item><Name>`)],
];

describe('hostile bodies over real sockets: each refused or read, counted, and nothing held', function () {
  this.timeout(60_000);
  let stack: Stack;
  let device: RawDevice;
  let timers: number;

  before(async () => {
    stack = await Stack.start();
    timers = stack.clock.pending;
    device = await stack.online(NVR);
  });

  after(async () => {
    await stack.stop();
  });

  for (const transport of ['udp', 'tcp'] as const) {
    for (const [title, body, fault, status] of REFUSED) {
      it(`${title}: ${String(status)} over ${transport.toUpperCase()}, counted as ${fault}`, async () => {
        const sender = transport === 'udp' ? device : await stack.online(NVR, 'tcp');
        const before = stack.figures('yimu_manscdp_faults')[fault] ?? 0;
        assert.equal((await sender.tell(body)).status, status);
        assert.equal(stack.figures('yimu_manscdp_faults')[fault], before + 1);
        assert.equal((await sender.keepalive()).status, 200, 'the device stays what it is');
        if (sender !== device) await sender.register({ expires: 0 });
        if (sender !== device) assert.equal((await device.register()).status, 200);
      });
    }
  }

  for (const [title, body] of TAKEN) {
    it(`${title}: read as far as it can be`, async () => {
      assert.equal((await device.tell(body)).status, 200);
      assert.equal((await device.keepalive()).status, 200);
    });
  }

  it('a NOTIFY with such a body is refused in the same way', async () => {
    const headers = ['Content-Type: Application/MANSCDP+xml', 'Event: Catalog', 'Subscription-State: active'];
    assert.equal((await device.ask('NOTIFY', { headers, body: '<html/>' })).status, 400);
  });

  it('four mebibytes over TCP: 413 for what is longer, and the connection goes on', async () => {
    const sender = await stack.online(NVR, 'tcp');
    const most = `<Response>${HEAD}<a>${'x'.repeat(4_194_304 - 200)}</a></Response>`;
    assert.equal((await sender.tell(most)).status, 200);
    assert.equal((await sender.keepalive()).status, 200);
  });

  it('a quarter of a million elements are read, more are refused', async () => {
    const sender = await stack.online(NVR, 'tcp');
    const elements = (count: number): string => `<Response>${HEAD}${'<a/>'.repeat(count)}</Response>`;
    assert.equal((await sender.tell(elements(249_000))).status, 200);
    assert.equal((await sender.tell(elements(260_000))).status, 400);
    assert.equal(stack.figures('yimu_manscdp_faults')['too-many-elements'], 1);
    await sender.register({ expires: 0 });
  });

  it('holds nothing of all this at the end', async () => {
    await nothingHeld(stack, timers);
  });
});
