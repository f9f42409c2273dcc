/** What a PTZCmd asks for (GB/T 28181-2016 annex A.3). */
export interface PtzMovement {
  readonly pan: -1 | 0 | 1;
  readonly tilt: -1 | 0 | 1;
  readonly zoom: -1 | 0 | 1;
  readonly panSpeed: number;
  readonly tiltSpeed: number;
  readonly zoomSpeed: number;
}

export type PtzReading =
  | { readonly ok: true; readonly movement: PtzMovement; readonly stop: boolean }
  | { readonly ok: false; readonly fault: string };

const ZOOM_OUT = 0x20;
const ZOOM_IN = 0x10;
const UP = 0x08;
const DOWN = 0x04;
const LEFT = 0x02;
const RIGHT = 0x01;
/** Commands with one of these bits are presets, focus and others. */
const NOT_PTZ = 0xc0;

/** Reads the eight bytes of a PTZCmd and proves its checksum. */
export function readPtz(text: string): PtzReading {
  if (!/^[0-9A-Fa-f]{16}$/.test(text)) return { ok: false, fault: 'not sixteen hexadecimal digits' };
  const bytes = Buffer.from(text, 'hex');
  const sum = bytes.subarray(0, 7).reduce((total, byte) => total + byte, 0) & 0xff;
  if (bytes[0] !== 0xa5) return { ok: false, fault: 'does not begin with A5' };
  // The second byte: version 0, and the sum of the three nibbles before (A + 5 + 0).
  if (bytes[1] !== 0x0f) return { ok: false, fault: 'wrong second byte' };
  if (sum !== bytes[7]) return { ok: false, fault: 'wrong checksum' };
  const [, , , command = 0, panSpeed = 0, tiltSpeed = 0, last = 0] = bytes;
  if ((command & NOT_PTZ) !== 0) return { ok: false, fault: 'not a PTZ movement' };
  const movement: PtzMovement = {
    pan: direction(command, RIGHT, LEFT),
    tilt: direction(command, UP, DOWN),
    zoom: direction(command, ZOOM_IN, ZOOM_OUT),
    panSpeed,
    tiltSpeed,
    zoomSpeed: last >>> 4,
  };
  return { ok: true, movement, stop: command === 0 };
}

function direction(command: number, forward: number, back: number): -1 | 0 | 1 {
  if ((command & forward) !== 0) return 1;
  return (command & back) !== 0 ? -1 : 0;
}

/** Where a camera looks: it turns for as long as a movement lasts. */
export class PtzHead {
  #pan = 0;
  #tilt = 0;
  #zoom = 1;
  #movement: PtzMovement | undefined;
  #sinceMs = 0;

  /** Position in degrees and times of zoom, and whether it moves now. */
  position(nowMs: number): {
    readonly pan: number;
    readonly tilt: number;
    readonly zoom: number;
    readonly moving: boolean;
  } {
    this.#settle(nowMs);
    return { pan: this.#pan, tilt: this.#tilt, zoom: this.#zoom, moving: this.#movement !== undefined };
  }

  obey(movement: PtzMovement | undefined, nowMs: number): void {
    this.#settle(nowMs);
    this.#movement = movement;
  }

  look(
    { pan, tilt, zoom }: { readonly pan: number; readonly tilt: number; readonly zoom: number },
    nowMs: number,
  ): void {
    this.#movement = undefined;
    this.#sinceMs = nowMs;
    this.#pan = wrap(pan);
    this.#tilt = clamp(tilt, -90, 90);
    this.#zoom = clamp(zoom, 1, 20);
  }

  #settle(nowMs: number): void {
    const seconds = (nowMs - this.#sinceMs) / 1_000;
    this.#sinceMs = nowMs;
    const movement = this.#movement;
    if (!movement) return;
    const degrees = (speed: number): number => (speed / 255) * 90 * seconds;
    this.#pan = wrap(this.#pan + movement.pan * degrees(movement.panSpeed));
    this.#tilt = clamp(this.#tilt + movement.tilt * degrees(movement.tiltSpeed), -90, 90);
    this.#zoom = clamp(this.#zoom + movement.zoom * (movement.zoomSpeed / 15) * 4 * seconds, 1, 20);
  }
}

function wrap(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
