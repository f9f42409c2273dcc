import type { Element as GlassElement } from 'glass-easel';
import { dispatch, nodeOf } from './dispatch.ts';
import { LONG_PRESS_MS, TapTracker } from './tap-tracker.ts';
import { pageBox } from './viewport.ts';

/** One finger as WeChat's events carry it, CSS pixels in the page's coordinates. */
interface PageTouch {
  readonly identifier: number;
  readonly clientX: number;
  readonly clientY: number;
  readonly pageX: number;
  readonly pageY: number;
  readonly force: number;
}

interface Finger {
  readonly identifier: number;
  readonly clientX: number;
  readonly clientY: number;
}

/** The mouse plays one finger; browsers number real ones from 0. */
const MOUSE_IDENTIFIER = 0;
/** Browsers repeat a touch as a mouse press within this time, ms. */
const GHOST_MOUSE_MS = 1000;

/**
 * Makes WeChat's touch events and tap out of the browser's touch and mouse events. A press stays with the element
 * where it began, as on a phone, and always ends: by end or by cancel.
 */
export class Gestures {
  readonly #root: HTMLElement;
  readonly #listensLongPress: (element: EventTarget) => boolean;
  readonly #taps = new TapTracker();
  readonly #timers = new Map<number, number>();
  readonly #stop = new AbortController();
  #mouseTarget: EventTarget | null = null;
  #lastTouchAt = -Infinity;

