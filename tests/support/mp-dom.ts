import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, Script } from 'node:vm';
import { buildMp } from '../../scripts/mp/build-mp.ts';
import { pictureFiles } from '../../scripts/mp/copy-files.ts';
import { bundleForDocument } from '../../scripts/mp/h5/host-bundle.ts';
import { packageScript } from '../../scripts/mp/h5/package-script.ts';
import type { Engine, EngineEvents, Latency } from '../../bff/h5/src/player/engine.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

// Only what is used of jsdom: its own types would bring the DOM into every file of the tests and of the server.
interface DocumentEvent {
  readonly bubbles?: boolean;
}
interface DocumentElement {
  readonly textContent: string | null;
  readonly className: string;
  readonly outerHTML: string;
  value?: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): DocumentElement | null;
  querySelectorAll(selector: string): Iterable<DocumentElement>;
  dispatchEvent(event: object): boolean;
  closest(selector: string): DocumentElement | null;
  getBoundingClientRect(): unknown;
}
interface DocumentWindow {
  readonly document: DocumentElement & {
    readonly body: DocumentElement;
    readonly title: string;
    hidden: boolean;
  };
  readonly location: { readonly href: string; hash: string };
  readonly history: { back(): void; readonly length: number };
  readonly Event: new (type: string, init?: DocumentEvent) => object;
  readonly MouseEvent: new (type: string, init?: object) => object;
  readonly yimuTestkit: { boot(options: object): BootedHost };
  fetch: unknown;
  eval(script: string): unknown;
  close(): void;
}
interface BootedHost {
  readonly app: { readonly object: Record<string, unknown> };
  readonly stack: { readonly pages: readonly BootedPage[]; readonly top: BootedPage | undefined };
  readonly wx: Record<string, unknown>;
  dispose(): void;
}
interface BootedPage {
  readonly route: { readonly path: string; readonly query: Record<string, string> };
  readonly box: DocumentElement;
  readonly caller: Record<string, unknown> & { readonly data: unknown };
}
interface Jsdom {
  readonly JSDOM: new (
    html: string,
    options: object,
  ) => { readonly window: DocumentWindow; getInternalVMContext(): Context };
  readonly VirtualConsole: new () => {
    on(event: string, listener: (...facts: unknown[]) => void): void;
  };
}

const { JSDOM, VirtualConsole } = (await import(import.meta.resolve('jsdom'))) as Jsdom;

/** A request that a page made, and how to answer it. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One picture that a live-player asked for: the test plays the engine. */
export interface StartedPlayer {
  readonly url: string;
  readonly latency: Latency;
  readonly events: EngineEvents;
  /** `running` until the page froze or stopped it. */
  state: 'running' | 'frozen' | 'stopped';
}

export interface MiniProgramOptions {
  /** Sources of the mini-program, by default those of the product. */
  readonly source?: string;
  /** Page to open with its query as it stands in an address: `/pages/live/index?deviceSerial=C00000001`. */
  readonly page?: string;
  /** The address before the `#`, for entries by scene or from another mini-program: `?scene=…`. */
  readonly search?: string;
  /** Answers a request; a thrown error is a broken network. */
  readonly respond?: (request: SentRequest) => Reply | Promise<Reply>;
  /** Values that storage holds from the start. */
  readonly storage?: Readonly<Record<string, unknown>>;
  /** May replace members of `wx`. */
  readonly patchWx?: (wx: Record<string, unknown>) => void;
}

/** Compiled once, run in each document. */
interface Built {
  readonly pack: Script;
  readonly host: Script;
}

const built = new Map<string, Promise<Built>>();
let host: Promise<Script> | undefined;

