import type { PlayerView } from './player-view.ts';

/** The bar leaves the picture alone after this long, ms. */
export const BAR_HIDES_AFTER_MS = 5000;

/** Whether the bar may leave: only a picture that runs undisturbed is left alone, and never an open menu. */
export function barMayHide(view: PlayerView, menuOpen: boolean): boolean {
  return view.layer === 'none' && !menuOpen;
}
