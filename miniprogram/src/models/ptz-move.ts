import type { PtzDirection } from '@yimu/shared';

/** What the steering page can ask of a camera. */
export type SteerDirection = PtzDirection | 'zoomIn' | 'zoomOut';

/** 0 slow, 1 medium, 2 fast. */
export type SteerSpeed = 0 | 1 | 2;

export interface SteerMove {
  readonly direction: SteerDirection;
  readonly speed: SteerSpeed;
}

/** The `direction` numbers of the Ezviz API; 4 and 5 are both left, 6 and 7 both right. */
export const DIRECTION_NUMBERS: Readonly<Record<SteerDirection, number>> = {
  up: 0,
  down: 1,
  left: 2,
  right: 3,
  upLeft: 4,
  downLeft: 5,
  upRight: 6,
  downRight: 7,
  zoomIn: 8,
  zoomOut: 9,
};
