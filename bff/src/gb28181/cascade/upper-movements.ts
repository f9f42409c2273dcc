import type { Cancel, Clock } from '../../kernel/index.ts';
import type { SharedChannel } from './types.ts';

const MAX_MOVING = 1_024;
const HEX_COMMAND = /^[Aa]5[\dA-Fa-f]{14}$/;
/** Byte 4 of PTZ and of focus and iris (annex A.3.2, A.3.3). */
const LENS = 0x40;
const MOVE_MASK = 0x3f;
const LENS_MASK = 0x0f;
const STOP_ALL = 'A50F0100000000B5';
const STOP_LENS = 'A50F0140000000F5';

/** What a PTZCmd does to what moves: presets and cruises end by themselves, or are meant to go on. */
export function movementOf(ptzCmd: string): 'move' | 'move-lens' | 'stop' | 'stop-lens' | 'other' {
  if (!HEX_COMMAND.test(ptzCmd)) return 'other';
  const command = Number.parseInt(ptzCmd.slice(6, 8), 16);
  if ((command & 0xf0) === LENS) return (command & LENS_MASK) === 0 ? 'stop-lens' : 'move-lens';
  if ((command & 0xc0) !== 0) return 'other';
  return (command & MOVE_MASK) === 0 ? 'stop' : 'move';
}

interface Movement {
  readonly upperKey: number;
  /** It has to be stopped even when it is not shown any more. */
  readonly channel: SharedChannel;
  readonly stops: Set<string>;
  cancel: Cancel;
}

interface Deps {
  readonly clock: Clock;
  readonly movementMs: number;
  readonly send: (channel: SharedChannel, ptzCmd: string) => void;
}

/** Stops what an upper platform set in motion and did not stop, and all of it when it is lost. */
export class UpperMovements {
  readonly #deps: Deps;
  readonly #moving = new Map<string, Movement>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#moving.size;
  }

  /** `gbId`: the camera's ID there. */
  note(upperKey: number, gbId: string, channel: SharedChannel, ptzCmd: string): void {
    const what = movementOf(ptzCmd);
    if (what === 'other') return;
    const key = keyOf(upperKey, gbId);
    const movement = this.#moving.get(key);
    const stop = what.endsWith('lens') ? STOP_LENS : STOP_ALL;
    if (what.startsWith('stop')) {
      movement?.stops.delete(stop);
      if (movement?.stops.size === 0) this.#forget(key, movement);
      return;
    }
    if (movement === undefined && this.#moving.size >= MAX_MOVING) return;
    movement?.cancel();
    const stops = (movement?.stops ?? new Set<string>()).add(stop);
    const cancel = this.#deps.clock.after(this.#deps.movementMs, () => {
      this.#stop(key);
    });
    this.#moving.set(key, { upperKey, channel, stops, cancel });
  }

  /** An upper platform is gone, or all are. */
  end(upperKey: number): void {
    for (const [key, movement] of [...this.#moving]) if (movement.upperKey === upperKey) this.#stop(key);
  }

  /** A camera is not shown to it any more. */
  endOfChannel(upperKey: number, gbId: string): void {
    this.#stop(keyOf(upperKey, gbId));
  }

  #stop(key: string): void {
    const movement = this.#moving.get(key);
    if (movement === undefined) return;
    this.#forget(key, movement);
    for (const stop of movement.stops) this.#deps.send(movement.channel, stop);
  }

  #forget(key: string, movement: Movement): void {
    movement.cancel();
    this.#moving.delete(key);
  }
}

function keyOf(upperKey: number, gbId: string): string {
  return `${String(upperKey)} ${gbId}`;
}
