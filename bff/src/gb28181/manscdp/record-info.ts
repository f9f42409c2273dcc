import { type ManscdpDocument, wholeNumber } from './document.ts';
import { readGbTime } from './gb-time.ts';
import type { XmlElement } from './xml-element.ts';

/** How a recording came about; `unknown` when the device says nothing of it that we know. */
export type RecordKind = 'time' | 'alarm' | 'manual' | 'unknown';

/** One file of a device's archive (GB/T 28181-2016 annex A.2.1 h). */
export interface RecordItem {
  readonly channelId: string;
  readonly name: string;
  readonly filePath: string | undefined;
  readonly address: string | undefined;
  /** UTC, ms. */
  readonly beginMs: number;
  /** UTC, ms; after `beginMs`. */
  readonly endMs: number;
  /** Secrecy is not 0. */
  readonly secret: boolean;
  readonly kind: RecordKind;
  readonly recorderId: string | undefined;
  /** Bytes, as the device says it. */
  readonly fileSize: number | undefined;
  /** 0 main stream, 1 sub stream (-2022); undefined when not said. */
  readonly streamNumber: number | undefined;
}

/** One part of an answer to RecordInfo (annex A.2.6 f). */
export interface RecordPart {
  /** SumNum; undefined when the device does not say it. */
  readonly announced: number | undefined;
  /** Items that came, readable or not. */
  readonly received: number;
  readonly items: readonly RecordItem[];
  /** The device says that it could not do it (`Result`), which the schema does not have. */
  readonly refused: boolean;
}

const MAX_TEXT = 512;
const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/** Items without times, or that end before they begin, and items cut off in the middle, are left out. */
export function readRecordPart(
  { element }: ManscdpDocument,
  options: { readonly maxItems: number; readonly utcOffsetMin: number; readonly channelId: string },
): RecordPart {
  const items: RecordItem[] = [];
  let received = 0;
  for (const list of element.children) {
    if (list.name !== 'RecordList') continue;
    for (const entry of list.children) {
      if (entry.name !== 'Item') continue;
      received += 1;
      if (!entry.closed || items.length >= options.maxItems) continue;
      const item = readItem(entry, options);
      if (item !== undefined) items.push(item);
    }
  }
  const result = element.textOf('Result');
  return {
    announced: wholeNumber(element.textOf('SumNum')),
    received,
    items,
    refused: received === 0 && result !== undefined && /^(?:error|fail|failed)$/i.test(result),
  };
}

function readItem(
  item: XmlElement,
  { utcOffsetMin, channelId }: { readonly utcOffsetMin: number; readonly channelId: string },
): RecordItem | undefined {
  const beginMs = readGbTime(item.textOf('StartTime'), utcOffsetMin);
  const endMs = readGbTime(item.textOf('EndTime'), utcOffsetMin);
  if (beginMs === undefined || endMs === undefined || endMs <= beginMs) return undefined;
  const secrecy = item.textOf('Secrecy');
  return {
    channelId: textOf(item, 'DeviceID') ?? channelId,
    name: textOf(item, 'Name') ?? '',
    filePath: textOf(item, 'FilePath'),
    address: textOf(item, 'Address'),
    beginMs,
    endMs,
    secret: secrecy !== undefined && secrecy !== '0',
    kind: recordKind(item.textOf('Type')),
    recorderId: textOf(item, 'RecorderID'),
    fileSize: sizeOf(item.textOf('FileSize')),
    streamNumber: wholeNumber(item.textOf('StreamNumber')),
  };
}

/** Vendor: the words in any case, the digits of `u=` in their place, or `motion` and the like for alarms. */
function recordKind(text: string | undefined): RecordKind {
  switch (text?.toLowerCase()) {
    case 'time':
    case 'timing':
    case '3':
      return 'time';
    case 'alarm':
    case 'motion':
    case 'md':
    case '2':
      return 'alarm';
    case 'manual':
    case '1':
      return 'manual';
    default:
      return 'unknown';
  }
}

function textOf(item: XmlElement, name: string): string | undefined {
  const text = item.textOf(name)?.slice(0, MAX_TEXT);
  return text === '' ? undefined : text;
}

/** Bytes; a size beyond ten digits is one of a disk. */
function sizeOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const size = Number(text);
  return size <= MAX_SIZE ? size : undefined;
}
