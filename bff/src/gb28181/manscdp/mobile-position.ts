import type { PositionReport } from '../reports/types.ts';
import type { ManscdpDocument } from './document.ts';
import { decimalOf, itemsOf } from './fields.ts';
import { BEIJING_OFFSET_MIN, readGbTime } from './gb-time.ts';
import type { XmlElement } from './xml-element.ts';

/** Positions kept of one notification. */
const MAX_ITEMS = 1_000;
const SOURCE_ID = /^[0-9A-Za-z]{1,20}$/;

/**
 * Positions of a notification: one, flat (GB/T 28181-2016 annex A.2.5 f), or a list (-2022 annex A.2.5.5). `senderGbId`
 * is whose it is when it does not say. Vendor: a receiver that sees no satellite tells 0, 0; that is no position.
 */
export function readPositions(
  { element, deviceId }: ManscdpDocument,
  senderGbId: string,
  utcOffsetMin: number = BEIJING_OFFSET_MIN,
): readonly PositionReport[] {
  const sentAtMs = readGbTime(element.textOf('Time'), utcOffsetMin);
  const owner = deviceId ?? senderGbId;
  const isList = element.child('DeviceList') !== undefined;
  const entries = isList ? itemsOf(element, 'DeviceList', 'Item', MAX_ITEMS) : [element];
  return entries.flatMap((entry) => {
    const sourceGbId = entry.textOf('DeviceID') ?? owner;
    const position = SOURCE_ID.test(sourceGbId) ? readPosition(entry, sourceGbId) : undefined;
    const atMs = readGbTime(entry.textOf('CaptureTime') ?? entry.textOf('Time'), utcOffsetMin) ?? sentAtMs;
    return position === undefined ? [] : [{ ...position, atMs }];
  });
}

function readPosition(entry: XmlElement, sourceGbId: string): Omit<PositionReport, 'atMs'> | undefined {
  const longitude = decimalOf(entry, 'Longitude');
  const latitude = decimalOf(entry, 'Latitude');
  if (longitude === undefined || latitude === undefined) return undefined;
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > 90) return undefined;
  if (longitude === 0 && latitude === 0) return undefined;
  return {
    sourceGbId,
    longitude,
    latitude,
    speed: decimalOf(entry, 'Speed'),
    direction: decimalOf(entry, 'Direction'),
    altitude: decimalOf(entry, 'Altitude'),
    height: decimalOf(entry, 'Height'),
  };
}
