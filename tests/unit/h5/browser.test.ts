import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildMp } from '../../../scripts/mp/build-mp.ts';
import { buildH5 } from '../../../scripts/mp/h5/build-h5.ts';
import { launchBrowser, whyNoBrowser } from '../../support/phone-browser.ts';
import { until as waitUntil } from '../../support/until.ts';
import { DemoServer } from './demo-server.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const DEMO = join(REPOSITORY, 'tests', 'fixtures', 'mp-demo');
const PHONE: BrowserContextOptions = {
  viewport: { width: 375, height: 667 },
  hasTouch: true,
  isMobile: true,
};

describe('the browser host in Chromium', function () {
  this.timeout(60_000);
  let dir = '';
  let origin = '';
  let server: DemoServer | undefined;
  let browser: Browser | undefined;
  let page: Page;
  const troubles: string[] = [];

  before(async function () {
    const why = whyNoBrowser();
    if (why !== '') {
      console.log(`skipped: the browser host in Chromium (${why})`);
      this.skip();
    }
    dir = mkdtempSync(join(tmpdir(), 'yimu-h5-'));
    const { tree } = await buildMp(DEMO, join(dir, 'mp'));
    await buildH5(join(dir, 'mp'), tree, join(REPOSITORY, 'bff', 'h5'), join(dir, 'h5'));
    server = new DemoServer(join(dir, 'h5'), join(DEMO, 'clip.flv'));
    origin = await server.listen();
    browser = await launchBrowser();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
    if (dir !== '') rmSync(dir, { recursive: true, force: true });
  });

  afterEach(async () => {
    await page.context().close();
    assert.deepEqual(troubles.splice(0), []);
  });

  async function open(address: string, options: BrowserContextOptions = PHONE): Promise<void> {
    assert.ok(browser);
    const context = await browser.newContext(options);
    page = await context.newPage();
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('403')) troubles.push(message.text());
    });
    await page.goto(`${origin}/h5/${address}`);
  }

  const shown = (id: string): string => `.yimu-page:not(.yimu-hidden) [id$="--${id}"]`;
  const text = (id: string): Promise<string> => page.locator(shown(id)).innerText();
  const style = (selector: string, property: string): Promise<string> =>
    page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${property}`);
  const data = <T>(field: string): Promise<T> =>
    page.evaluate(
      `document.querySelector('.yimu-page:not(.yimu-hidden) wx-page').__wxElement.data[${JSON.stringify(field)}]`,
    );
  const until = (field: string, condition: string): Promise<unknown> =>
    settled(
      `(() => { const value = document.querySelector('.yimu-page:not(.yimu-hidden) wx-page').__wxElement.data[${JSON.stringify(field)}]; return ${condition}; })()`,
    );
  // Not waitForFunction, which needs the `eval` that the served policy forbids.
  const settled = (expression: string): Promise<unknown> =>
    waitUntil(expression, () => page.evaluate<boolean>(`Boolean(${expression})`));

  it('lays out in rpx of the column, with scoped styles and pictures', async () => {
    await open('#/pages/first/index?name=%E4%B8%80%E7%9B%AE');
    assert.equal(await text('title'), '你好，一目');
    assert.equal(await page.title(), '第一页');
    const pad = await page.locator(shown('pad')).boundingBox();
    assert.deepEqual([pad?.x, pad?.width, pad?.height], [50, 200, 100]);
    assert.equal(await style('wx-page', 'backgroundColor'), 'rgb(240, 241, 242)');
    assert.equal(await style(shown('title'), 'color'), 'rgb(1, 2, 3)');
    assert.match(await style(shown('pad'), 'backgroundImage'), /assets\/dot-[\w-]+\.png/);
    await until('picture', 'value !== undefined');
    assert.deepEqual(await data('picture'), { width: 1, height: 1 });
  });

  it('centres a column as wide as a phone on a wide screen', async () => {
    await open('', { viewport: { width: 1200, height: 800 } });
    const box = await page.locator('.yimu-stage').boundingBox();
    assert.deepEqual([box?.x, box?.width, box?.height], [360, 480, 800]);
    const pad = await page.locator(shown('pad')).boundingBox();
    assert.deepEqual([pad?.x, pad?.width], [360 + 64, 256]);
  });

  it('navigates by tap, keeps the query in the address, and comes back by the bar and by the browser', async () => {
    await open('');
    await page.locator(shown('go')).tap();
    await page.waitForURL('**/#/pages/second/index?from=first*');
    assert.equal(await text('query'), 'first|%E4%B8%80%20%E4%BA%8C');
    await page.locator('.yimu-page:not(.yimu-hidden) .yimu-nav-back').click();
    await page.waitForURL('**/#/pages/first/index');
    assert.deepEqual(await data('life'), ['load', 'show', 'ready', 'hide', 'show']);
    await page.locator(shown('go')).tap();
    await page.waitForURL('**/#/pages/second/**');
    await page.reload();
    assert.equal(await text('query'), 'first|%E4%B8%80%20%E4%BA%8C');
    await page.goBack();
    await page.locator(shown('title')).waitFor();
    assert.equal(await page.locator('.yimu-page').count(), 1);
  });

  it("turns real fingers into touch events in the page's coordinates, and a cancelled one into touchcancel", async () => {
    await open('');
    const client = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel', x: number, y: number) =>
      client.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' || type === 'touchCancel' ? [] : [{ x, y }],
      });
    const pad = await page.locator(shown('pad')).boundingBox();
    assert.ok(pad);
    const top = Math.round(pad.y);
    await touch('touchStart', 60, top + 10);
    await touch('touchMove', 160, top + 30);
    await touch('touchEnd', 0, 0);
    await touch('touchStart', 70, top + 10);
    await touch('touchCancel', 0, 0);
    await until('touches', 'value.length >= 5');
    const seen = await data<{ type: string; x: number; y: number }[]>('touches');
    assert.deepEqual(
      seen.map(({ type }) => type),
      ['touchstart', 'touchmove', 'touchend', 'touchstart', 'touchcancel'],
    );
    assert.deepEqual([seen[0]?.x, seen[0]?.y], [60, top + 10 - 44]);
    await touch('touchStart', 150, top + 50);
    await touch('touchEnd', 0, 0);
    await until('tap', 'value !== undefined');
    assert.deepEqual(await data('tap'), { x: 150, y: top + 50 - 44, left: 50, width: 200 });
  });

  it('plays a finger with the mouse, also when the button is let go elsewhere', async () => {
    await open('', { viewport: { width: 1000, height: 700 } });
    const pad = await page.locator(shown('pad')).boundingBox();
    assert.ok(pad);
    await page.mouse.move(pad.x + 10, pad.y + 10);
    await page.mouse.down();
    await page.mouse.move(20, 20);
    await page.mouse.up();
    const types = (await data<{ type: string }[]>('touches')).map(({ type }) => type);
    assert.deepEqual([types[0], types.at(-1)], ['touchstart', 'touchend']);
  });

  it('keeps storage over a reload and asks its own origin', async () => {
    await open('');
    await page.locator(shown('inside')).tap();
    await until('count', 'value === 1');
    await page.reload();
    await until('count', 'value === 1');
    await page.locator(shown('ask')).tap();
    await until('answer', "value !== ''");
    assert.equal(await text('answer'), '200 POST a=1&b=%E4%B8%AD%20%E6%96%87');
  });

  it('fills in a form, asks a question and notices the end of a list', async () => {
    await open('#/pages/second/index');
    await page.locator(`${shown('name')} input`).fill('一目了然的名字很长');
    assert.equal(await data('name'), '一目了然的名字很');
    await page.locator(shown('on')).tap();
    await page.locator(shown('pick')).tap();
    await page.getByText('丙', { exact: true }).click();
    await page.locator(shown('send')).tap();
    assert.deepEqual(JSON.parse(await text('sent')), { name: '一目了然的名字很', on: true, pick: 2 });
    await page.locator(shown('modal')).tap();
    await page.getByRole('button', { name: '取消' }).click();
    await until('confirm', 'value === false');
    await page.evaluate(`document.querySelector('${shown('list')}').scrollTop = 9999`);
    await until('ends', 'value === 1');
  });

  it('plays a live stream: states in order, the picture moves, and leaving lets go of the connection', async () => {
    assert.ok(server);
    await open('');
    await page.evaluate(
      "location.hash = '#/pages/player/index?muted=1&src=' + encodeURIComponent('/live.flv')",
    );
    await until('codes', 'value && value.includes(2004)');
    const codes = await data<number[]>('codes');
    const order = [2001, 2002, 2009, 2003, 2004].map((code) => codes.indexOf(code));
    assert.ok(!order.includes(-1), `codes were ${codes.join(' ')}`);
    assert.deepEqual(order.slice(0, 2), [0, 1]);
    const time = "document.querySelector('video').currentTime";
    const before = await page.evaluate<number>(time);
    await settled(`${time} > ${before + 1}`);
    await until('net', 'value !== null && value.netSpeed > 0');
    const net = await data<{ videoWidth: number; videoHeight: number; videoFPS: number }>('net');
    assert.deepEqual([net.videoWidth, net.videoHeight], [160, 90]);
    await page.locator(shown('cover')).tap();
    await until('covers', 'value === 1');
    assert.equal(server.viewers, 1);
    await page.goBack();
    await page.locator(shown('title')).waitFor();
    await waitUntil('the connection is gone', () => server?.viewers === 0, 5000);
  });

  it('stops and plays again, and fills the window as full screen', async () => {
    assert.ok(server);
    await open(`#/pages/player/index?muted=1&src=${encodeURIComponent('/live.flv')}`);
    await until('codes', 'value.includes(2004)');
    await page.locator(shown('stop')).tap();
    const viewers = server.viewersEver;
    await page.locator(shown('play')).tap();
    await until('codes', 'value.filter((code) => code === 2004).length >= 2');
    assert.equal(server.viewersEver, viewers + 1);
    const context = "document.querySelector('wx-page').__wxElement.getMethodCaller().player";
    const picture = await page.evaluate<{ tempImagePath: string; width: string; height: string }>(
      `${context}.snapshot()`,
    );
    assert.deepEqual([picture.width, picture.height], ['160', '90']);
    assert.match(picture.tempImagePath, /^blob:/);
    await page.evaluate(`${context}.mute()`);
    await page.evaluate(`${context}.pause()`);
    await waitUntil('the paused stream is let go', () => server?.viewers === 0, 5000);
    assert.equal(await page.locator('.yimu-still').count(), 1);
    await page.evaluate(`${context}.resume()`);
    await until('codes', 'value.filter((code) => code === 2004).length >= 3');
    assert.equal(await page.locator('.yimu-still').count(), 0);
    await page.locator(shown('full')).tap();
    await until('full', 'value.length === 1');
    assert.deepEqual(await data('full'), [{ fullScreen: true, direction: 'horizontal' }]);
    const box = await page.locator(shown('player')).boundingBox();
    assert.deepEqual([box?.x, box?.y, box?.width, box?.height], [0, 0, 375, 667]);
  });

  it('shows the page the code and text with which the media server refused', async () => {
    await open(`#/pages/player/index?src=${encodeURIComponent('/refused.flv')}`);
    await until('codes', 'value.includes(-2302)');
    assert.deepEqual(await data('codes'), [-2302]);
    assert.deepEqual(await data('refusal'), {
      status: 403,
      code: 'GRANT_EXPIRED',
      message: '播放地址已过期',
    });
  });

  it('plays without sound where the browser forbids it, says so, and gives it back at a touch', async () => {
    const context = await browser!.newContext(PHONE);
    page = await context.newPage();
    await page.addInitScript("document.addEventListener('playing', () => console.log('it plays'), true)");
    // No evaluation before the picture comes: for the browser it would be the user's touch.
    const playing = page.waitForEvent('console', (message) => message.text() === 'it plays');
    await page.goto(`${origin}/h5/#/pages/player/index?src=${encodeURIComponent('/live.flv')}`);
    await playing;
    await until('codes', 'value.includes(2004)');
    const codes = await data<number[]>('codes');
    assert.ok(codes.includes(2030), `codes were ${codes.join(' ')}`);
    assert.equal(await page.evaluate("document.querySelector('video').muted"), true);
    await page.getByText('点按打开声音').click();
    await settled("!document.querySelector('video').muted && !document.querySelector('video').paused");
  });
});
