import type { Core } from '../../../core/index.ts';

/** The use-cases that this dialect calls. */
export type EzvizCore = Pick<Core, 'access' | 'devicesOf' | 'live' | 'ptz' | 'tickets'>;
