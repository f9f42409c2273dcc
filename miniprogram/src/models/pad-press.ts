import type { PtzDirection } from '@yimu/shared';
import { directionAt, isOnPad, type Box, type Point } from './ptz-geometry.ts';

/** A finger of a touch event. */
export interface Finger extends Point {
  readonly id: number;
}

/**
 * One press on the pad. The box of the pad is measured when the press begins and comes a moment later; until then
 * the finger's place is only kept.
 */
export interface PadPress {
  /** The finger that steers; others are ignored while it is down. */
  readonly finger: Finger | undefined;
  /** Where the press began. */
  readonly origin: Point | undefined;
  readonly box: Box | undefined;
  /** The finger was lifted before the box was known: the tap still counts, as the shortest of turns. */
  readonly tapped: boolean;
}

export type PadInput =
  | { readonly type: 'down' | 'move'; readonly fingers: readonly Finger[] }
  | { readonly type: 'up' | 'cancel'; readonly fingers: readonly Finger[] }
  | { readonly type: 'measured'; readonly box: Box };

export const NO_PRESS: PadPress = { finger: undefined, origin: undefined, box: undefined, tapped: false };

function isSame(finger: Finger | undefined, fingers: readonly Finger[]): Finger | undefined {
  return fingers.find(({ id }) => id === finger?.id);
}

/** One step; `move` and the ends of other fingers leave the press as it is. */
export function stepPad(press: PadPress, input: PadInput): PadPress {
  switch (input.type) {
    case 'down': {
      const [finger] = input.fingers;
      // A tap that still waits for the box gives way to what the user does next.
      if ((press.finger !== undefined && !press.tapped) || finger === undefined) return press;
      return { finger, origin: finger, box: undefined, tapped: false };
    }
    case 'move': {
      const finger = isSame(press.finger, input.fingers);
      return finger === undefined ? press : { ...press, finger };
    }
    case 'up':
      if (isSame(press.finger, input.fingers) === undefined) return press;
      return press.box === undefined ? { ...press, tapped: true } : NO_PRESS;
    case 'cancel':
      return NO_PRESS;
    case 'measured':
      if (press.finger === undefined) return press;
      return isOnPad(input.box, press.origin ?? press.finger) ? { ...press, box: input.box } : NO_PRESS;
  }
}

/** What the press asks for; undefined in the dead zone, before the box is known, and without a press. */
export function directionOf({ finger, box }: PadPress, sectors: 4 | 8): PtzDirection | undefined {
  return finger === undefined || box === undefined ? undefined : directionAt(box, finger, sectors);
}
