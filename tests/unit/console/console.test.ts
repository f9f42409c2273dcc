import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DOMWindow, JSDOM } from 'jsdom';
import { consoleApiRouter } from '../../../bff/src/http/index.ts';
import { type CoreOnFakes, coreOnFakes, GB_ID } from '../../support/core/core-bench.ts';
import { withHttp } from '../../support/http-server.ts';
import { until } from '../../support/until.ts';

const KEY = 'key-of-the-tests';

function file(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../bff/console/${name}`, import.meta.url)), 'utf8');
}

/** The console in a document, against the operator API of a core on fakes. */
class ConsoleOnPage {
  readonly window: DOMWindow;
  readonly asked: string[] = [];

  constructor(url: string) {
    const html = file('index.html').replace(/<script[^]*?<\/script>/, '');
    this.window = new JSDOM(html, { url, runScripts: 'outside-only', pretendToBeVisual: true }).window;
    this.window.fetch = (input, init) => {
      const authorization = new Headers(init?.headers).get('authorization') ?? '';
      this.asked.push(`${init?.method ?? ''} ${authorization}`);
      return fetch(input, init);
    };
    this.window.confirm = () => true;
    this.window.eval(file('console.js'));
  }

  element(id: string): HTMLElement {
    const found = this.window.document.getElementById(id);
    assert.ok(found, id);
    return found;
  }

  /** Types into a form and sends it. */
  submit(id: string, values: Readonly<Record<string, string>>): void {
    const form = this.element(id);
    for (const [name, value] of Object.entries(values)) {
      const input = form.querySelector<HTMLInputElement>(`[name="${name}"]`);
      assert.ok(input, name);
      input.value = value;
    }
    form.dispatchEvent(new this.window.Event('submit', { cancelable: true }));
  }

  get rows(): readonly string[] {
    return [...this.element('devices').children].map((row) =>
      [...row.children].map((cell) => cell.textContent).join('|'),
    );
  }

  get storedText(): string {
    const { sessionStorage } = this.window;
    return Array.from({ length: sessionStorage.length }, (_, index) =>
      sessionStorage.getItem(sessionStorage.key(index) ?? ''),
    ).join();
  }

  get notice(): string {
    return this.element('notice').hidden ? '' : this.element('notice').textContent;
  }
}

async function withConsole(
  hash: string,
  use: (page: ConsoleOnPage, bench: CoreOnFakes) => Promise<void>,
): Promise<void> {
  const bench = await coreOnFakes();
  const { core, clock } = bench;
  const sessionKey = new Uint8Array(32).fill(1);
  const routers = [
    consoleApiRouter({
      devices: core.devices,
      access: core.access,
      tickets: core.tickets,
      trace: core.trace,
      history: core.history,
      voice: core.voice,
      profiles: core.profiles,
      inquiry: core.inquiry,
      control: core.control,
      catalogueTree: core.catalogueTree,
      ptz: core.ptz,
      cascade: core.cascade,
      alarms: core.alarms,
      positions: core.positions,
      presenceLog: core.presenceLog,
      subscriptions: core.subscriptions,
      operatorKey: KEY,
      sessionKey,
      clock,
    }),
  ];
  await withHttp({ routers }, async ({ url }) => {
    const page = new ConsoleOnPage(`${url}/console/${hash}`);
    try {
      await use(page, bench);
    } finally {
      page.window.close();
    }
  });
  await core.stop();
}

describe('the operator’s console', () => {
  it('trades the key of its address for a session, and keeps the key nowhere', async () => {
    await withConsole(`#key=${KEY}`, async (page, bench) => {
      await bench.addCamera();
      await until('the desk is shown', () => !page.element('desk').hidden);
      assert.equal(page.element('login').hidden, true);
      assert.equal(page.window.location.hash, '');
      assert.ok(!page.storedText.includes(KEY));
      const [first, ...later] = page.asked;
      assert.equal(first, 'POST Bearer');
      assert.ok(later.every((asked) => asked.startsWith('GET Bearer ey')));
    });
  });

  it('asks for the key when it has no session, and says when it is wrong', async () => {
    await withConsole('', async (page) => {
      await until('the form is shown', () => !page.element('login').hidden);
      assert.equal(page.notice, '');
      page.submit('login', { key: 'wrong' });
      await until('it is refused', () => page.notice !== '');
      assert.equal(page.notice, '控制台密钥不正确');
      assert.equal(page.element('desk').hidden, true);
      page.submit('login', { key: KEY });
      await until('the desk is shown', () => !page.element('desk').hidden);
      assert.equal(page.notice, '');
    });
  });

  it('adds devices, lists them with their channels as text, and removes them', async () => {
    await withConsole(`#key=${KEY}`, async (page, { core }) => {
      await until('the desk is shown', () => !page.element('desk').hidden);
      page.submit('add', { gbId: GB_ID, name: '<b>大门</b>', password: 'x' });
      await until('it is listed', () => page.rows.length === 1);
      const { serial } = core.devices.get(GB_ID);
      assert.equal(page.rows[0], `<b>大门</b>|${serial}|${GB_ID}|离线||删除`);
      assert.equal(page.element('count').textContent, '0 / 1 在线');
      page.submit('add', { gbId: GB_ID, name: '', password: 'x' });
      await until('it is refused', () => page.notice !== '');
      assert.equal(page.notice, '已存在');
      page.element('devices').querySelector('button')?.click();
      await until('it is gone', () => page.rows.length === 0);
      assert.equal(core.devices.count, 0);
    });
  });

  it('gives access tokens', async () => {
    await withConsole(`#key=${KEY}`, async (page, { core }) => {
      await until('the desk is shown', () => !page.element('desk').hidden);
      page.element('token').click();
      const token = await until('a token is shown', () => page.element('issued').textContent || undefined);
      assert.ok(core.access.authenticate(token));
    });
  });

  it('forgets its session when the operator leaves', async () => {
    await withConsole(`#key=${KEY}`, async (page) => {
      await until('the desk is shown', () => !page.element('desk').hidden);
      page.element('leave').click();
      await until('the form is shown', () => !page.element('login').hidden);
      assert.equal(page.element('desk').hidden, true);
      assert.equal(page.window.sessionStorage.length, 0);
    });
  });
});
