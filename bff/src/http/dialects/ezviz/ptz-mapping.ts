import type { PtzMove } from '@yimu/shared';

/** Directions of `device/ptz/start`: 4 and 5 are both left, 6 and 7 both right. */
const MOVES: readonly PtzMove[] = [
  'up',
  'down',
  'left',
  'right',
  'upLeft',
  'downLeft',
  'upRight',
  'downRight',
  'zoomIn',
  'zoomOut',
  'focusNear',
  'focusFar',
];

/** GB/T 28181 speed (1–255) of the Ezviz speeds 0 slow, 1 medium, 2 fast, and of the finer 3–7 of later clients. */
const SPEEDS = [64, 128, 200, 140, 160, 190, 220, 255] as const;
const DEFAULT_SPEED = 128;

/** The highest direction: it ends a steering by hand, for which GB/T 28181 has no command. */
export const RETURN_TO_AUTOMATIC = 16;
export const MAX_SPEED = SPEEDS.length - 1;

/** `undefined` for a direction that the API does not know. */
export function moveOf(direction: number): PtzMove | undefined {
  return MOVES[direction];
}

/** Speed as GB/T 28181 counts it. */
export function speedOf(speed: number): number {
  return SPEEDS[speed] ?? DEFAULT_SPEED;
}
