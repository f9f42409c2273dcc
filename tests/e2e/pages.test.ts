import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { ensurePagesBuilt } from '../support/built.ts';
import { DESKTOP, launchBrowser, PHONE, PhoneBrowser, whyNoBrowser } from '../support/phone-browser.ts';
import { attachDevice } from '../support/recorded-device.ts';
import { type MetricValues, ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'pages-of-the-tests';
const STOP = 'A50F0100000000B5';

/** Place on the pad, byte 4 of the command, pan and tilt speeds (GB/T 28181-2016 A.3.2), for speed 中. */
const DIRECTIONS = [
  ['up', 0.5, 0.1, 'A50F0108008000'],
  ['upper right', 0.8, 0.2, 'A50F0109808000'],
  ['right', 0.9, 0.5, 'A50F0101800000'],
  ['lower right', 0.8, 0.8, 'A50F0105808000'],
  ['down', 0.5, 0.9, 'A50F0104008000'],
  ['lower left', 0.2, 0.8, 'A50F0106808000'],
  ['left', 0.1, 0.5, 'A50F0102800000'],
  ['upper left', 0.2, 0.2, 'A50F010A808000'],
] as const;

const NOTHING_RUNS = [
  'yimu_rtp_ports_in_use',
  'yimu_streams',
  'yimu_viewers',
  'yimu_leases',
  'yimu_sip_dialogs',
  'yimu_media_dialogs',
  'yimu_ssrc_in_use',
];

function nothingRuns(values: MetricValues): boolean {
  return NOTHING_RUNS.every((name) => values.get(name) === 0);
}

type Attached = Awaited<ReturnType<typeof attachDevice>>;

describe('the pages, from the first one to the camera', function () {
  this.timeout(120_000);
  let server: ServerProcess;
  let browser: Browser | undefined;
  let h5 = '';
  let accessToken = '';
  let phone: PhoneBrowser;
  const attached: Attached[] = [];

  before(async function () {
    const why = whyNoBrowser();
    if (why !== '') {
      console.log(`skipped: the pages in a browser (${why})`);
      this.skip();
    }
    ensurePagesBuilt();
    server = await ServerProcess.start({ YIMU_TRIAL: 'on' });
    h5 = (server.readJson('trial.json') as { readonly h5Url: string }).h5Url;
    ({ accessToken } = (await server.operator('POST', '/tokens')) as { readonly accessToken: string });
    browser = await launchBrowser();
  });

  after(async () => {
    await browser?.close();
    await Promise.all(attached.map(({ device }) => device.stop()));
    if (browser !== undefined) assert.equal(await server.stop(), 0, server.log);
  });

  async function open(address = '', options = PHONE): Promise<void> {
    assert.ok(browser);
    phone = await PhoneBrowser.open(browser, h5, address, options);
  }

  async function attach(options: Parameters<typeof attachDevice>[1]): Promise<Attached> {
    const one = await attachDevice(server, options);
    attached.push(one);
    return one;
  }

  const linkTo = (deviceSerial: string, token = accessToken, channelNo = 1): string =>
    `#/pages/live/index?deviceSerial=${deviceSerial}&channelNo=${channelNo}&accessToken=${token}`;

  describe('what a viewer does', () => {
    afterEach(async () => {
      const { troubles } = phone;
      await phone.close();
      assert.deepEqual(troubles, []);
    });

    it('first page, trial devices, live page: the picture moves, the camera turns, and leaving lets everything go', async () => {
      await open();
      await phone.says('server-state', /已连接/);
      await phone.shot('01-home');
      await phone.tap('trial');
      await phone.says('camera-0', /在线/);
      await phone.shot('02-trial');
      await phone.tap('camera-0');
      await phone.at('pages/live/index');
      await phone.moving();
      await phone.says('facts', /\d+×\d+ · \d+ kbit\/s/);
      await phone.says('presence', /在线/);
      await phone.says('ptz-hint', /按住方向转动/);
      await phone.shot('03-live');
      assert.equal((await server.metrics()).get('yimu_viewers'), 1);
      const finger = await phone.finger();
      await finger.down(await phone.point('pad', 0.9, 0.5));
      await server.metricsUntil((values) => values.get('yimu_ptz_moving') === 1);
      await finger.up();
      await server.metricsUntil((values) => values.get('yimu_ptz_moving') === 0);
      await phone.page.goBack();
      await phone.at('pages/trial/index');
      await server.metricsUntil(nothingRuns, 30_000);
      await phone.page.goBack();
      await phone.at('pages/home/index');
      await phone.says('recent-0', /\S/);
      await phone.shot('04-home-again');
    });

    it('one’s own device by its form: pressed in all eight directions, it turns and stops', async () => {
      const { device, listed } = await attach({ gbId: '34020000001320000041', password: PASSWORD });
      await open('#/pages/own/index');
      await phone.find('code').locator('input').fill('12345');
      await phone.find('token').locator('input').fill('at.too-short');
      await phone.find('code').locator('input').focus();
      await phone.says('token', /应为 64 个字符，现在是 12 个/);
      await phone.shot('05-own-wrong');
      await phone.find('code').locator('input').fill(`${listed.deviceSerial}:1`);
      await phone.find('token').locator('input').fill(accessToken);
      await phone.shot('06-own-right');
      await phone.tap('done');
      await phone.at('pages/live/index');
      assert.ok(!phone.page.url().includes(accessToken), 'the token stays out of the address');
      await phone.moving();
      await phone.says('ptz-hint', /按住方向转动/);
      const finger = await phone.finger();
      for (const [name, x, y, bytes] of DIRECTIONS) {
        const before = device.of('ptz').length;
        await finger.down(await phone.point('pad', x, y));
        await until(`${name}: the camera is told`, () => device.of('ptz')[before]);
        assert.equal(device.of('ptz')[before]?.bytes.slice(0, 14), bytes, name);
        if (name === 'upper left') await phone.shot('07-live-pressed');
        await finger.up();
        await until(`${name}: the camera is stopped`, () => device.of('ptz')[before + 1]);
        assert.equal(device.of('ptz')[before + 1]?.bytes, STOP, name);
      }
      assert.equal(device.of('ptz').length, 2 * DIRECTIONS.length, 'nothing else was sent');
    });

    it('a finger that slides, one that is taken away, a zoom, and a page that is left: always a stop', async () => {
      const [{ device, listed } = await attach({ gbId: '34020000001320000041', password: PASSWORD })] =
        attached;
      await open(linkTo(listed.deviceSerial));
      await phone.moving();
      await phone.says('ptz-hint', /按住方向转动/);
      const from = device.of('ptz').length;
      const told = (): string[] =>
        device
          .of('ptz')
          .slice(from)
          .map(({ stop, bytes }) => (stop ? 'stop' : bytes.slice(6, 8)));
      const finger = await phone.finger();
      await finger.down(await phone.point('pad', 0.9, 0.5));
      await until('right', () => told().length === 1);
      await finger.move(await phone.point('pad', 0.5, 0.1));
      await until('up', () => told().length === 3);
      await finger.cancel();
      await until('the stop', () => told().length === 4);
      assert.deepEqual(told(), ['01', 'stop', '08', 'stop']);
      await finger.down(await phone.point('zoomIn', 0.5, 0.5));
      await until('zoom', () => told().length === 5);
      await finger.up();
      await until('the stop of the zoom', () => told().length === 6);
      assert.deepEqual(told().slice(4), ['10', 'stop']);
      await finger.down(await phone.point('pad', 0.1, 0.5));
      await until('left', () => told().length === 7);
      await phone.page.evaluate("location.hash = '#/pages/home/index'");
      await phone.at('pages/home/index');
      await until('the stop of the page that was left', () => told().length === 8);
      assert.deepEqual(told().slice(6), ['02', 'stop']);
      await finger.up();
    });

    it('quality, sound, full screen, stop and play; leaving brings the BYE to the camera', async () => {
      const [{ device, listed } = await attach({ gbId: '34020000001320000041', password: PASSWORD })] =
        attached;
      const calls = device.of('invite').length;
      await open(linkTo(listed.deviceSerial));
      await phone.moving();
      await phone.tap('quality');
      await phone.find('menu').waitFor();
      await phone.shot('08-quality');
      await phone.tap('quality-2');
      await phone.says('quality', /标清/);
      await phone.moving();
      await phone.tap('sound');
      await phone.settled('the sound is on', "document.querySelector('video').muted === false");
      await phone.settled(
        'sound is decoded',
        "document.querySelector('video').webkitAudioDecodedByteCount > 0",
      );
      await phone.tap('full');
      await phone.find('leave-full').waitFor();
      await phone.moving();
      await phone.shot('09-full-screen');
      await phone.tap('leave-full');
      await phone.gone('leave-full');
      await phone.tap('toggle');
      await phone.find('big-play').waitFor();
      await phone.shot('10-stopped');
      await phone.tap('big-play');
      await phone.moving();
      assert.ok(device.of('invite').length > calls);
      const byes = device.of('bye').length;
      await phone.page.evaluate("location.hash = '#/pages/home/index'");
      await phone.at('pages/home/index');
      await until('the BYE', () => device.of('bye').length > byes, 30_000);
      assert.equal(device.of('bye').at(-1)?.by, 'platform');
      await until('no call is left', () => device.calls === 0, 30_000);
    });

    it('a network that is lost is told, and the picture comes back with it', async () => {
      const [{ listed } = await attach({ gbId: '34020000001320000041', password: PASSWORD })] = attached;
      await open(linkTo(listed.deviceSerial));
      await phone.moving();
      await phone.page.context().setOffline(true);
      await phone.says('notice-title', /网络已断开/);
      await phone.shot('11-no-network');
      await phone.page.context().setOffline(false);
      await phone.moving();
    });

    it('a recorder’s cameras are watched one after the other; one that cannot turn says so', async () => {
      await open('#/pages/trial/index');
      for (const camera of [1, 2]) {
        await phone.says(`camera-${camera}`, /在线/);
        await phone.tap(`camera-${camera}`);
        await phone.moving();
        await phone.says('ptz-hint', /不支持云台/);
        if (camera === 1) await phone.shot('12-live-fixed-camera');
        await phone.page.goBack();
        await phone.at('pages/trial/index');
      }
    });

    it('on a wide screen the pages stand in a column, and the mouse turns the camera', async () => {
      const [{ device, listed } = await attach({ gbId: '34020000001320000041', password: PASSWORD })] =
        attached;
      await open('', DESKTOP);
      await phone.says('server-state', /已连接/);
      await phone.shot('20-desktop-home');
      await phone.page.evaluate(`location.hash = ${JSON.stringify(linkTo(listed.deviceSerial))}`);
      await phone.moving();
      await phone.says('ptz-hint', /按住方向转动/);
      const before = device.of('ptz').length;
      const { x, y } = await phone.point('pad', 0.9, 0.5);
      await phone.page.mouse.move(x, y);
      await phone.page.mouse.down();
      await until('the camera turns', () => device.of('ptz')[before]?.bytes.startsWith('A50F0101'));
      await phone.shot('21-desktop-live');
      await phone.page.mouse.up();
      await until('the camera is stopped', () => device.of('ptz')[before + 1]?.stop);
      await phone.tap('full');
      await phone.find('leave-full').waitFor();
      await phone.shot('22-desktop-full');
    });
  });

  describe('what a viewer is told', () => {
    afterEach(async () => {
      const { troubles } = phone;
      await phone.close();
      assert.deepEqual(troubles, []);
    });

    async function isTold(title: string, code: string, shot: string): Promise<void> {
      await phone.says('notice-title', new RegExp(`^${title}$`), 40_000);
      assert.match(await phone.text('notice-cause'), /[\u4e00-\u9fff]/);
      assert.equal(await phone.text('notice-code'), `错误码 ${code}`);
      await phone.shot(shot);
    }

    it('a wrong token: 10002', async () => {
      await open(linkTo(attached[0]?.listed.deviceSerial ?? '', 'at.'.padEnd(64, '0')));
      await isTold('AccessToken 异常或已过期', '10002', '30-wrong-token');
      await phone.tap('notice-action');
      await phone.at('pages/own/index');
      assert.match(await phone.find('code').locator('input').inputValue(), /:1$/);
    });

    it('an unknown device: 20002, an unknown channel: 20001', async () => {
      await open(linkTo('ZZZZZZZZZ'));
      await isTold('设备不存在', '20002', '31-unknown-device');
      await phone.close();
      await open(linkTo(attached[0]?.listed.deviceSerial ?? '', accessToken, 99));
      await isTold('通道不存在', '20001', '32-unknown-channel');
    });

    it('a device that went offline: 20007, with the time when it was seen', async () => {
      const { device, listed } = await attach({ gbId: '34020000001320000042', password: PASSWORD });
      await device.stop();
      await open(linkTo(listed.deviceSerial));
      await phone.says('notice-cause', /最后在线 \d\d-\d\d \d\d:\d\d/, 40_000);
      await isTold('设备不在线', '20007', '33-offline');
      await phone.says('presence', /离线/);
    });

    async function alterAddresses(alter: (url: URL, nth: number) => void): Promise<void> {
      let nth = 0;
      await phone.page.route('**/live/address/get', async (route) => {
        const response = await route.fetch();
        const body = (await response.json()) as { data: { url: string } };
        const url = new URL(body.data.url);
        alter(url, (nth += 1));
        body.data.url = url.href;
        await route.fulfill({ response, json: body });
      });
    }

    const forge = (url: URL): void => {
      const t = url.searchParams.get('t') ?? '';
      url.searchParams.set('t', (t.startsWith('0') ? '1' : '0') + t.slice(1));
    };

    it('an altered address is refused; the page asks for another once, and then tells', async () => {
      await open();
      await alterAddresses(forge);
      await phone.page.evaluate(
        `location.hash = ${JSON.stringify(linkTo(attached[0]?.listed.deviceSerial ?? ''))}`,
      );
      await isTold('播放地址已失效', 'GRANT_INVALID', '34-altered-address');
    });

    it('an expired address is told too', async () => {
      await open();
      await alterAddresses((url) => {
        url.searchParams.set('expire', '1000000000');
      });
      await phone.page.evaluate(
        `location.hash = ${JSON.stringify(linkTo(attached[0]?.listed.deviceSerial ?? ''))}`,
      );
      await phone.says('notice-title', /^播放地址已失效$/);
      assert.match(await phone.text('notice-code'), /GRANT_(EXPIRED|INVALID)/);
      await phone.shot('35-expired-address');
    });

    it('an address that was good no longer is replaced without a word', async () => {
      await open();
      await alterAddresses((url, nth) => {
        if (nth === 1) forge(url);
      });
      await phone.page.evaluate(
        `location.hash = ${JSON.stringify(linkTo(attached[0]?.listed.deviceSerial ?? ''))}`,
      );
      await phone.moving();
    });

    it('a camera that never sends media, one that is busy, and one that never answers', async () => {
      const silent = await attach({ gbId: '34020000001320000043', password: PASSWORD, faults: ['no-media'] });
      await open(linkTo(silent.listed.deviceSerial));
      await phone.says('loading-title', /正在连接设备/);
      await phone.shot('36-connecting');
      await isTold('未收到设备画面', 'MEDIA_NO_RTP', '37-no-media');
      await silent.device.until('bye', undefined, 30_000);
      await phone.close();
      const busy = await attach({ gbId: '34020000001320000044', password: PASSWORD, faults: ['busy'] });
      await open(linkTo(busy.listed.deviceSerial));
      await isTold('设备忙', 'DEVICE_BUSY', '38-busy');
      await phone.close();
      const mute = await attach({
        gbId: '34020000001320000045',
        password: PASSWORD,
        faults: ['mute-invite'],
      });
      await open(linkTo(mute.listed.deviceSerial));
      await isTold('设备响应超时', 'DEVICE_TIMEOUT', '39-timeout');
    });

    it('a camera that hangs up: the page dials again by itself', async () => {
      const { device, listed } = await attach({
        gbId: '34020000001320000046',
        password: PASSWORD,
        faults: ['hang-up'],
      });
      await open(linkTo(listed.deviceSerial));
      await until('the second call', () => device.of('invite').length >= 2, 40_000);
    });

    it('a mini-program code whose ticket is good for nothing, and a link that names no camera', async () => {
      await open('?path=pages/live/index&scene=a-ticket-nobody-knows');
      await isTold('二维码已失效', '10001', '40-bad-ticket');
      await phone.tap('notice-action');
      await phone.at('pages/home/index');
      await phone.close();
      await open('#/pages/live/index');
      await isTold('没有可播放的设备', 'NO_DEVICE', '41-no-device');
    });

    it('a mini-program code that the server made opens its camera', async () => {
      const { devices } = server.readJson('trial.json') as {
        readonly devices: readonly { readonly gbId: string }[];
      };
      const { ticket } = (await server.operator('POST', '/tickets', {
        device: devices[0]?.gbId,
        channelNo: 1,
      })) as { readonly ticket: string };
      await open(`?path=pages/live/index&scene=${ticket}`);
      await phone.moving();
    });

    it('another mini-program that hands camera and token over opens it', async () => {
      const extra = { accessToken, deviceSerial: attached[0]?.listed.deviceSerial, channelNo: 1 };
      await open(`?path=pages/live/index&appId=wx1&extraData=${encodeURIComponent(JSON.stringify(extra))}`);
      await phone.moving();
    });

    it('a camera of one’s own without a token, after a reload', async () => {
      await open(`#/pages/live/index?deviceSerial=${attached[0]?.listed.deviceSerial ?? ''}&channelNo=1`);
      await isTold('需要 AccessToken', 'NO_TOKEN', '42-no-token');
    });
  });

  describe('afterwards', () => {
    it('nothing is left: ports, dialogs, streams, viewers, leases', async () => {
      await Promise.all(attached.map(({ device }) => device.stop()));
      await server.metricsUntil(nothingRuns, 45_000);
    });
  });
});