/** The package as `npm run build` makes it, and the host, built once in this process. */
function build(source: string): Promise<Built> {
  const known = built.get(source);
  if (known !== undefined) return known;
  const building = (async () => {
    const out = mkdtempSync(join(tmpdir(), 'yimu-mp-'));
    try {
      const { tree } = await buildMp(source, out);
      const pictures = new Map(pictureFiles(out).map((path) => [path, `assets/${path}`]));
      host ??= bundleForDocument(join(REPOSITORY, 'bff', 'h5', 'src', 'testkit.ts')).then(
        (code) => new Script(code, { filename: 'host.js' }),
      );
      return {
        pack: new Script(packageScript(out, tree, pictures), { filename: 'package.js' }),
        host: await host,
      };
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  })();
  built.set(source, building);
  return building;
}

function fakeFetch(respond: MiniProgramOptions['respond'], requests: SentRequest[]) {
  return async (
    url: string,
    init: { method?: string; headers?: Iterable<[string, string]>; body?: string; signal?: AbortSignal } = {},
  ) => {
    const headers = Object.fromEntries(init.headers ?? []);
    const request = { method: init.method ?? 'GET', url, headers, body: init.body };
    requests.push(request);
    if (respond === undefined) throw new Error('no network in this test');
    const reply = await respond(request);
    if (init.signal?.aborted === true) throw new Error('aborted');
    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {});
    const status = reply.status ?? 200;
    return {
      ok: status >= 200 && status < 300,
      status,
      headers: new Headers(reply.headers ?? {}),
      text: () => Promise.resolve(text),
      arrayBuffer: () => Promise.resolve(new TextEncoder().encode(text).buffer),
    };
  };
}

/** The data of another realm as plain data of this one, so that `deepEqual` compares values. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

/** A mini-program running in a document of its own; close it at the end of the test. */
export class MiniProgramInDom {
  readonly requests: SentRequest[] = [];
  readonly players: StartedPlayer[] = [];
  /** Errors that page code threw and warnings of the template engine. */
  readonly complaints: string[] = [];
  readonly window: DocumentWindow;
  readonly #host: BootedHost;

