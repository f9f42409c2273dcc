/** `quality` of the Ezviz API: 1 the main stream (高清), 2 the sub-stream (标清). */
export type Quality = 1 | 2;

export const HIGH: Quality = 1;
export const LOW: Quality = 2;
