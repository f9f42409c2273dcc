import { parsePageUrl, routeFromHash, routeToHash, type Route } from './route.ts';

/** WeChat refuses an eleventh page. */
export const MAX_PAGES = 10;

/** What the stack needs of a page. */
export interface StackPage {
  readonly route: Route;
  enter(): void;
  show(): void;
  hide(): void;
  unload(): void;
}

/** The part of the browser's history that the stack writes; each entry carries its position. */
export interface HistoryPort {
  /** Position of the entry that the browser is on; undefined when it is not one of ours. */
  position(): number | undefined;
  hash(): string;
  push(position: number, hash: string): void;
  replace(position: number, hash: string): void;
  go(delta: number): void;
}

export interface PageStackPorts<P extends StackPage> {
  readonly history: HistoryPort;
  readonly pages: readonly string[];
  create(route: Route): P;
  /** Called after each change, with the page on top. */
  changed(top: P, depth: number): void;
  notFound(route: Route): void;
}

/** A navigation that cannot be done; the text follows `navigateTo:fail `. */
export class NavigationRefusal extends Error {}

/** The pages that are open, in step with the browser's history: its Back closes the page on top. */
export class PageStack<P extends StackPage> {
  readonly #ports: PageStackPorts<P>;
  #open: { readonly page: P; readonly position: number }[] = [];

  constructor(ports: PageStackPorts<P>) {
    this.#ports = ports;
  }

  get pages(): readonly P[] {
    return this.#open.map(({ page }) => page);
  }

  get top(): P | undefined {
    return this.#open.at(-1)?.page;
  }

  start(route: Route): void {
    this.#replaceAll(route, this.#ports.history.position() ?? 0);
  }

  navigateTo(url: string): P {
    const route = this.#routeTo(url);
    if (this.#open.length >= MAX_PAGES) throw new NavigationRefusal('webview count limit exceed');
    // Made before anything moves: a page whose code fails to load leaves the stack as it was.
    const page = this.#ports.create(route);
    this.top?.hide();
    const position = this.#position() + 1;
    this.#ports.history.push(position, routeToHash(route));
    return this.#add(page, position);
  }

  redirectTo(url: string): P {
    const route = this.#routeTo(url);
    const page = this.#ports.create(route);
    const position = this.#position();
    this.#drop(1);
    this.#ports.history.replace(position, routeToHash(route));
    return this.#add(page, position);
  }

  reLaunch(url: string): P {
    return this.#replaceAll(this.#routeTo(url), this.#position());
  }

  /** Closes up to `delta` pages, never the last one; the history follows. */
  navigateBack(delta: number): void {
    const count = Math.min(Math.max(1, Math.trunc(delta)), this.#open.length - 1);
    if (count < 1) throw new NavigationRefusal('cannot navigate back at first page.');
    const from = this.#position();
    this.#drop(count);
    this.#ports.history.go(this.#position() - from);
    this.#shown();
  }

  /** The browser moved: by Back, by Forward, or because the address was edited. */
  moved(): void {
    const { history } = this.#ports;
    const position = history.position();
    const route = routeFromHash(history.hash());
    if (position !== undefined && position === this.#position()) return;
    const index = this.#open.findIndex((entry) => entry.position === position);
    if (position !== undefined && index >= 0) {
      this.#drop(this.#open.length - 1 - index);
      this.#shown();
      return;
    }
    if (route === undefined || !this.#ports.pages.includes(route.path)) {
      if (route !== undefined) this.#ports.notFound(route);
      return;
    }
    if (position !== undefined && position > this.#position() && this.#open.length < MAX_PAGES) {
      const page = this.#ports.create(route);
      this.top?.hide();
      this.#add(page, position);
      return;
    }
    this.#replaceAll(route, position ?? this.#position() + 1);
  }

  /** Closes everything, for good. */
  clear(): void {
    this.#drop(this.#open.length);
  }

  #position(): number {
    return this.#open.at(-1)?.position ?? 0;
  }

  #routeTo(url: string): Route {
    const route = parsePageUrl(url, this.top?.route.path ?? '');
    if (!this.#ports.pages.includes(route.path))
      throw new NavigationRefusal(`page "${route.path}" is not found`);
    return route;
  }

  #replaceAll(route: Route, position: number): P {
    const page = this.#ports.create(route);
    this.#drop(this.#open.length);
    this.#ports.history.replace(position, routeToHash(route));
    return this.#add(page, position);
  }

  #add(page: P, position: number): P {
    this.#open.push({ page, position });
    this.#ports.changed(page, this.#open.length);
    // On top before it begins: its onLoad may look at the stack, or leave.
    page.enter();
    return page;
  }

  #drop(count: number): void {
    for (let left = count; left > 0; left -= 1) this.#open.pop()?.page.unload();
  }

  #shown(): void {
    const { top } = this;
    if (top === undefined) return;
    top.show();
    this.#ports.changed(top, this.#open.length);
  }
}
