import assert from 'node:assert/strict';
import { ok, refusal, SERIAL, TOKEN } from './fake-server.ts';
import { ADDRESS, CAMERA, INFO, LivePage } from './live-page.ts';

describe('the live page', function () {
  this.timeout(30_000);
  let live: LivePage;

  beforeEach(() => {
    live = new LivePage();
  });

  afterEach(() => {
    live.close();
  });

  describe('from the address to the picture', () => {
    it('asks for a FLV address of the main stream and plays it as a call, without sound at first', async () => {
      await live.open();
      await live.mp.until(() => live.mp.players.length === 1);
      const [asked] = live.server.of(ADDRESS);
      assert.deepEqual(asked, {
        accessToken: TOKEN,
        deviceSerial: SERIAL,
        channelNo: '1',
        protocol: '4',
        quality: '1',
        expireTime: '600',
      });
      assert.match(live.player().url, /^http:\/\/media\.test\/live\.flv\?quality=1/);
      assert.deepEqual(live.player().latency, { target: 0.4, max: 1 });
      assert.equal(live.mp.data['muted'], true);
      assert.equal(live.server.of(ADDRESS).length, 1, 'one address, for what is watched');
    });

    it('tells how far it is, step by step, and then shows the picture alone', async () => {
      await live.open();
      assert.equal(live.mp.text('#loading-title'), '正在获取播放地址');
      await live.mp.until(
        () => live.mp.players.length === 1 && live.mp.text('#loading-title') === '正在连接设备',
      );
      live.player().events.connected();
      await live.mp.until(() => live.mp.text('#loading-title') === '已连接，等待画面');
      live.player().events.begun();
      await live.mp.until(() => live.mp.text('#loading-title') === '画面就要来了');
      live.player().events.firstFrame();
      await live.mp.until(() => !live.mp.has('#loading-title'));
      assert.equal(live.mp.text('#chip'), '直播');
    });

    it('names the camera in the bar, on the card, and whether it is there', async () => {
      await live.play();
      assert.equal(live.mp.window.document.title, '大门');
      assert.match(live.mp.text('#card'), /大门.*在线.*C78957921 · 通道 1/);
    });

    it('shows size and speed of the running stream', async () => {
      await live.play();
      live.player().events.figures({
        netSpeed: 812,
        videoBitrate: 812,
        videoFps: 25,
        videoWidth: 1280,
        videoHeight: 720,
        bufferedSeconds: 1,
      });
      await live.mp.until(() => live.mp.has('#facts'));
      assert.equal(live.mp.text('#facts'), '1280×720 · 812 kbit/s');
    });

    it('keeps the screen awake while it plays, and lets it sleep after', async () => {
      const awake: boolean[] = [];
      const patchWx = (wx: Record<string, unknown>): void => {
        wx['setKeepScreenOn'] = ({ keepScreenOn }: { keepScreenOn: boolean }) => awake.push(keepScreenOn);
      };
      await live.play(CAMERA, { patchWx });
      live.mp.tap('#toggle');
      await live.mp.until(() => live.mp.has('#big-play'));
      assert.deepEqual(awake, [true, false]);
    });
  });

  describe('ways in', () => {
    it('a trial camera gets its token from the server', async () => {
      await live.play(`?deviceSerial=${SERIAL}&channelNo=1&trial=1&name=%E7%90%83%E6%9C%BA`);
      assert.equal(live.server.of(ADDRESS)[0]?.['accessToken'], TOKEN);
      assert.match(live.mp.text('#card'), /球机.*试用/);
    });

    it('a lent token that has run out is replaced once', async () => {
      let lent = 0;
      live.server.on('/yimu/trial', () => ok({ accessToken: `at.${(lent += 1)}`, devices: [] }));
      live.server.on(ADDRESS, ({ accessToken }) =>
        accessToken === 'at.1'
          ? refusal('10002', 'accessToken异常或过期')
          : ok({ url: 'http://media.test/a.flv' }),
      );
      await live.open(`?deviceSerial=${SERIAL}&channelNo=1&trial=1`);
      await live.mp.until(() => live.mp.players.length === 1);
      assert.equal(lent, 2);
    });

    it('another mini-program hands camera and token over (scene 1037)', async () => {
      const extra = encodeURIComponent(
        JSON.stringify({ accessToken: TOKEN, deviceSerial: SERIAL, channelNo: 2 }),
      );
      await live.open('', { search: `?extraData=${extra}&appId=wx1` });
      await live.mp.until(() => live.mp.players.length === 1);
      assert.deepEqual(
        [live.server.of(ADDRESS)[0]?.['accessToken'], live.server.of(ADDRESS)[0]?.['channelNo']],
        [TOKEN, '2'],
      );
    });

    it('the old name of the page leads here too, with query or with what was handed over', async () => {
      await live.open('', { page: `/pages/live/live${CAMERA}` });
      await live.mp.until(() => live.mp.players.length === 1);
      assert.equal(live.mp.path, 'pages/live/index');
      const extra = encodeURIComponent(JSON.stringify({ accessToken: TOKEN, deviceSerial: SERIAL }));
      await live.open('', { page: '/pages/live/live', search: `?extraData=${extra}` });
      await live.mp.until(() => live.mp.players.length === 1);
      assert.deepEqual(live.mp.stack, ['pages/live/index']);
    });

    it('a mini-program code: the server says what its ticket stands for', async () => {
      live.server.on('/device/getWxaInfo', ({ uuid }) =>
        uuid === 'a1=b'
          ? ok({ accessToken: TOKEN, deviceSerial: SERIAL, channelNo: 3 })
          : refusal('10001', '无效'),
      );
      await live.open('', { search: '?scene=a1%3Db' });
      await live.mp.until(() => live.mp.players.length === 1);
      assert.equal(live.server.of(ADDRESS)[0]?.['channelNo'], '3');
    });

    it('a ticket that is no longer good, and a server without such codes', async () => {
      live.server.on('/device/getWxaInfo', () => refusal('10001', '二维码不存在'));
      await live.open('', { search: '?scene=gone' });
      await live.failsWith('二维码已失效', '10001');
      live.server.on('/device/getWxaInfo', () => ({ status: 404, body: 'Not Found' }));
      await live.open('', { search: '?scene=gone' });
      await live.failsWith('不能扫码观看', 'HTTP 404');
      live.mp.tap('#notice-action');
      await live.mp.until(() => live.mp.path === 'pages/home/index');
    });

    it('a camera of one’s own without a token leads to the form, filled with the camera', async () => {
      await live.open(`?deviceSerial=${SERIAL}&channelNo=4`);
      await live.failsWith('需要 AccessToken', 'NO_TOKEN');
      live.mp.tap('#notice-action');
      await live.mp.until(() => live.mp.path === 'pages/own/index');
      assert.equal(live.mp.find('#code').querySelector('input')?.value, `${SERIAL}:4`);
    });

    it('a token that this phone keeps opens its camera, and no other', async () => {
      const storage = { ownCamera: `${SERIAL}:1`, ownAccessToken: TOKEN };
      await live.play(`?deviceSerial=${SERIAL}&channelNo=2`, { storage });
      await live.open('?deviceSerial=D12345678&channelNo=1', { storage });
      await live.failsWith('需要 AccessToken', 'NO_TOKEN');
    });

    it('a link that names no camera leads home', async () => {
      await live.open('?deviceSerial=x');
      await live.failsWith('没有可播放的设备', 'NO_DEVICE');
      assert.equal(live.mp.requests.length, 0);
      live.mp.tap('#notice-action');
      await live.mp.until(() => live.mp.path === 'pages/home/index');
    });
  });

  describe('failures of the address', () => {
    for (const [code, title, action] of [
      ['10001', '无法播放这路视频', '返回首页'],
      ['10002', 'AccessToken 异常或已过期', '填写设备信息'],
      ['10029', '操作过于频繁', '重试'],
      ['10031', '没有观看权限', '返回首页'],
      ['20001', '通道不存在', '填写设备信息'],
      ['20002', '设备不存在', '填写设备信息'],
      ['20007', '设备不在线', '重试'],
      ['20008', '设备响应超时', '重试'],
      ['20018', '该用户不拥有该设备', '填写设备信息'],
      ['60019', '设备已加密', '重试'],
      ['60026', '镜头已遮蔽', '重试'],
      ['60047', '无法解码这路视频', '重试'],
      ['60048', '设备忙', '重试'],
    ] as const) {
      it(`${code}: ${title}`, async () => {
        live.server.on(ADDRESS, () => refusal(code, '服务器的话'));
        await live.open();
        await live.failsWith(title, code);
        assert.equal(live.notice()[2], action);
        assert.equal(live.mp.players.length, 0);
        assert.equal(live.server.of(ADDRESS).length, 1, 'it is not tried again by itself');
      });
    }

    it('an offline device says since when, on the card too, and can be tried again', async () => {
      live.server.on(ADDRESS, () => refusal('20007', '设备不在线'));
      live.server.on(INFO, () => ok({ deviceName: '大门', status: 0, updateTime: 1_700_000_000_000 }));
      await live.open();
      await live.mp.until(() => live.mp.has('#presence'));
      await live.mp.until(() => live.notice()[1].startsWith('最后在线 11-15 06:13'));
      assert.equal(live.mp.text('#presence'), '离线');
      live.server.on(ADDRESS, () => ok({ url: 'http://media.test/a.flv' }));
      live.mp.tap('#notice-action');
      await live.mp.until(() => live.mp.players.length === 1);
    });

    it('a server in trouble is tried again by itself, and says so meanwhile', async () => {
      live.server.on(ADDRESS, () => ({ status: 502, body: '<html>' }));
      await live.open();
      await live.mp.until(
        () => live.mp.has('#loading-title') && live.mp.text('#loading-title') === '正在重新连接',
      );
      assert.match(live.mp.text('#picture'), /服务器异常，第 1\/5 次重试/);
      live.server.on(ADDRESS, () => ok({ url: 'http://media.test/a.flv' }));
      await live.mp.until(() => live.mp.players.length === 1);
    });

    it('an answer without an address is a server in trouble', async () => {
      live.server.on(ADDRESS, () => ok({}));
      await live.open();
      await live.mp.until(() => live.mp.text('#picture').includes('服务器异常'));
    });
  });

  describe('failures of the stream', () => {
    const refuse = (code: string, message: string): void => {
      live.player().events.failed({ kind: 'refused', status: 403, code, message });
    };

    it('an expired or altered address is replaced once, then told', async () => {
      await live.open();
      await live.mp.until(() => live.mp.players.length === 1);
      refuse('GRANT_EXPIRED', '播放地址已过期');
      await live.mp.until(() => live.mp.players.length === 2);
      assert.equal(live.server.of(ADDRESS).length, 2);
      refuse('GRANT_INVALID', '播放地址无效');
      await live.failsWith('播放地址已失效', 'GRANT_INVALID');
    });

    for (const [code, title] of [
      ['MEDIA_NO_RTP', '未收到设备画面'],
      ['MEDIA_NO_TRACK', '无法解码这路视频'],
      ['DEVICE_TIMEOUT', '设备响应超时'],
      ['DEVICE_BUSY', '设备忙'],
      ['DEVICE_REFUSED', '设备拒绝了请求'],
      ['DEVICE_OFFLINE', '设备不在线'],
      ['QUOTA_EXCEEDED', '观看人数已满'],
    ] as const) {
      it(`${code}: ${title}`, async () => {
        await live.open();
        await live.mp.until(() => live.mp.players.length === 1);
        refuse(code, '服务器的话');
        await live.failsWith(title, code);
        assert.notEqual(live.player().state, 'running');
      });
    }

    it('a connection that breaks is first left to the player, then a new address is asked for', async () => {
      await live.play();
      live.player().events.failed({ kind: 'network', message: 'the stream ended' });
      await live.mp.until(() => live.mp.has('#chip') && live.mp.text('#chip') === '重连中');
      await live.mp.until(() => live.mp.players.length === 2, 'the player tries by itself');
      live.player().events.failed({ kind: 'media', message: 'broken' });
      await live.mp.until(() => live.server.of(ADDRESS).length === 2, 'a new address');
      await live.mp.until(() => live.mp.players.length === 3);
      live.picture();
      await live.mp.until(() => live.mp.text('#chip') === '直播');
    });

    it('a device that was deleted meanwhile is told as that', async () => {
      await live.play();
      live.server.on(ADDRESS, () => refusal('20002', '设备不存在'));
      live.player().events.failed({ kind: 'media', message: 'broken' });
      await live.failsWith('设备已被删除', '20002');
    });

    it('a device that is encrypted is told as that, though the address was given', async () => {
      live.server.on(INFO, () => ok({ deviceName: '大门', status: 1, isEncrypt: 1 }));
      await live.open();
      await live.failsWith('设备已加密', '60019');
    });

    it('a network that is lost is told, and the picture comes back with it', async () => {
      await live.play();
      live.mp.window.eval(
        "Object.defineProperty(navigator, 'onLine', { configurable: true, value: false }); window.dispatchEvent(new Event('offline'))",
      );
      await live.mp.until(() => live.mp.has('#notice-title'));
      assert.equal(live.notice()[0], '网络已断开');
      assert.equal(live.player().state, 'stopped');
      live.mp.window.eval(
        "Object.defineProperty(navigator, 'onLine', { configurable: true, value: true }); window.dispatchEvent(new Event('online'))",
      );
      await live.mp.until(() => live.mp.players.length === 2);
    });
  });

  describe('the bar', () => {
    it('stops and plays', async () => {
      await live.play();
      assert.equal(live.mp.find('#toggle').querySelector('[aria-label]')?.getAttribute('aria-label'), '停止');
      live.mp.tap('#toggle');
      await live.mp.until(() => live.mp.has('#big-play'));
      assert.equal(live.player().state, 'stopped');
      live.mp.tap('#big-play');
      await live.mp.until(() => live.mp.players.length === 2);
      assert.equal(live.server.of(ADDRESS).length, 2, 'each start has a new address');
    });

    it('turns the sound on, and remembers it', async () => {
      await live.play();
      live.mp.tap('#sound');
      await live.mp.until(() => live.mp.data['muted'] === false);
      assert.equal((live.mp.wx['getStorageSync'] as (key: string) => unknown)('sound'), 'on');
    });

    it('plays the sub-stream when 标清 is chosen', async () => {
      await live.play();
      live.mp.tap('#quality');
      await live.mp.until(() => live.mp.has('#menu'));
      live.mp.tap('#quality-2');
      await live.mp.until(() => live.mp.players.length === 2);
      assert.equal(live.server.of(ADDRESS)[1]?.['quality'], '2');
      assert.equal(live.mp.has('#menu'), false);
      live.picture();
      await live.mp.until(() => live.mp.has('#quality') && live.mp.text('#quality') === '标清');
    });

    it('does nothing when the quality that plays is chosen', async () => {
      await live.play();
      live.mp.tap('#quality');
      await live.mp.until(() => live.mp.has('#menu'));
      live.mp.tap('#quality-1');
      await live.mp.until(() => !live.mp.has('#menu'));
      assert.equal(live.server.of(ADDRESS).length, 1);
    });

    it('leaves at a touch of the picture and comes back at the next', async () => {
      await live.play();
      live.mp.tap('#picture');
      await live.mp.until(() => !live.mp.has('#toggle'));
      live.mp.tap('#picture');
      await live.mp.until(() => live.mp.has('#toggle'));
    });

    it('fills the screen with a bar of its own, and notices when it was left by the system', async () => {
      await live.play();
      assert.equal(live.mp.has('#leave-full'), false);
      live.mp.tap('#full');
      await live.mp.until(() => live.mp.has('#leave-full'));
      assert.match(live.mp.text('#picture'), /大门/);
      assert.ok(live.mp.has('#fit'));
      live.mp.window.eval("document.dispatchEvent(new Event('fullscreenchange'))");
      await live.mp.until(() => !live.mp.has('#leave-full'));
      live.mp.tap('#full');
      await live.mp.until(() => live.mp.has('#leave-full'));
      live.mp.tap('#leave-full');
      await live.mp.until(() => !live.mp.has('#leave-full'));
    });

    it('has a name for every button', async () => {
      await live.play();
      for (const id of ['toggle', 'sound', 'quality', 'full']) {
        const button = live.mp.find(`#${id}`);
        const named =
          button.getAttribute('aria-label') ??
          button.querySelector('[aria-label]')?.getAttribute('aria-label');
        assert.match(named ?? '', /[\u4e00-\u9fff]/, id);
      }
    });

    it('offers the lower quality when the network carries the picture badly, until it is dismissed', async () => {
      await live.play();
      for (let count = 0; count < 3; count += 1) live.mp.call('onSignal', { detail: { code: 2105 } });
      await live.mp.until(() => live.mp.has('#weak'));
      assert.match(live.mp.text('#weak'), /切到标清更流畅/);
      live.mp.tap('#dismiss');
      await live.mp.until(() => !live.mp.has('#weak'));
      live.mp.call('onSignal', { detail: { code: 2105 } });
      assert.equal(live.mp.has('#weak'), false);
    });

    it('takes the lower quality from that offer', async () => {
      await live.play();
      for (let count = 0; count < 3; count += 1) live.mp.call('onSignal', { detail: { code: 2105 } });
      await live.mp.until(() => live.mp.has('#lower'));
      live.mp.tap('#lower');
      await live.mp.until(() => live.server.of(ADDRESS).at(-1)?.['quality'] === '2');
    });
  });
});
