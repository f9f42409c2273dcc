import { safeCallback } from 'glass-easel';
import type { ComponentCaller } from 'glass-easel-miniprogram-adapter';
import { BODY_CLASS } from '../dom/viewport.ts';
import type { MiniProgramPackage, UnitConfig } from '../package.ts';
import { element } from '../ui/element.ts';
import { NavBar } from '../ui/nav-bar.ts';
import { colourOf } from '../ui/theme.ts';
import type { Code, PageDocument } from './code.ts';
import { decodablePart, formatQuery, type Route } from './route.ts';

type Hook = (this: unknown, ...args: unknown[]) => unknown;

/** WeChat's default distance from the end at which `onReachBottom` comes, CSS pixels. */
const REACH_BOTTOM_PX = 50;

/** One page of the stack: its box on the stage, its document, its lifecycle. */
export class Page {
  readonly route: Route;
  readonly navBar: NavBar;
  readonly box = element('section', 'yimu-page');
  readonly body = element('div', BODY_CLASS);
  readonly scroller = element('div', 'yimu-scroll');
  readonly #document: PageDocument;
  readonly #config: UnitConfig;
  readonly #code: Code;
  #gone = false;
  #reached = false;
  #shown = false;

  constructor(route: Route, pack: MiniProgramPackage, code: Code, stage: HTMLElement) {
    this.route = route;
    this.#config = { ...pack.config.window, ...pack.units[route.path]?.config };
    this.navBar = new NavBar(this.#config);
    const { backgroundColor } = this.#config;
    if (backgroundColor !== undefined) this.box.style.background = colourOf(backgroundColor);
    if (this.#config.disableScroll === true) this.scroller.style.overflow = 'hidden';
    this.box.dataset['page'] = route.path;
    this.body.append(this.scroller);
    this.box.append(this.navBar.root, this.body);
    stage.append(this.box);
    // glass-easel decodes this query for the page's properties, and throws at a broken escape.
    const query = formatQuery(decodablePart(route.query));
    this.#document = code.createPage(
      route.path,
      `${route.path}${query === '' ? '' : `?${query}`}`,
      this.body,
      this.scroller,
    );
    Object.assign(this.caller, { route: route.path, options: { ...route.query }, __route__: route.path });
    this.scroller.addEventListener(
      'scroll',
      () => {
        this.#scrolled();
      },
      { passive: true },
    );
    this.#code = code;
  }

  /** The page begins its life; it may end it again inside `onLoad`, by a redirect. */
  enter(): void {
    this.call('onLoad', { ...this.route.query });
    if (this.#gone) return;
    this.show();
    this.#code.flushReady();
    this.call('onReady');
  }

  /** What `getCurrentPages()` holds: the page's `this`. */
  get caller(): ComponentCaller {
    return this.#document.root.get();
  }

  call(name: string, ...args: unknown[]): unknown {
    const hook = this.caller[name];
    if (typeof hook !== 'function') return undefined;
    // What a page throws is told to the app and does not reach the stack.
    return safeCallback(name, hook as Hook, this.caller, args);
  }

  show(): void {
    if (this.#shown) return;
    this.#shown = true;
    this.box.classList.remove('yimu-hidden');
    this.#document.backend.setShown(true);
    this.call('onShow');
    this.#document.root.getComponent().triggerPageLifetime('show', []);
  }

  /** The page is covered by another, or the whole window is hidden (`keepBox`). */
  hide(keepBox = false): void {
    if (!keepBox) {
      this.box.classList.add('yimu-hidden');
      this.#document.backend.setShown(false);
    }
    if (!this.#shown) return;
    this.#shown = false;
    this.call('onHide');
    this.#document.root.getComponent().triggerPageLifetime('hide', []);
  }

  resize(size: object): void {
    this.call('onResize', { size });
    this.#document.root.getComponent().triggerPageLifetime('resize', [{ size }]);
  }

  unload(): void {
    this.#gone = true;
    this.call('onUnload');
    this.#document.root.release();
    this.#document.backend.destroy();
    this.box.remove();
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.call('onPageScroll', { scrollTop });
    const distance = this.#config.onReachBottomDistance ?? REACH_BOTTOM_PX;
    const reached = scrollTop + clientHeight >= scrollHeight - distance;
    if (reached && !this.#reached) this.call('onReachBottom');
    this.#reached = reached;
  }
}
