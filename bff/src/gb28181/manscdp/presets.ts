import type { Preset } from '@yimu/shared';
import type { ManscdpDocument } from './document.ts';
import { itemsOf, shortOf, wholeOf } from './fields.ts';

/** One part of a list, whatever it lists. */
export interface ListPart<Item> {
  /** SumNum; undefined when it is not said, as in 2016. */
  readonly announced: number | undefined;
  /** Entries that came, usable or not. */
  readonly received: number;
  readonly items: readonly Item[];
}

/** Presets are one octet of a command; 0 is reserved (annex A.3.4). */
const MAX_PRESETS = 255;
const MAX_ENTRIES = 1_024;
const MAX_NAME = 128;

/**
 * One part of the answer to a PresetQuery (GB/T 28181-2016 annex A.2.6 j). Vendor: recorders list special presets
 * beyond 255, which no command can call: they are left out.
 */
export function readPresets({ element }: ManscdpDocument): ListPart<Preset> | undefined {
  const announced = wholeOf(element, 'SumNum');
  const entries = itemsOf(element, 'PresetList', 'Item', MAX_ENTRIES);
  if (announced === undefined && element.child('PresetList') === undefined && entries.length === 0)
    return undefined;
  const items = entries.flatMap((entry) => {
    const index = wholeOf(entry, 'PresetID');
    if (index === undefined || index < 1 || index > MAX_PRESETS) return [];
    return [{ index, name: shortOf(entry, 'PresetName', MAX_NAME) }];
  });
  return { announced, received: entries.length, items };
}
