import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type CDPSession,
  type Locator,
  type Page,
} from 'playwright-core';
import { until } from './until.ts';

const CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A phone as people hold it, CSS pixels. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

const SHOTS = join(fileURLToPath(new URL('../..', import.meta.url)), 'artifacts', 'screenshots');

/** Why the tests in a browser cannot run here, '' when they can. */
export function whyNoBrowser(): string {
  return existsSync(CHROMIUM) ? '' : `no ${CHROMIUM} on this machine`;
}

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** The mini-program's pages in one browser window, as the person in front of it uses them. */
export class PhoneBrowser {
  readonly page: Page;
  /** Errors of page code and of the console. */
  readonly troubles: string[] = [];
  readonly #h5: string;

  private constructor(page: Page, h5: string) {
    this.page = page;
    this.#h5 = h5;
    page.on('pageerror', (error) => this.troubles.push(error.message));
    page.on('console', (message) => {
      // Chromium reports every refused request by itself; what the page makes of it is what is tested.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.troubles.push(message.text());
    });
  }

  /** A window with storage of its own; `h5` is the address of the first page. */
  static async open(
    browser: Browser,
    h5: string,
    address = '',
    options: BrowserContextOptions = PHONE,
  ): Promise<PhoneBrowser> {
    const context = await browser.newContext(options);
    const phone = new PhoneBrowser(await context.newPage(), h5);
    await phone.goto(address);
    return phone;
  }

  async goto(address: string): Promise<void> {
    await this.page.goto(`${this.#h5}${address}`);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** An element of the page on top by its id in the template. */
  find(id: string): Locator {
    return this.page.locator(`.yimu-page:not(.yimu-hidden) [id$="--${id}"]`);
  }

  async tap(id: string): Promise<void> {
    await this.find(id).click();
  }

  async text(id: string): Promise<string> {
    return await this.find(id).innerText();
  }

  /** Waits until an element is there and says something that matches. */
  async says(id: string, pattern: RegExp, timeoutMs?: number): Promise<string> {
    return await until(
      `#${id} says ${String(pattern)}`,
      async () => {
        const found = this.find(id);
        if ((await found.count()) === 0) return undefined;
        const text = await found.first().innerText();
        return pattern.test(text) ? text : undefined;
      },
      timeoutMs,
    );
  }

  async gone(id: string, timeoutMs?: number): Promise<void> {
    await until(`no #${id}`, async () => (await this.find(id).count()) === 0, timeoutMs);
  }

  /** The path of the page on top. */
  async path(): Promise<string | null> {
    return await this.page.locator('.yimu-page:not(.yimu-hidden)').getAttribute('data-page');
  }

  async at(path: string): Promise<void> {
    await until(`the page ${path}`, async () => (await this.path()) === path);
  }

  /** Evaluates without the `eval` that the served policy forbids. */
  async value<T>(expression: string): Promise<T> {
    return await this.page.evaluate<T>(expression);
  }

  async settled(what: string, expression: string, timeoutMs?: number): Promise<void> {
    await until(what, () => this.page.evaluate<boolean>(`Boolean(${expression})`), timeoutMs);
  }

  /** Resolves when the picture moves: its clock advances and frames are decoded. */
  async moving(timeoutMs = 20_000): Promise<void> {
    const video = "document.querySelector('.yimu-page:not(.yimu-hidden) video')";
    const frames = `${video}?.getVideoPlaybackQuality().totalVideoFrames`;
    await this.settled('the first frames', `${frames} > 5`, timeoutMs);
    const from = await this.value<number>(`${video}.currentTime`);
    const shown = await this.value<number>(frames);
    await this.settled('the picture moves on', `${video}.currentTime > ${from + 0.8}`, timeoutMs);
    assert.ok((await this.value<number>(frames)) > shown);
  }

  /** A finger by its real touches. */
  async finger(): Promise<Finger> {
    return new Finger(await this.page.context().newCDPSession(this.page));
  }

  /** A point inside an element, `x` and `y` in shares of its box. */
  async point(id: string, x: number, y: number): Promise<{ readonly x: number; readonly y: number }> {
    const box = await this.find(id).boundingBox();
    assert.ok(box, `#${id} has no box`);
    return { x: Math.round(box.x + box.width * x), y: Math.round(box.y + box.height * y) };
  }

  /** Keeps a picture of the window for people. */
  async shot(name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`) });
  }
}

/** One finger on the glass. */
class Finger {
  readonly #session: CDPSession;

  constructor(session: CDPSession) {
    this.#session = session;
  }

  async down(point: { readonly x: number; readonly y: number }): Promise<void> {
    await this.#send('touchStart', [point]);
  }

  async move(point: { readonly x: number; readonly y: number }): Promise<void> {
    await this.#send('touchMove', [point]);
  }

  async up(): Promise<void> {
    await this.#send('touchEnd', []);
  }

  /** The system takes the touch away. */
  async cancel(): Promise<void> {
    await this.#send('touchCancel', []);
  }

  async #send(
    type: 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel',
    touchPoints: readonly { readonly x: number; readonly y: number }[],
  ): Promise<void> {
    await this.#session.send('Input.dispatchTouchEvent', { type, touchPoints: [...touchPoints] });
  }
}
