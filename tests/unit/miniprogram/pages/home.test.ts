import assert from 'node:assert/strict';
import { openMiniProgram, type MiniProgramInDom, type MiniProgramOptions } from '../../../support/mp-dom.ts';
import { FakeServer, SERIAL } from './fake-server.ts';

/** The same pages on a phone, which has no origin of its own. */
const ON_PHONE: MiniProgramOptions = {
  patchWx: (wx) => {
    wx['getAppBaseInfo'] = () => ({ host: { env: 'WeChat' } });
  },
};

describe('the first page', function () {
  this.timeout(30_000);
  let mp: MiniProgramInDom;
  let server: FakeServer;

  async function open(options: MiniProgramOptions = {}): Promise<void> {
    mp = await openMiniProgram({ respond: server.respond, ...options });
  }

  beforeEach(() => {
    server = new FakeServer();
  });

  afterEach(() => {
    mp.close();
    assert.deepEqual(mp.complaints, []);
  });

  it('leads to the trial devices and to one’s own', async () => {
    await open();
    assert.match(mp.text(), /一目/);
    mp.tap('#trial');
    await mp.until(() => mp.path === 'pages/trial/index');
    mp.window.history.back();
    await mp.until(() => mp.path === 'pages/home/index');
    mp.tap('#own');
    await mp.until(() => mp.path === 'pages/own/index');
  });

  it('stands in for a page that is not there', async () => {
    await open({ page: '/pages/playback/playback?x=1' });
    await mp.until(() => mp.path === 'pages/home/index' && mp.text('#server-state') === '已连接');
    assert.deepEqual(mp.query, {});
  });

  it('can be used with the keyboard: Enter on a card is a tap', async () => {
    await open();
    mp.window.eval(
      `document.querySelector('[id$="--own"] [role="button"]')
         .dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))`,
    );
    await mp.until(() => mp.path === 'pages/own/index');
  });

  it('says that the server answers, and where it is', async () => {
    await open();
    assert.equal(mp.text('#server-state'), '正在连接');
    await mp.until(() => mp.text('#server-state') === '已连接');
    assert.equal(mp.text('#server-address'), '与本页同一服务器');
  });

  it('says that the server does not answer', async () => {
    server.on('/healthz', () => {
      throw new Error('connection refused');
    });
    await open();
    await mp.until(() => mp.text('#server-state') === '连接不上');
  });

  it('takes another server, in its right form only, and asks that one from then on', async () => {
    await open();
    mp.tap('#server-edit');
    await mp.until(() => mp.has('#server-input'));
    mp.type('#server-input', 'yimu.example.com');
    mp.tap('#server-save');
    await mp.until(() => mp.has('#error'));
    assert.match(mp.text('#error'), /https:\/\/域名/);
    mp.type('#server-input', 'https://yimu.example.com:8443/');
    mp.tap('#server-save');
    await mp.until(() => mp.text('#server-state') === '已连接');
    assert.equal(mp.text('#server-address'), 'https://yimu.example.com:8443');
    assert.equal(mp.requests.at(-1)?.url, 'https://yimu.example.com:8443/healthz');
    mp.tap('#trial');
    await mp.until(() => server.of('/yimu/trial').length === 1);
    assert.equal(mp.requests.at(-1)?.url, 'https://yimu.example.com:8443/yimu/trial');
  });

  it('on a phone without a server address it asks for one and opens nothing before', async () => {
    await open(ON_PHONE);
    await mp.until(() => mp.has('#server-input'));
    assert.equal(mp.text('#server-state'), '未填写');
    mp.tap('#trial');
    await mp.until(() => mp.notice !== '');
    assert.match(mp.notice, /先填写/);
    assert.equal(mp.path, 'pages/home/index');
    assert.equal(mp.requests.length, 0);
    mp.type('#server-input', 'https://yimu.example.com');
    mp.tap('#server-save');
    await mp.until(() => mp.text('#server-state') === '已连接');
    mp.tap('#trial');
    await mp.until(() => mp.path === 'pages/trial/index');
  });

  it('the way back to the built-in server is an empty address', async () => {
    await open({ storage: { serverUrl: 'https://old.example.com' } });
    await mp.until(() => mp.text('#server-address') === 'https://old.example.com');
    mp.tap('#server-edit');
    await mp.until(() => mp.has('#server-input'));
    mp.type('#server-input', '');
    mp.tap('#server-save');
    await mp.until(() => mp.text('#server-address') === '与本页同一服务器');
  });

  it('lists what was watched lately and opens it again', async () => {
    const recent = [{ deviceSerial: SERIAL, channelNo: 2, name: '大门', trial: true }];
    await open({ storage: { recentCameras: JSON.stringify(recent) } });
    assert.match(mp.text('#recent'), /大门/);
    mp.tap('#recent-0');
    await mp.until(() => mp.path === 'pages/live/index');
    assert.deepEqual(mp.query, {
      deviceSerial: SERIAL,
      channelNo: '2',
      trial: '1',
      name: '%E5%A4%A7%E9%97%A8',
    });
  });

  it('shows no list when nothing was watched', async () => {
    await open();
    assert.equal(mp.has('#recent'), false);
  });
});
