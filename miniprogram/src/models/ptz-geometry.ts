import type { PtzDirection } from '@yimu/shared';

/** A point or box as touch events and `boundingClientRect` give them, CSS pixels of one coordinate system. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Part of the radius around the centre that turns nothing. */
export const DEAD_ZONE = 0.18;

/** Sectors from the right, turning downwards as screen coordinates do. */
const EIGHT = ['right', 'downRight', 'down', 'downLeft', 'left', 'upLeft', 'up', 'upRight'] as const;
const FOUR = ['right', 'down', 'left', 'up'] as const;

const FULL_TURN = 2 * Math.PI;

/**
 * The sector of a ring at `angle`, radians from the right, growing downwards. Every angle belongs to exactly one
 * sector: each holds its beginning and not its end.
 */
export function sectorOfAngle(angle: number, sectors: 4 | 8): PtzDirection {
  const ring = sectors === 8 ? EIGHT : FOUR;
  const turns = angle / FULL_TURN + 0.5 / sectors;
  const index = Math.floor((turns - Math.floor(turns)) * sectors);
  return ring[index % sectors] ?? 'right';
}

function polar(box: Box, point: Point): { readonly angle: number; readonly share: number } {
  const dx = point.x - (box.left + box.width / 2);
  const dy = point.y - (box.top + box.height / 2);
  const radius = Math.min(box.width, box.height) / 2;
  return { angle: Math.atan2(dy, dx), share: radius > 0 ? Math.hypot(dx, dy) / radius : 0 };
}

/** Whether a press at `point` is one on the round pad in `box`, and not in a corner around it. */
export function isOnPad(box: Box, point: Point): boolean {
  return polar(box, point).share <= 1;
}

/**
 * The direction that a finger at `point` means; none in the dead zone. A finger that has slid off the pad still means
 * the sector it left through.
 */
export function directionAt(box: Box, point: Point, sectors: 4 | 8): PtzDirection | undefined {
  const { angle, share } = polar(box, point);
  return share < DEAD_ZONE ? undefined : sectorOfAngle(angle, sectors);
}

/** Degrees by which a mark that points right is turned to point in a direction. */
export function turnOf(direction: PtzDirection): number {
  return EIGHT.indexOf(direction) * (360 / EIGHT.length);
}

/** The directions that a pad of so many sectors knows. */
export function directionsOf(sectors: 4 | 8): readonly PtzDirection[] {
  return sectors === 8 ? EIGHT : FOUR;
}
