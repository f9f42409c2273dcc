import assert from 'node:assert/strict';
import { openMiniProgram, type MiniProgramInDom } from '../../../support/mp-dom.ts';
import { FakeServer, SERIAL, TOKEN } from './fake-server.ts';

describe('the form of 自助设备', function () {
  this.timeout(30_000);
  let mp: MiniProgramInDom;
  let server: FakeServer;

  async function open(query = '', storage: Readonly<Record<string, unknown>> = {}): Promise<void> {
    mp = await openMiniProgram({ page: `/pages/own/index${query}`, respond: server.respond, storage });
  }

  const stored = (key: string): unknown => (mp.wx['getStorageSync'] as (key: string) => unknown)(key);
  const value = (id: string): string | undefined => mp.find(`#${id}`).querySelector('input')?.value;

  beforeEach(() => {
    server = new FakeServer();
  });

  afterEach(() => {
    mp.close();
    assert.deepEqual(mp.complaints, []);
  });

  it('opens the live page when both fields are right; the token stays out of the address', async () => {
    await open();
    mp.type('#code', `${SERIAL}:2`);
    mp.type('#token', TOKEN);
    mp.tap('#done');
    await mp.until(() => mp.path === 'pages/live/index');
    assert.deepEqual(mp.query, { deviceSerial: SERIAL, channelNo: '2' });
    await mp.until(() => server.of('/api/lapp/v2/live/address/get').length > 0);
    const [asked] = server.of('/api/lapp/v2/live/address/get');
    assert.deepEqual(
      [asked?.['accessToken'], asked?.['deviceSerial'], asked?.['channelNo']],
      [TOKEN, SERIAL, '2'],
    );
    assert.ok(!mp.window.location.href.includes(TOKEN));
  });

  it('takes a 20-digit code alone as its channel 1', async () => {
    await open();
    mp.type('#code', '34020000001320000001');
    mp.type('#token', TOKEN);
    mp.tap('#done');
    await mp.until(() => mp.path === 'pages/live/index');
    assert.deepEqual(mp.query, { deviceSerial: '34020000001320000001', channelNo: '1' });
  });

  it('tells a wrong serial under the field and by toast when it is left', async () => {
    await open();
    mp.type('#code', '1234');
    mp.blur('#code');
    await mp.until(() => mp.has('#error'));
    assert.match(mp.text('#code'), /9 位大写字母或数字/);
    assert.equal(mp.notice, '设备序列号格式不正确');
  });

  it('tells a wrong token with its length', async () => {
    await open();
    mp.type('#token', 'at.short');
    mp.blur('#token');
    await mp.until(() => mp.has('#error'));
    assert.match(mp.text('#token'), /应为 64 个字符，现在是 8 个/);
    assert.equal(mp.notice, 'accessToken格式不正确');
  });

  it('a token that is longer is not cut into a right one', async () => {
    await open();
    mp.type('#code', `${SERIAL}:1`);
    mp.type('#token', `${TOKEN}x`);
    mp.tap('#done');
    await mp.until(() => mp.has('#error'));
    assert.match(mp.text('#token'), /现在是 65 个/);
    assert.equal(mp.path, 'pages/own/index');
  });

  it('the button does nothing but tell while a field is wrong', async () => {
    await open();
    assert.equal(mp.find('#done').getAttribute('aria-disabled'), 'true');
    mp.type('#code', '1');
    mp.type('#token', '2');
    mp.tap('#done');
    await mp.until(() => mp.all('#error').length === 2);
    assert.equal(mp.path, 'pages/own/index');
    mp.type('#code', `${SERIAL}:1`);
    mp.type('#token', TOKEN);
    await mp.until(() => mp.all('#error').length === 0);
    assert.equal(mp.find('#done').getAttribute('aria-disabled'), 'false');
  });

  it('remembers the serial, and not the token', async () => {
    await open();
    mp.type('#code', `${SERIAL}:3`);
    mp.type('#token', TOKEN);
    mp.tap('#done');
    await mp.until(() => mp.path === 'pages/live/index');
    assert.equal(stored('ownCamera'), `${SERIAL}:3`);
    assert.equal(stored('ownAccessToken'), '');
    assert.ok(!JSON.stringify(mp.window.eval('({...localStorage})')).includes(TOKEN));
  });

  it('remembers the token when the user asks, and forgets it when he does not any more', async () => {
    await open();
    mp.type('#code', `${SERIAL}:3`);
    mp.type('#token', TOKEN);
    mp.tap('#remember');
    mp.tap('#done');
    await mp.until(() => mp.path === 'pages/live/index');
    assert.equal(stored('ownAccessToken'), TOKEN);
    mp.window.history.back();
    await mp.until(() => mp.path === 'pages/own/index');
    mp.tap('#remember');
    mp.tap('#done');
    await mp.until(() => mp.path === 'pages/live/index');
    assert.equal(stored('ownAccessToken'), '');
  });

  it('opens with what was typed last time', async () => {
    await open('', { ownCamera: `${SERIAL}:3`, ownAccessToken: TOKEN });
    assert.deepEqual([value('code'), value('token')], [`${SERIAL}:3`, TOKEN]);
    assert.equal(mp.find('#remember').getAttribute('aria-checked'), 'true');
  });

  it('opens with the camera of the page that sent the user here', async () => {
    await open('?deviceSerial=D12345678&channelNo=4', { ownCamera: `${SERIAL}:3` });
    assert.equal(value('code'), 'D12345678:4');
  });

  it('clears a field', async () => {
    await open('', { ownCamera: `${SERIAL}:3` });
    mp.tap('#clear');
    await mp.until(() => value('code') === '');
  });

  it('leads to the trial devices', async () => {
    await open();
    mp.tap('#trial');
    await mp.until(() => mp.path === 'pages/trial/index');
  });
});
