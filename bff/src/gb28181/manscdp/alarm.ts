import type { AlarmReport } from '../reports/types.ts';
import { writeBody } from './body-writer.ts';
import type { ManscdpDocument } from './document.ts';
import { decimalOf, shortOf, wholeOf } from './fields.ts';
import { BEIJING_OFFSET_MIN, readGbTime } from './gb-time.ts';

const MAX_DESCRIPTION = 256;
const SOURCE_ID = /^[0-9A-Za-z]{1,20}$/;

/**
 * An alarm notification (GB/T 28181-2016 annex A.2.5 b, -2022 annex A.2.5.3); undefined when it does not say whose.
 * Vendor: some put AlarmType or EventType beside Info; Dahua adds AlarmInfo, a number of its own that nobody defines.
 */
export function readAlarm(
  { element, deviceId }: ManscdpDocument,
  via: AlarmReport['via'],
  utcOffsetMin: number = BEIJING_OFFSET_MIN,
): AlarmReport | undefined {
  if (deviceId === undefined || !SOURCE_ID.test(deviceId)) return undefined;
  const info = element.child('Info');
  const params = info?.child('AlarmTypeParam') ?? element.child('AlarmTypeParam');
  const within = (text: number | undefined, lowest: number, highest: number): number | undefined =>
    text !== undefined && text >= lowest && text <= highest ? text : undefined;
  return {
    sourceGbId: deviceId,
    priority: within(wholeOf(element, 'AlarmPriority'), 1, 4),
    method: within(wholeOf(element, 'AlarmMethod'), 1, 7),
    type: within(wholeOf(info, 'AlarmType') ?? wholeOf(element, 'AlarmType'), 1, 999),
    eventType: within(wholeOf(params, 'EventType') ?? wholeOf(info, 'EventType'), 1, 99),
    atMs: readGbTime(element.textOf('AlarmTime'), utcOffsetMin),
    description: shortOf(element, 'AlarmDescription', MAX_DESCRIPTION),
    ...placeOf(decimalOf(element, 'Longitude'), decimalOf(element, 'Latitude')),
    via,
  };
}

/** The answer that is owed to an alarm MESSAGE (GB/T 28181-2016 §9.4.2, annex A.2.6 b). */
export function alarmResponseBody(alarm: {
  readonly sn: number;
  readonly sourceGbId: string;
  readonly gbVersion: string | undefined;
}): Uint8Array {
  return writeBody('Response', alarm.gbVersion, [
    ['CmdType', 'Alarm'],
    ['SN', String(alarm.sn)],
    ['DeviceID', alarm.sourceGbId],
    ['Result', 'OK'],
  ]);
}

function placeOf(
  longitude: number | undefined,
  latitude: number | undefined,
): Pick<AlarmReport, 'longitude' | 'latitude'> {
  const isPlace =
    longitude !== undefined &&
    latitude !== undefined &&
    Math.abs(longitude) <= 180 &&
    Math.abs(latitude) <= 90;
  return isPlace ? { longitude, latitude } : { longitude: undefined, latitude: undefined };
}
