import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openMiniProgram, type MiniProgramInDom, type MiniProgramOptions } from '../../support/mp-dom.ts';

const DEMO = join(import.meta.dirname, '..', '..', 'fixtures', 'mp-demo');

describe('the browser host', function () {
  this.timeout(30_000);
  let app: MiniProgramInDom | undefined;
  const open = async (options: MiniProgramOptions = {}): Promise<MiniProgramInDom> => {
    app = await openMiniProgram({ source: DEMO, ...options });
    return app;
  };
  afterEach(() => {
    const complaints = app?.complaints ?? [];
    app?.close();
    app = undefined;
    assert.deepEqual(complaints, []);
  });

  describe('pages', () => {
    it('opens the page of the address, renders its data and calls its lifecycle in order', async () => {
      const mp = await open({ page: '/pages/first/index?name=%E5%AE%B6' });
      assert.equal(mp.path, 'pages/first/index');
      assert.equal(mp.text('#title'), '你好，家');
      assert.deepEqual(mp.data['life'], ['load', 'show', 'ready']);
      assert.deepEqual(
        mp.all('.item').map((item) => item.textContent),
        ['0:甲', '1:乙'],
      );
    });

    it('opens the first page when the address names none, or one that does not exist', async () => {
      assert.equal((await open()).path, 'pages/first/index');
      app?.close();
      assert.equal((await open({ page: '/pages/nowhere/index' })).path, 'pages/first/index');
    });

    it('navigates by relative address, hands the query on undecoded, and comes back', async () => {
      const mp = await open();
      mp.tap('#go');
      await mp.until(() => mp.path === 'pages/second/index');
      assert.equal(mp.text('#query'), 'first|%E4%B8%80%20%E4%BA%8C');
      assert.equal(mp.window.location.hash, '#/pages/second/index?from=first&text=%E4%B8%80%20%E4%BA%8C');
      assert.equal(mp.window.document.title, '第二页');
      mp.tap('#back');
      await mp.until(() => mp.path === 'pages/first/index');
      assert.deepEqual(mp.data['life'], ['load', 'show', 'ready', 'hide', 'show']);
      await mp.until(() => mp.window.location.hash === '#/pages/first/index');
      assert.ok((mp.app['seen'] as unknown[][]).some(([what]) => what === 'unload'));
    });

    it('hands on a query whose escapes are broken as it stands', async () => {
      const mp = await open({ page: '/pages/second/index?from=%E0%A4%A&text=100%' });
      assert.equal(mp.text('#query'), '%E0%A4%A|100%');
    });

    it("closes the page on the browser's Back", async () => {
      const mp = await open();
      mp.tap('#go');
      await mp.until(() => mp.path === 'pages/second/index');
      mp.window.history.back();
      await mp.until(() => mp.path === 'pages/first/index');
      assert.deepEqual(mp.stack, ['pages/first/index']);
    });

    it('applies the style sheets of a page only while it is on top', async () => {
      const mp = await open();
      const sheet = (): string | null | undefined =>
        mp.window.document.querySelector('style[data-sheet="pages/first/index"]')?.getAttribute('media');
      assert.ok(!sheet());
      mp.tap('#go');
      await mp.until(() => mp.path === 'pages/second/index');
      assert.equal(sheet(), 'not all');
      mp.tap('#back');
      await mp.until(() => mp.path === 'pages/first/index');
      assert.ok(!sheet());
    });

    it('refuses unknown pages, an eleventh page and a way back from the first', async () => {
      const mp = await open();
      const navigate = mp.wx['navigateTo'] as (options: object) => void;
      const fail: string[] = [];
      const to = (url: string): void => {
        navigate({ url, fail: ({ errMsg }: { errMsg: string }) => fail.push(errMsg) });
      };
      (mp.wx['navigateBack'] as (options: object) => void)({
        fail: ({ errMsg }: { errMsg: string }) => fail.push(errMsg),
      });
      to('/pages/none/index');
      await mp.until(() => fail.length === 2);
      for (let page = 2; page <= 11; page += 1) to('/pages/parts/index');
      await mp.until(() => fail.length === 3);
      assert.equal(mp.stack.length, 10);
      assert.deepEqual(fail, [
        'navigateBack:fail cannot navigate back at first page.',
        'navigateTo:fail page "pages/none/index" is not found',
        'navigateTo:fail webview count limit exceed',
      ]);
    });

    it('tells the app what a page throws, and goes on', async () => {
      const mp = await open({ page: '/pages/parts/index?broken=1' });
      assert.ok(
        (mp.app['seen'] as unknown[][]).some(
          ([what, text]) => what === 'error' && text === 'broken on purpose',
        ),
      );
      assert.ok(mp.complaints.length > 0);
      mp.complaints.length = 0;
      mp.tap('#link');
      await mp.until(() => mp.path === 'pages/second/index');
    });

    it('leaves nothing behind of pages that were closed', async () => {
      const mp = await open();
      const size = (): number[] =>
        ['*', 'style', '.yimu-page'].map(
          (selector) => [...mp.window.document.querySelectorAll(selector)].length,
        );
      const round = async (): Promise<void> => {
        (mp.wx['navigateTo'] as (target: object) => void)({ url: '/pages/player/index?src=x' });
        await mp.until(() => mp.path === 'pages/player/index' && mp.players.at(-1)?.state === 'running');
        mp.window.history.back();
        await mp.until(() => mp.path === 'pages/first/index');
      };
      await round();
      const after = size();
      for (let count = 0; count < 20; count += 1) await round();
      assert.deepEqual(size(), after);
      assert.equal(mp.players.length, 21);
      assert.ok(mp.players.every(({ state }) => state === 'stopped'));
    });

    it('tells pages and app when the window goes to the background and comes back', async () => {
      const mp = await open();
      mp.setHidden(true);
      mp.setHidden(false);
      assert.deepEqual(mp.data['life'], ['load', 'show', 'ready', 'hide', 'show']);
      assert.deepEqual(mp.app['seen'], [
        ['launch', 1001, 'pages/first/index'],
        ['show', 1001],
        ['show', 1001],
      ]);
    });
  });

  describe('components', () => {
    it('passes properties down, events up and slots through, and calls ready once', async () => {
      const mp = await open();
      assert.equal(mp.find('#box').querySelector('.c1--level')?.textContent, '0/1');
      mp.tap('#inside');
      mp.tap('#inside');
      await mp.until(() => mp.data['count'] === 2);
      assert.equal(mp.text('#inside'), '2');
      assert.equal(mp.find('#box').querySelector('.c1--level')?.textContent, '2/1');
    });

    it('remembers what a page stored', async () => {
      const mp = await open({ storage: { count: 41 } });
      assert.equal(mp.data['count'], 41);
      mp.tap('#inside');
      assert.equal((mp.wx['getStorageSync'] as (key: string) => unknown)('count'), 42);
      assert.equal((mp.wx['getStorageSync'] as (key: string) => unknown)('absent'), '');
    });
  });

  describe('touch', () => {
    it("reports a press in the page's own coordinates and ends it where it began", async () => {
      const mp = await open();
      mp.place('.yimu-body', 100, 44, 375, 600);
      mp.touch('#pad', 'start', 150, 64);
      mp.touch('#title', 'move', 250, 94);
      mp.touch('#title', 'end', 250, 94);
      assert.deepEqual(mp.data['touches'], [
        { type: 'touchstart', fingers: 1, x: 50, y: 20 },
        { type: 'touchmove', fingers: 1, x: 150, y: 50 },
        { type: 'touchend', fingers: 0, x: 150, y: 50 },
      ]);
      assert.equal(mp.data['tap'], undefined);
    });

    it('measures boxes in the same coordinates as touches', async () => {
      const mp = await open();
      mp.place('.yimu-body', 100, 44, 375, 600);
      mp.place('#pad', 150, 64, 200, 100);
      mp.touch('#pad', 'start', 160, 70);
      mp.touch('#pad', 'end', 160, 70);
      await mp.until(() => mp.data['tap'] !== undefined);
      assert.deepEqual(mp.data['tap'], { x: 60, y: 26, left: 50, width: 200 });
    });

    it('cancels a press that the window takes away', async () => {
      const mp = await open();
      mp.touch('#pad', 'start', 10, 10);
      mp.cancelTouch();
      mp.touch('#pad', 'end', 10, 10);
      const types = (mp.data['touches'] as { type: string }[]).map(({ type }) => type);
      assert.deepEqual(types, ['touchstart', 'touchcancel']);
    });

    it('keeps the menu of a long hold away, except in fields', async () => {
      const mp = await open({ page: '/pages/second/index' });
      const opens = (selector: string): boolean =>
        mp
          .find(selector)
          .dispatchEvent(new mp.window.MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
      assert.equal(opens('#list'), false);
      assert.equal(opens('#name input'), true);
    });

    it('gives the data set of the element that was bound', async () => {
      const mp = await open();
      mp.tap('.item + .item');
      assert.equal(mp.data['picked'], 'b');
    });

    it('leaves a disabled button alone', async () => {
      const mp = await open();
      mp.tap('#off');
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(mp.stack, ['pages/first/index']);
    });
  });

  describe('requests', () => {
    it('sends a form to its own origin and parses JSON', async () => {
      const mp = await open({ respond: ({ body }) => ({ body: { got: body } }) });
      mp.tap('#ask');
      await mp.until(() => mp.data['answer'] !== '');
      assert.equal(mp.text('#answer'), '200 a=1&b=%E4%B8%AD%20%E6%96%87');
      assert.equal(mp.requests[0]?.url, '/echo');
      assert.equal(mp.requests[0].headers['content-type'], 'application/x-www-form-urlencoded');
    });

    it('treats every HTTP status as an answer and a broken network as a failure', async () => {
      const mp = await open({ respond: () => ({ status: 500, body: 'oops' }) });
      mp.tap('#ask');
      await mp.until(() => mp.data['answer'] === '500 oops');
      app?.close();
      const offline = await open();
      offline.tap('#ask');
      await offline.until(() => offline.data['answer'] !== '');
      assert.equal(offline.data['answer'], 'request:fail no network in this test');
    });
  });

  describe('forms', () => {
    it('binds a value both ways, limits it, and submits all fields by name', async () => {
      const mp = await open({ page: '/pages/second/index' });
      assert.equal(mp.find('#name').querySelector('input')?.getAttribute('maxlength'), '8');
      mp.type('#name', '一目');
      assert.equal(mp.data['name'], '一目');
      assert.equal(mp.data['typed'], '一目');
      mp.tap('#on');
      assert.equal(mp.data['on'], true);
      mp.tap('#pick');
      mp.choose('丙');
      await mp.until(() => mp.data['index'] === 2);
      assert.equal(mp.text('#picked'), '丙');
      mp.tap('#send');
      assert.deepEqual(JSON.parse(mp.text('#sent')), { name: '一目', on: true, pick: 2 });
    });

    it('asks with a modal and answers the promise', async () => {
      const mp = await open({ page: '/pages/second/index' });
      mp.tap('#modal');
      await mp.until(() => mp.notice !== '');
      assert.equal(mp.notice, '问题可以吗取消确定');
      mp.choose('确定');
      await mp.until(() => mp.data['confirm'] === true);
      assert.equal(mp.notice, '');
    });

    it('forwards a tap on a label to its control', async () => {
      const mp = await open({ page: '/pages/parts/index' });
      mp.tap('#label wx-text');
      assert.equal(mp.data['on'], true);
      mp.tap('#switch');
      assert.equal(mp.data['on'], false);
    });
  });

  describe('elements', () => {
    it('hides, names and branches as the template says', async () => {
      const mp = await open({ page: '/pages/parts/index' });
      assert.match(mp.find('#shown').className, /yimu-hidden/);
      assert.equal(mp.find('#shown').getAttribute('aria-label'), '说明');
      assert.ok(mp.has('#none') && !mp.has('#deep'));
      mp.call('setData', { deep: true, hidden: false });
      assert.ok(mp.has('#deep') && !mp.has('#none'));
      assert.doesNotMatch(mp.find('#shown').className, /yimu-hidden/);
    });

    it('follows a navigator and shows pictures of the package', async () => {
      const mp = await open();
      assert.equal(mp.find('#dot').querySelector('img')?.getAttribute('src'), 'assets/images/dot.png');
      app?.close();
      const parts = await open({ page: '/pages/parts/index' });
      parts.tap('#link');
      await parts.until(() => parts.path === 'pages/second/index');
      assert.equal(parts.text('#query'), 'parts|');
    });
  });

  describe('entries', () => {
    it('is entered by a mini-program code, by an ordinary QR link and from another mini-program', async () => {
      const options = (mp: MiniProgramInDom): Record<string, unknown> =>
        JSON.parse(JSON.stringify((mp.wx['getEnterOptionsSync'] as () => unknown)())) as Record<
          string,
          unknown
        >;
      const scene = await open({ search: '?scene=abc%3D1' });
      assert.deepEqual(options(scene), {
        path: 'pages/first/index',
        query: { scene: 'abc%3D1' },
        scene: 1047,
        referrerInfo: {},
      });
      app?.close();
      const link = await open({ search: '?q=https%3A%2F%2Fa.b%2Fc' });
      assert.equal(options(link)['scene'], 1011);
      assert.deepEqual(link.query, { q: 'https%3A%2F%2Fa.b%2Fc' });
      app?.close();
      const data = encodeURIComponent(JSON.stringify({ deviceSerial: 'C00000001' }));
      const jump = await open({ search: `?path=pages/second/index%3Ffrom%3Dx&extraData=${data}&appId=wx1` });
      assert.equal(jump.path, 'pages/second/index');
      assert.equal(jump.query['from'], 'x');
      assert.deepEqual(options(jump)['referrerInfo'], {
        appId: 'wx1',
        extraData: { deviceSerial: 'C00000001' },
      });
    });
  });
});
