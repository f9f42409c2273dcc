import type { CatalogChange, CatalogEventName, CatalogItem } from '../types.ts';
import { type ManscdpDocument, wholeNumber } from './document.ts';
import type { XmlElement } from './xml-element.ts';

/** One part of a catalogue (GB/T 28181-2016 annex A.2.6 c). */
export interface CatalogPart {
  /** SumNum; undefined when the device does not say it. */
  readonly announced: number | undefined;
  /** Items that came, readable or not. */
  readonly received: number;
  readonly items: readonly CatalogItem[];
}

/** 2, 4, 6 or 8 digits for regions, 20 for the rest (annex D); some devices have lengths of their own. */
const CHANNEL_ID = /^[0-9A-Za-z]{1,20}$/;

/** Items without a usable ID, and items cut off in the middle, are left out. */
export function readCatalogPart({ element }: ManscdpDocument, maxItems: number): CatalogPart {
  const announced = wholeNumber(element.textOf('SumNum'));
  const items: CatalogItem[] = [];
  let received = 0;
  for (const list of element.children) {
    if (list.name !== 'DeviceList') continue;
    for (const entry of list.children) {
      if (entry.name !== 'Item') continue;
      received += 1;
      const item = entry.closed && items.length < maxItems ? readItem(entry) : undefined;
      if (item !== undefined) items.push(item);
    }
  }
  return { announced, received, items };
}

const EVENTS: readonly CatalogEventName[] = ['ON', 'OFF', 'VLOST', 'DEFECT', 'ADD', 'DEL', 'UPDATE'];

/**
 * The entries of a catalogue notification (2016 annex P.4.2.2); those without a usable ID or event are left out. What
 * has no Event is a whole entry, as UPDATE has it.
 */
export function readCatalogChanges({ element }: ManscdpDocument, maxItems: number): readonly CatalogChange[] {
  const changes: CatalogChange[] = [];
  for (const list of element.children) {
    if (list.name !== 'DeviceList') continue;
    for (const entry of list.children) {
      if (entry.name !== 'Item' || !entry.closed || changes.length >= maxItems) continue;
      const item = readItem(entry);
      const told = entry.textOf('Event')?.toUpperCase() ?? 'UPDATE';
      const event = EVENTS.find((name) => name === told);
      if (item !== undefined && event !== undefined) changes.push({ event, item });
    }
  }
  return changes;
}

function readItem(item: XmlElement): CatalogItem | undefined {
  const channelId = item.textOf('DeviceID');
  if (channelId === undefined || !CHANNEL_ID.test(channelId)) return undefined;
  const info = item.child('Info');
  const parental = item.textOf('Parental');
  return {
    channelId,
    name: item.textOf('Name') ?? '',
    manufacturer: item.textOf('Manufacturer'),
    model: item.textOf('Model'),
    civilCode: item.textOf('CivilCode'),
    address: item.textOf('Address'),
    parentId: item.textOf('ParentID'),
    // Inside Info in 2016, beside it in 2022.
    businessGroupId: item.textOf('BusinessGroupID') ?? info?.textOf('BusinessGroupID'),
    // Vendor: Hikvision writes 65535 for yes.
    parental: parental !== undefined && parental !== '0',
    online: isOnline(item.textOf('Status')),
    ptzType: wholeNumber(info?.textOf('PTZType') ?? item.textOf('PTZType')),
    longitude: degrees(item.textOf('Longitude'), 180),
    latitude: degrees(item.textOf('Latitude'), 90),
  };
}

/** The standard has ON and OFF; devices also say OK and ONLINE, in any case, or nothing. */
function isOnline(status: string | undefined): boolean {
  return status === undefined || status === 'ON' || /^(?:on|ok|online)$/i.test(status);
}

function degrees(text: string | undefined, limit: number): number | undefined {
  if (text === undefined || !/^[+-]?\d{1,3}(?:\.\d{1,12})?$/.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) <= limit ? value : undefined;
}