  constructor(root: HTMLElement, listensLongPress: (element: EventTarget) => boolean) {
    this.#root = root;
    this.#listensLongPress = listensLongPress;
    const { signal } = this.#stop;
    const touch = { capture: true, passive: false, signal };
    for (const type of ['touchstart', 'touchmove', 'touchend', 'touchcancel'] as const) {
      root.addEventListener(
        type,
        (event) => {
          this.#onTouch(type, event);
        },
        touch,
      );
    }
    root.addEventListener(
      'mousedown',
      (event) => {
        this.#onMouseDown(event);
      },
      { capture: true, signal },
    );
    document.addEventListener(
      'mousemove',
      (event) => {
        this.#onMouse('touchmove', event);
      },
      { capture: true, signal },
    );
    document.addEventListener(
      'mouseup',
      (event) => {
        this.#onMouse('touchend', event);
      },
      { capture: true, signal },
    );
    root.addEventListener(
      'dragstart',
      (event) => {
        event.preventDefault();
      },
      { signal },
    );
    // A long hold would open the browser's menu, and with it end the press.
    root.addEventListener(
      'contextmenu',
      (event) => {
        if (event.target instanceof Element && !isControl(event.target)) event.preventDefault();
      },
      { signal },
    );
    root.addEventListener(
      'click',
      (event) => {
        this.#onClick(event);
      },
      { capture: true, signal },
    );
    window.addEventListener(
      'blur',
      () => {
        this.#cancelMouse();
      },
      { signal },
    );
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.hidden) this.#cancelMouse();
      },
      { signal },
    );
  }

  dispose(): void {
    this.#stop.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #onTouch(type: string, event: TouchEvent): void {
    this.#lastTouchAt = event.timeStamp;
    this.#send(type, event, event.target, [...event.touches], [...event.changedTouches]);
  }

  #onMouseDown(event: MouseEvent): void {
    if (event.button !== 0 || event.timeStamp - this.#lastTouchAt < GHOST_MOUSE_MS) return;
    this.#mouseTarget = event.target;
    this.#onMouse('touchstart', event);
  }

  #onMouse(type: string, event: MouseEvent): void {
    const target = this.#mouseTarget;
    if (target === null) return;
    const finger = { identifier: MOUSE_IDENTIFIER, clientX: event.clientX, clientY: event.clientY };
    if (type === 'touchend') this.#mouseTarget = null;
    this.#send(type, event, target, type === 'touchend' ? [] : [finger], [finger]);
  }

  #cancelMouse(): void {
    const target = this.#mouseTarget;
    if (target === null) return;
    this.#mouseTarget = null;
    this.#send(
      'touchcancel',
      undefined,
      target,
      [],
      [{ identifier: MOUSE_IDENTIFIER, clientX: 0, clientY: 0 }],
    );
  }

  /** A click without a press comes from a keyboard or an assistive tool: it taps. */
  #onClick(event: MouseEvent): void {
    if (event.detail !== 0) return;
    const node = nodeOf(event.target);
    if (node !== undefined) dispatch(node, 'tap', { x: 0, y: 0 }, event, { touches: [], changedTouches: [] });
  }

  #send(
    type: string,
    event: Event | undefined,
    target: EventTarget | null,
    touches: readonly Finger[],
    changed: readonly Finger[],
  ): void {
    const node = nodeOf(target);
    if (node === undefined || !(target instanceof Element) || !this.#root.contains(target)) {
      for (const finger of changed) this.#forget(finger.identifier);
      return;
    }
    const extra = {
      touches: touches.map((f) => inPage(f, target)),
      changedTouches: changed.map((f) => inPage(f, target)),
    };
    const caught = dispatch(node, type, {}, event, extra);
    const repeated = event !== undefined && type === 'touchend' && !isControl(target);
    if ((caught || repeated) && event?.cancelable === true) event.preventDefault();
    if (repeated) leaveField();
    for (const finger of changed) this.#recognise(type, finger, node, target, event);
  }

  #recognise(
    type: string,
    finger: Finger,
    node: GlassElement,
    target: Element,
    event: Event | undefined,
  ): void {
    const { identifier, clientX, clientY } = finger;
    if (type === 'touchstart') {
      this.#taps.start(identifier, clientX, clientY);
      this.#timers.set(
        identifier,
        window.setTimeout(() => {
          this.#longPress(finger, node, target);
        }, LONG_PRESS_MS),
      );
    } else if (type === 'touchmove') {
      if (this.#taps.move(identifier, clientX, clientY)) {
        this.#forget(identifier);
        dispatch(node, 'canceltap', {}, event);
      }
    } else if (type === 'touchend') {
      const tap = this.#taps.end(identifier, clientX, clientY);
      this.#forget(identifier);
      if (tap !== undefined) this.#tap('tap', finger, node, target, event);
    } else {
      this.#forget(identifier);
    }
  }

  #longPress(finger: Finger, node: GlassElement, target: Element): void {
    if (!this.#taps.isPressed(finger.identifier)) return;
    let heard: Node | null = target;
    while (heard !== null && !this.#listensLongPress(heard)) heard = heard.parentNode;
    if (heard === null) return;
    this.#forget(finger.identifier);
    this.#tap('longpress', finger, node, target, undefined);
  }

  #tap(type: string, finger: Finger, node: GlassElement, target: Element, event: Event | undefined): void {
    if (target.closest('wx-button[data-disabled]') !== null) return;
    const touch = inPage(finger, target);
    dispatch(node, type, { x: touch.pageX, y: touch.pageY }, event, {
      touches: [touch],
      changedTouches: [touch],
    });
  }

  #forget(identifier: number): void {
    this.#taps.cancel(identifier);
    clearTimeout(this.#timers.get(identifier));
    this.#timers.delete(identifier);
  }
}

function inPage({ identifier, clientX, clientY }: Finger, target: Element): PageTouch {
  const page = pageBox(target);
  const scrolled = target.closest('.yimu-scroll')?.scrollTop ?? 0;
  const x = clientX - page.left;
  const y = clientY - page.top;
  return { identifier, clientX: x, clientY: y, pageX: x, pageY: y + scrolled, force: 1 };
}

/** Elements of the browser's own that need its click and focus. */
function isControl(target: Element): boolean {
  return target.closest('input,textarea,select,button,a') !== null;
}

/**
 * The browser would repeat a touch as a click on whatever lies there by then, a dialog that the touch opened for one;
 * that is prevented, and with it what the click did: leaving the field that had the focus.
 */
function leaveField(): void {
  const { activeElement } = document;
  if (activeElement instanceof HTMLInputElement || activeElement instanceof HTMLTextAreaElement)
    activeElement.blur();
}
