/** How far a finger may move, in CSS pixels, and still tap. */
const TAP_DISTANCE = 10;

/** WeChat's delay of `longpress`, ms. */
export const LONG_PRESS_MS = 350;

interface Press {
  readonly x: number;
  readonly y: number;
}

/** Tells taps from drags, finger by finger. */
export class TapTracker {
  readonly #presses = new Map<number, Press>();

  start(identifier: number, x: number, y: number): void {
    this.#presses.set(identifier, { x, y });
  }

  /** True when this movement ended the chance of a tap. */
  move(identifier: number, x: number, y: number): boolean {
    const press = this.#presses.get(identifier);
    if (press === undefined) return false;
    if (Math.abs(press.x - x) <= TAP_DISTANCE && Math.abs(press.y - y) <= TAP_DISTANCE) return false;
    this.#presses.delete(identifier);
    return true;
  }

  /** Where the tap happened, if it was one. */
  end(identifier: number, x: number, y: number): Press | undefined {
    this.move(identifier, x, y);
    const press = this.#presses.get(identifier);
    this.#presses.delete(identifier);
    return press;
  }

  cancel(identifier: number): void {
    this.#presses.delete(identifier);
  }

  /** Still a tap so far, so it may become a long press. */
  isPressed(identifier: number): boolean {
    return this.#presses.has(identifier);
  }
}
