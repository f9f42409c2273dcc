import assert from 'node:assert/strict';
import { openMiniProgram, type MiniProgramInDom } from '../../../support/mp-dom.ts';
import { FakeServer, ok, SERIAL, TOKEN } from './fake-server.ts';

describe('the page of trial devices', function () {
  this.timeout(30_000);
  let mp: MiniProgramInDom;
  let server: FakeServer;

  async function open(): Promise<void> {
    mp = await openMiniProgram({ page: '/pages/trial/index', respond: server.respond });
  }

  beforeEach(() => {
    server = new FakeServer();
  });

  afterEach(() => {
    mp.close();
    assert.deepEqual(mp.complaints, []);
  });

  it('waits, then lists every camera with name, device and presence', async () => {
    await open();
    assert.ok(mp.has('#loading'));
    await mp.until(() => mp.has('#camera-0'));
    assert.match(mp.text('#camera-0'), /在线.*试用球机.*C78957921:1/);
    assert.match(mp.text('#camera-1'), /在线.*大门.*试用录像机/);
    assert.match(mp.text('#camera-2'), /离线.*车库.*试用录像机/);
    assert.equal(mp.has('#loading'), false);
  });

  it('opens a camera without its token in the address', async () => {
    await open();
    await mp.until(() => mp.has('#camera-1'));
    mp.tap('#camera-1');
    await mp.until(() => mp.path === 'pages/live/index');
    assert.deepEqual(mp.query, {
      deviceSerial: 'D12345678',
      channelNo: '1',
      trial: '1',
      name: '%E5%A4%A7%E9%97%A8',
    });
    assert.ok(!mp.window.location.href.includes(TOKEN));
    assert.equal(server.of('/yimu/trial').length, 2, 'the page itself asks for the token');
  });

  it('says that there are none yet, and looks again', async () => {
    server.on('/yimu/trial', () => ok({ accessToken: TOKEN, devices: [] }));
    await open();
    await mp.until(() => mp.has('#notice-title'));
    assert.equal(mp.text('#notice-title'), '还没有试用设备');
    server.on('/yimu/trial', () =>
      ok({
        accessToken: TOKEN,
        devices: [{ deviceSerial: SERIAL, name: '门', channels: [{ channelNo: 1, online: true }] }],
      }),
    );
    mp.tap('#notice-action');
    await mp.until(() => mp.has('#camera-0'));
  });

  it('says that this server offers none, and leads to one’s own device', async () => {
    server.on('/yimu/trial', () => ({
      status: 404,
      body: { code: '20002', msg: '试用设备未开启', data: null },
    }));
    await open();
    await mp.until(() => mp.has('#notice-title'));
    assert.equal(mp.text('#notice-title'), '试用设备未开启');
    assert.equal(mp.text('#notice-code'), '错误码 20002');
    mp.tap('#notice-action');
    await mp.until(() => mp.path === 'pages/own/index');
  });

  for (const [what, reply, title, code] of [
    ['a broken network', new Error('refused'), '当前网络异常', '错误码 NETWORK'],
    ['a server in trouble', { status: 502, body: '<html>' }, '服务器异常', '错误码 HTTP 502'],
    ['rubbish', { body: { code: '200', data: 5 } }, '服务器异常', '错误码 NO_TOKEN'],
  ] as const) {
    it(`${what} is told with its code, and can be tried again`, async () => {
      server.on('/yimu/trial', () => {
        if (reply instanceof Error) throw reply;
        return reply;
      });
      await open();
      await mp.until(() => mp.has('#notice-title'));
      assert.equal(mp.text('#notice-title'), title);
      assert.equal(mp.text('#notice-code'), code);
      const asked = server.of('/yimu/trial').length;
      mp.tap('#notice-action');
      await mp.until(() => server.of('/yimu/trial').length === asked + 1);
    });
  }

  it('looks again when the page comes back into sight', async () => {
    await open();
    await mp.until(() => mp.has('#camera-0'));
    mp.setHidden(true);
    mp.setHidden(false);
    await mp.until(() => server.of('/yimu/trial').length === 2);
  });

  it('leads to the form of one’s own device', async () => {
    await open();
    await mp.until(() => mp.has('#own'));
    mp.tap('#own');
    await mp.until(() => mp.path === 'pages/own/index');
  });
});
