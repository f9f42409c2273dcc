import type { SdCard } from '@yimu/shared';
import type { ManscdpDocument } from './document.ts';
import { decimalOf, itemsOf, shortOf, wholeOf } from './fields.ts';
import type { ListPart } from './presets.ts';

/** A device has at most 8; some leeway for those that count otherwise. */
const MAX_CARDS = 32;
const MAX_TEXT = 64;

/** One part of the answer to SDCardStatus (GB/T 28181-2022 annex A.2.6.16). */
export function readSdCards({ element }: ManscdpDocument): ListPart<SdCard> | undefined {
  const announced = wholeOf(element, 'SumNum');
  const list = element.child('SDCardStatusInfo');
  if (announced === undefined && list === undefined) return undefined;
  const entries = list === undefined ? [] : itemsOf(list, '', 'Item', MAX_CARDS);
  const items = entries.flatMap((entry) => {
    const id = wholeOf(entry, 'ID');
    if (id === undefined) return [];
    return [
      {
        id,
        name: shortOf(entry, 'HddName', MAX_TEXT),
        status: shortOf(entry, 'Status', MAX_TEXT)?.toLowerCase(),
        formatProgress: wholeOf(entry, 'FormatProgress'),
        capacityMb: decimalOf(entry, 'Capacity'),
        freeMb: decimalOf(entry, 'FreeSpace'),
      },
    ];
  });
  return { announced, received: entries.length, items };
}
