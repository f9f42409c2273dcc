/** Directions in which a camera can be turned; combinations as GB/T 28181 annex A.3 allows them. */
export const PTZ_DIRECTIONS = [
  'up',
  'down',
  'left',
  'right',
  'upLeft',
  'downLeft',
  'upRight',
  'downRight',
] as const;

/** Lens movements that start and stop as a direction does. */
export const PTZ_LENS = ['zoomIn', 'zoomOut', 'focusNear', 'focusFar', 'irisOpen', 'irisClose'] as const;

export type PtzDirection = (typeof PTZ_DIRECTIONS)[number];
export type PtzLens = (typeof PTZ_LENS)[number];
export type PtzMove = PtzDirection | PtzLens;
