import type { HistoryPort } from './page-stack.ts';

interface State {
  readonly yimuPosition?: number;
}

/** A step back that the browser never reports is given up after this time, ms. */
const GO_TIMEOUT_MS = 1000;

/**
 * The window's history; the hash names the page, so that a link or a reload opens it again. A step back takes the
 * browser a moment: what is written meanwhile waits for it.
 */
export class BrowserHistory implements HistoryPort {
  readonly #waiting: (() => void)[] = [];
  readonly #popped = (): void => {
    if (this.#timer === undefined) this.#moved();
    else this.#arrived();
  };
  #moved: () => void = () => undefined;
  #timer: number | undefined;

  /** `moved` is called when the user moved, not for steps of our own. */
  listen(moved: () => void): void {
    this.#moved = moved;
    window.addEventListener('popstate', this.#popped);
  }

  dispose(): void {
    window.removeEventListener('popstate', this.#popped);
    clearTimeout(this.#timer);
  }

  position(): number | undefined {
    return (history.state as State | null)?.yimuPosition;
  }

  hash(): string {
    return location.hash;
  }

  push(yimuPosition: number, hash: string): void {
    this.#enqueue(() => {
      history.pushState({ yimuPosition }, '', address(hash));
    });
  }

  replace(yimuPosition: number, hash: string): void {
    this.#enqueue(() => {
      history.replaceState({ yimuPosition }, '', address(hash));
    });
  }

  go(delta: number): void {
    if (delta === 0) return;
    this.#enqueue(() => {
      this.#timer = window.setTimeout(() => {
        this.#arrived();
      }, GO_TIMEOUT_MS);
      history.go(delta);
    });
  }

  #enqueue(step: () => void): void {
    this.#waiting.push(step);
    this.#drain();
  }

  #arrived(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drain();
  }

  #drain(): void {
    while (this.#timer === undefined) {
      const step = this.#waiting.shift();
      if (step === undefined) return;
      step();
    }
  }
}

function address(hash: string): string {
  return `${location.pathname}${location.search}${hash}`;
}
