import type { domlikeBackend, Element as GlassElement } from 'glass-easel';
import { rpxToCss } from './rpx.ts';

/** `BackendMode.Domlike`: a const enum that isolated modules cannot import. */
const DOMLIKE = 3;

/** Style sheets of components, and of the app, stand in the document once however many pages use them. */
export class SharedStyles {
  readonly #css: ReadonlyMap<string, string>;
  readonly #present = new Set<string>();
  readonly #pages: ReadonlySet<string>;

  constructor(css: ReadonlyMap<string, string>, pages: ReadonlySet<string>) {
    this.#css = css;
    this.#pages = pages;
  }

  /** Adds the sheet; returns its element when it belongs to one page only. */
  add(path: string): HTMLStyleElement | undefined {
    const css = this.#css.get(path);
    if (css === undefined || css === '' || this.#present.has(path)) return undefined;
    const own = this.#pages.has(path);
    if (!own) this.#present.add(path);
    const style = document.createElement('style');
    style.dataset['sheet'] = path;
    style.textContent = css;
    document.head.append(style);
    return own ? style : undefined;
  }
}

export interface BackendOptions {
  readonly body: HTMLElement;
  readonly styles: SharedStyles;
  readonly longPressListeners: WeakSet<EventTarget>;
}

/** One page's document for glass-easel: prefixed tags, rpx in style attributes, page sheets that come and go. */
export class PageBackend {
  readonly mode = DOMLIKE;
  readonly document: domlikeBackend.Context['document'];
  readonly #options: BackendOptions;
  readonly #ownSheets: HTMLStyleElement[] = [];

  constructor(options: BackendOptions) {
    this.#options = options;
    this.document = {
      createElement,
      createTextNode: (text: string) => document.createTextNode(text),
      createDocumentFragment: () => document.createDocumentFragment(),
    } as unknown as domlikeBackend.Context['document'];
  }

  /** The page's own style sheets count only while it is on top, so that pages cannot style each other. */
  setShown(shown: boolean): void {
    for (const sheet of this.#ownSheets) sheet.media = shown ? '' : 'not all';
  }

  destroy(): void {
    for (const sheet of this.#ownSheets) sheet.remove();
    this.#ownSheets.length = 0;
  }

  getWindowWidth(): number {
    return this.#options.body.clientWidth;
  }

  getWindowHeight(): number {
    return this.#options.body.clientHeight;
  }

  getDevicePixelRatio(): number {
    return window.devicePixelRatio;
  }

  getTheme(): string {
    return 'light';
  }

  registerStyleSheetContent(path: string): void {
    throw new Error(`${path}: style sheets come with the package`);
  }

  appendStyleSheetPath(path: string): number {
    const own = this.#options.styles.add(path);
    if (own !== undefined) this.#ownSheets.push(own);
    return this.#ownSheets.length - 1;
  }

  disableStyleSheet(index: number): void {
    this.#ownSheets[index]?.remove();
  }

  render(callback: (error: Error | null) => void): void {
    requestAnimationFrame(() => {
      callback(null);
    });
  }

  getRootNode(): HTMLElement {
    return this.#options.body;
  }

  associateValue(element: domlikeBackend.Element, value: GlassElement): void {
    element.__wxElement = value;
  }

  onEvent(): void {
    // The host's gestures dispatch into the tree by themselves.
  }

  setListenerStats(element: domlikeBackend.Element | null, type: string): void {
    if (element !== null && type === 'longpress') {
      this.#options.longPressListeners.add(element as unknown as EventTarget);
    }
  }

  setModelBindingStat(): void {
    // Built-in components do two-way binding through their properties.
  }

  getContext(element: unknown, callback: (result: unknown) => void): void {
    callback(element);
  }

  createIntersectionObserver(
    target: Element,
    relative: Element | null,
    margin: string,
    thresholds: number[],
    listener: (status: object) => void,
  ): { disconnect(): void } {
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          listener({
            intersectionRatio: entry.intersectionRatio,
            boundingClientRect: entry.boundingClientRect,
            intersectionRect: entry.intersectionRect,
            relativeRect: entry.rootBounds,
            time: entry.time,
          });
        }
      },
      { root: relative, rootMargin: margin, threshold: thresholds },
    );
    observer.observe(target);
    return observer;
  }
}

function createElement(tagName: string): HTMLElement {
  const element = document.createElement(`wx-${tagName}`);
  const setAttribute = element.setAttribute.bind(element);
  element.setAttribute = (name: string, value: string) => {
    setAttribute(name, name === 'style' ? rpxToCss(value) : value);
  };
  return element;
}
