import { addGlobalErrorListener, removeGlobalErrorListener } from 'glass-easel';
import { component } from 'glass-easel-miniprogram-adapter';
import type { ComponentCaller } from 'glass-easel-miniprogram-adapter';
import { appEvents, createWx, type AppEvents } from './api/create-wx.ts';
import { reasonOf } from './api/calls.ts';
import { navigatorAction } from './api/navigation.ts';
import { SelectorQuery } from './api/selector-query.ts';
import { windowInfo } from './api/system.ts';
import { Gestures } from './dom/gestures.ts';
import type { MiniProgramPackage } from './package.ts';
import type { LoadEngine } from './player/video-stage.ts';
import { AppInstance } from './runtime/app-instance.ts';
import { BrowserHistory } from './runtime/browser-history.ts';
import { Code } from './runtime/code.ts';
import { launchOptions, type LaunchOptions } from './runtime/launch.ts';
import { Page } from './runtime/page.ts';
import { PageStack } from './runtime/page-stack.ts';
import { parsePageUrl, type Route } from './runtime/route.ts';
import { element } from './ui/element.ts';
import { Overlay } from './ui/overlay.ts';
import { themeCss } from './ui/theme.ts';

export interface HostOptions {
  readonly pack: MiniProgramPackage;
  readonly root: HTMLElement;
  readonly loadEngine: LoadEngine;
  /** May replace or add members of `wx`; for tests. */
  readonly patchWx?: (wx: Record<string, unknown>) => void;
}

/** Where a picture of the package is served from; other addresses stay as they are. */
function pictureResolver(pack: MiniProgramPackage): (src: string, from: string) => string {
  return (src, from) => {
    if (/^(?:[a-z]+:|\/\/)/i.test(src)) return src;
    return pack.assets[parsePageUrl(src, from).path] ?? src;
  };
}

/** A mini-program running in a document: its app, its open pages, its `wx`. */
export class Host {
  readonly app = new AppInstance();
  readonly stack: PageStack<Page>;
  readonly wx: Record<string, unknown>;
  readonly #pack: MiniProgramPackage;
  readonly #stage = element('main', 'yimu-stage');
  readonly #pagesBox = element('div', 'yimu-pages');
  readonly #overlay: Overlay;
  readonly #events: AppEvents = appEvents();
  readonly #history = new BrowserHistory();
  readonly #stop = new AbortController();
  readonly #entry: LaunchOptions;
  readonly #code: Code;
  readonly #gestures: Gestures;
  readonly #failed = (error: unknown): void => {
    const stack = (error as { stack?: unknown } | null | undefined)?.stack;
    const message = typeof stack === 'string' ? `${reasonOf(error)}\n${stack}` : reasonOf(error);
    this.app.error(message);
    this.#events.error.emit(message);
  };

  constructor({ pack, root, loadEngine, patchWx }: HostOptions) {
    this.#pack = pack;
    root.replaceChildren(this.#stage);
    this.#stage.append(this.#pagesBox);
    const theme = element('style', '', themeCss(pack));
    this.#stage.prepend(theme);
    this.#overlay = new Overlay(this.#stage);
    this.#entry = launchOptions(location.search, location.hash, pack.pages);
    this.stack = this.#createStack();
    this.wx = createWx({
      stage: this.#stage,
      overlay: this.#overlay,
      stack: this.stack,
      events: this.#events,
      signal: this.#stop.signal,
      launchOptions: () => this.#entry,
      enterOptions: () => this.#entry,
    });
    patchWx?.(this.wx);
    this.#code = new Code(
      pack,
      {
        wx: this.wx,
        App: (definition) => {
          this.app.define(definition);
        },
        getApp: () => this.app.object,
        getCurrentPages: () => this.stack.pages.map((page) => page.caller),
      },
      {
        overlay: this.#overlay,
        loadEngine,
        navigate: navigatorAction(this.stack),
        resolvePicture: pictureResolver(pack),
      },
    );
    this.#gestures = new Gestures(this.#stage, (target) => this.#code.longPressListeners.has(target));
  }

  /** Boots the app, then opens the page that the address names. */
  start(): void {
    addGlobalErrorListener(this.#failed);
    this.#watchWindow();
    this.#code.runApp();
    this.app.launch(this.#entry);
    this.app.show(this.#entry);
    this.#history.listen(() => {
      this.stack.moved();
    });
    const { path, query } = this.#entry;
    if (this.#pack.pages.includes(path)) this.stack.start({ path, query });
    else {
      this.stack.start({ path: this.#pack.pages[0] ?? '', query: {} });
      this.#notFound({ path, query }, true);
    }
  }

  dispose(): void {
    this.stack.clear();
    this.#stop.abort();
    this.#history.dispose();
    this.#gestures.dispose();
    this.#overlay.clear();
    removeGlobalErrorListener(this.#failed);
  }

  #createStack(): PageStack<Page> {
    return new PageStack<Page>({
      history: this.#history,
      pages: this.#pack.pages,
      create: (route) => new Page(route, this.#pack, this.#code, this.#pagesBox),
      changed: (top, depth) => {
        this.#topChanged(top, depth);
      },
      notFound: (route) => {
        this.#notFound(route, false);
      },
    });
  }

  #notFound({ path, query }: Route, isEntryPage: boolean): void {
    const options = { path, query, isEntryPage };
    this.app.pageNotFound(options);
    this.#events.pageNotFound.emit(options);
  }

  #topChanged(top: Page, depth: number): void {
    const first = this.#pack.pages[0] ?? '';
    document.title = top.navBar.title;
    const alone = top.route.path === first ? 'none' : 'home';
    const kind = depth > 1 ? 'back' : alone;
    top.navBar.setWayOut(kind, () => {
      if (kind === 'back') this.stack.navigateBack(1);
      else this.stack.reLaunch(`/${first}`);
    });
  }

  #watchWindow(): void {
    const { signal } = this.#stop;
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.hidden) this.#hidden();
        else this.#shown();
      },
      { signal },
    );
    window.addEventListener(
      'resize',
      () => {
        const { windowWidth, windowHeight } = windowInfo(this.#stage, this.stack);
        const size = { windowWidth, windowHeight };
        this.stack.top?.resize(size);
        this.#events.resized.emit({ size });
      },
      { signal },
    );
  }

  #shown(): void {
    this.app.show(this.#entry);
    this.#events.shown.emit(this.#entry);
    this.stack.top?.show();
  }

  #hidden(): void {
    this.stack.top?.hide(true);
    this.app.hide();
    this.#events.hidden.emit({});
  }
}

/** Starts a package; `this.createSelectorQuery()` of its components measures like `wx.createSelectorQuery()`. */
export function startHost(options: HostOptions): Host {
  Object.assign(component.ComponentCaller.prototype, {
    createSelectorQuery(this: ComponentCaller) {
      return new SelectorQuery(this);
    },
  });
  const host = new Host(options);
  host.start();
  return host;
}