  constructor({ pack, host: hostScript }: Built, options: MiniProgramOptions) {
    const virtualConsole = new VirtualConsole();
    const complain = (...facts: unknown[]): void => {
      this.complaints.push(facts.map(String).join(' '));
    };
    for (const kind of ['error', 'warn', 'jsdomError']) virtualConsole.on(kind, complain);
    const dom = new JSDOM('<!doctype html><html><head></head><body></body></html>', {
      url: `http://mini.test/h5/${options.search ?? ''}#${options.page ?? ''}`,
      runScripts: 'outside-only',
      pretendToBeVisual: true,
      virtualConsole,
    });
    const { window } = dom;
    this.window = window;
    window.fetch = fakeFetch(options.respond, this.requests);
    for (const [key, value] of Object.entries(options.storage ?? {})) {
      window.eval(
        `localStorage.setItem(${JSON.stringify(`yimu:${key}`)}, ${JSON.stringify(JSON.stringify({ value }))})`,
      );
    }
    const context = dom.getInternalVMContext();
    pack.runInContext(context);
    hostScript.runInContext(context);
    this.#host = window.yimuTestkit.boot({
      engine: this.#engine(),
      ...(options.patchWx === undefined ? {} : { patchWx: options.patchWx }),
    });
  }

  /** Path of the page on top, `pages/live/index`. */
  get path(): string {
    return this.#top.route.path;
  }

  get query(): Record<string, string> {
    return plain(this.#top.route.query) as Record<string, string>;
  }

  /** Paths of all open pages, the oldest first. */
  get stack(): string[] {
    return Array.from(this.#host.stack.pages, ({ route }) => route.path);
  }

  /** The data of the page on top. */
  get data(): Record<string, unknown> {
    return plain(this.#top.caller.data) as Record<string, unknown>;
  }

  /** What `getApp()` answers. */
  get app(): Record<string, unknown> {
    return plain(this.#host.app.object) as Record<string, unknown>;
  }

  /** The page's `wx`. */
  get wx(): Record<string, unknown> {
    return this.#host.wx;
  }

  /** Calls a method of the page on top. */
  call(method: string, ...args: unknown[]): unknown {
    const member = this.#top.caller[method];
    if (typeof member !== 'function') throw new Error(`${this.path} has no method ${method}`);
    return (member as (...args: unknown[]) => unknown).apply(this.#top.caller, args);
  }

  /**
   * Elements of the page on top. `#id` finds ids of templates, tags are those of templates with `wx-`
   * (`wx-button`); classes of pages keep their names.
   */
  all(selector: string): DocumentElement[] {
    return [...this.#top.box.querySelectorAll(documentSelector(selector))];
  }

  find(selector: string): DocumentElement {
    const [first] = this.all(selector);
    if (first === undefined)
      throw new Error(`${this.path} shows no ${selector}:\n${this.#top.box.outerHTML}`);
    return first;
  }

  has(selector: string): boolean {
    return this.all(selector).length > 0;
  }

  /** Text of an element, or of the whole page. */
  text(selector?: string): string {
    return (selector === undefined ? this.#top.box : this.find(selector)).textContent ?? '';
  }

  /** Presses and releases at one point. */
  tap(selector: string): void {
    this.touch(selector, 'start', 5, 5);
    this.touch(selector, 'end', 5, 5);
  }

  /** One step of a press, in CSS pixels of the window; the mouse plays the finger. */
  touch(selector: string, step: 'start' | 'move' | 'end', x: number, y: number): void {
    const type = { start: 'mousedown', move: 'mousemove', end: 'mouseup' }[step];
    const { MouseEvent } = this.window;
    const event = new MouseEvent(type, {
      bubbles: true,
      cancelable: true,
      button: 0,
      clientX: x,
      clientY: y,
    });
    this.find(selector).dispatchEvent(event);
  }

  /** The press is taken away, as by a phone call. */
  cancelTouch(): void {
    this.window.eval("window.dispatchEvent(new Event('blur'))");
  }

  /** jsdom has no layout: says where an element is, CSS pixels of the window. */
  place(selector: string, left: number, top: number, width: number, height: number): void {
    const box = { left, top, width, height, right: left + width, bottom: top + height, x: left, y: top };
    this.find(selector).getBoundingClientRect = () => box;
  }

  /** Types a text into an `input` or `textarea` element. */
  type(selector: string, value: string): void {
    const control = this.find(selector).querySelector('input,textarea');
    if (control === null) throw new Error(`${selector} is no input`);
    control.value = value;
    control.dispatchEvent(new this.window.Event('input', { bubbles: true }));
  }

  /** Focus leaves a field. */
  blur(selector: string): void {
    this.find(selector).querySelector('input,textarea')?.dispatchEvent(new this.window.Event('blur'));
  }

  /** What the overlay says: toast, loading or modal; '' when there is none. */
  get notice(): string {
    return this.window.document.querySelector('.yimu-overlay')?.textContent ?? '';
  }

  /** Presses a button of a modal or sheet by its text. */
  choose(text: string): void {
    const buttons = [...this.window.document.querySelectorAll('.yimu-overlay button')];
    const button = buttons.find(({ textContent }) => textContent === text);
    if (button === undefined) throw new Error(`no button ${text} in: ${this.notice}`);
    button.dispatchEvent(new this.window.MouseEvent('click', { bubbles: true }));
  }

  /** The window goes to the background or comes back. */
  setHidden(hidden: boolean): void {
    this.window.eval(
      `Object.defineProperty(document, 'hidden', { configurable: true, value: ${String(hidden)} });
       document.dispatchEvent(new Event('visibilitychange'))`,
    );
  }

  /** Waits for a condition, a turn at a time; `what` names it when it does not come true in time. */
  async until(condition: () => boolean, what = condition.toString(), deadlineMs = 3000): Promise<void> {
    const from = performance.now();
    while (!condition()) {
      const waited = performance.now() - from;
      if (waited > deadlineMs) {
        throw new Error(
          `not in ${deadlineMs} ms: ${what}\n${this.complaints.join('\n')}\n${JSON.stringify(this.data)}`,
        );
      }
      // What takes longer is a timer of the page: the other suites need the processor too.
      await new Promise((resolve) => {
        if (waited < 50) setImmediate(resolve);
        else setTimeout(resolve, 5);
      });
    }
  }

  close(): void {
    this.#host.dispose();
    this.window.close();
  }

  get #top(): BootedPage {
    const { top } = this.#host.stack;
    if (top === undefined) throw new Error('no page is open');
    return top;
  }

  #engine(): Engine {
    return {
      start: (url, latency, events) => {
        const player: StartedPlayer = { url, latency: { ...latency }, events, state: 'running' };
        this.players.push(player);
        return {
          freeze: () => {
            if (player.state === 'running') player.state = 'frozen';
          },
          stop: () => {
            player.state = 'stopped';
          },
        };
      },
    };
  }
}

/** Ids in the document carry a prefix per component instance. */
function documentSelector(selector: string): string {
  return selector.replace(/#([\w-]+)/g, '[id$="--$1"]');
}

/** Builds the mini-program (once per process) and opens it. */
export async function openMiniProgram(options: MiniProgramOptions = {}): Promise<MiniProgramInDom> {
  const source = options.source ?? join(REPOSITORY, 'miniprogram', 'src');
  return new MiniProgramInDom(await build(source), options);
}
