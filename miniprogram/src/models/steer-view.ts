import { STEER_TEXTS } from '../texts/steering.ts';
import type { SteerAbility } from './device-facts.ts';

/** What the steering panel offers now. */
export interface SteerView {
  /** False once the device has said that it does not turn: then there is no pad. */
  readonly able: boolean;
  readonly sectors: 4 | 8;
  readonly enabled: boolean;
  readonly zoom: boolean;
  /** What stands under the pad: how it is used, or why it cannot be. */
  readonly hint: string;
}

/** `ability` is undefined until the device has told; a picture that moves is what steering needs. */
export function steerView(ability: SteerAbility | undefined, live: boolean): SteerView {
  const able = ability?.sectors !== 0;
  const enabled = ability !== undefined && able && live;
  const hint = !able ? STEER_TEXTS.unable : live ? STEER_TEXTS.hint : STEER_TEXTS.whenLive;
  return { able, sectors: ability?.sectors === 4 ? 4 : 8, enabled, zoom: enabled && ability.zoom, hint };
}
