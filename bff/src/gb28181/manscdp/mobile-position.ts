import type { PositionReport } from '../reports/types.ts';
import type { ManscdpDocument } from './document.ts';
import { decimalOf, itemsOf } from './fields.ts';
import { readGbTime } from './gb-time.ts';
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
): readonly PositionReport[] {
  const sentAtMs = readGbTime(element.textOf('Time'));
  const owner = deviceId ?? senderGbId;
  const isList = element.child('DeviceList') !== undefined;
  const entries = isList ? itemsOf(element, 'DeviceList', 'Item', MAX_ITEMS) : [element];
  return entries.flatMap((entry) => {
    const sourceGbId = entry.textOf('DeviceID') ?? owner;
    const position = SOURCE_ID.test(sourceGbId) ? readPosition(entry, sourceGbId, sentAtMs) : undefined;
    return position === undefined ? [] : [position];
  });
}

function readPosition(
  entry: XmlElement,
  sourceGbId: string,
  sentAtMs: number | undefined,
): PositionReport | undefined {
  const longitude = decimalOf(entry, 'Longitude');
  const latitude = decimalOf(entry, 'Latitude');
  if (longitude === undefined || latitude === undefined) return undefined;
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > 90) return undefined;
  if (longitude === 0 && latitude === 0) return undefined;
  return {
    sourceGbId,
    atMs: readGbTime(entry.textOf('CaptureTime') ?? entry.textOf('Time')) ?? sentAtMs,
    longitude,
    latitude,
    speed: decimalOf(entry, 'Speed'),
    direction: decimalOf(entry, 'Direction'),
    altitude: decimalOf(entry, 'Altitude'),
    height: decimalOf(entry, 'Height'),
  };
}
