import { document, elements } from './manscdp.ts';

/** An alarm of a simulated device. */
export interface SimulatedAlarm {
  /** The alarm input or camera; the device itself when absent. */
  readonly sourceGbId?: string;
  readonly priority?: number;
  /** 1–7 (GB/T 28181-2016 annex A.2.5 b); 5, video, when absent. */
  readonly method?: number;
  /** 2, motion, when absent. */
  readonly type?: number;
  readonly eventType?: number;
  readonly description?: string;
  /** AlarmTime; now when absent. */
  readonly at?: Date;
}

/** Where a simulated device is. */
export interface SimulatedPosition {
  readonly longitude: number;
  readonly latitude: number;
  readonly speed?: number;
  readonly direction?: number;
  readonly altitude?: number;
}

/** What changed in a catalogue. */
export interface SimulatedChange {
  readonly event: 'ON' | 'OFF' | 'VLOST' | 'DEFECT' | 'ADD' | 'DEL' | 'UPDATE';
  readonly channelGbId: string;
  /** Of ADD and UPDATE. */
  readonly name?: string;
}

const BEIJING_MS = 8 * 3_600_000;

/** Annex A.2.5 b. */
export function alarmBody(deviceId: string, sn: number, alarm: SimulatedAlarm): Buffer {
  const { sourceGbId = deviceId, priority = 4, method = 5, type = 2, eventType, description } = alarm;
  const info = elements([['AlarmType', String(type)]]);
  const params = eventType === undefined ? '' : elements([['EventType', String(eventType)]]);
  return document(
    'Notify',
    elements([
      ['CmdType', 'Alarm'],
      ['SN', String(sn)],
      ['DeviceID', sourceGbId],
      ['AlarmPriority', String(priority)],
      ['AlarmMethod', String(method)],
      ['AlarmTime', localTime(alarm.at ?? new Date())],
      ...(description === undefined ? [] : [['AlarmDescription', description] as const]),
    ]) +
      `<Info>\r\n${info}${params === '' ? '' : `<AlarmTypeParam>\r\n${params}</AlarmTypeParam>\r\n`}</Info>\r\n`,
  );
}

/** Annex A.2.5 f, flat as 2016 has it. */
export function positionBody(deviceId: string, sn: number, position: SimulatedPosition): Buffer {
  const { longitude, latitude, speed = 0, direction = 0, altitude = 0 } = position;
  return document(
    'Notify',
    elements([
      ['CmdType', 'MobilePosition'],
      ['SN', String(sn)],
      ['DeviceID', deviceId],
      ['Time', localTime(new Date())],
      ['Longitude', longitude.toFixed(6)],
      ['Latitude', latitude.toFixed(6)],
      ['Speed', String(speed)],
      ['Direction', String(direction)],
      ['Altitude', String(altitude)],
    ]),
  );
}

/** GB/T 28181-2022: where a dome looks, told whenever it turned. */
export function directionBody(
  channelId: string,
  sn: number,
  { pan, tilt, zoom }: { readonly pan: number; readonly tilt: number; readonly zoom: number },
): Buffer {
  return document(
    'Notify',
    elements([
      ['CmdType', 'PTZPosition'],
      ['SN', String(sn)],
      ['DeviceID', channelId],
      ['Pan', pan.toFixed(2)],
      ['Tilt', tilt.toFixed(2)],
      ['Zoom', zoom.toFixed(2)],
    ]),
  );
}

/** Annex P.4.2.2: what changed, whole where something is new. */
export function changesBody(deviceId: string, sn: number, changes: readonly SimulatedChange[]): Buffer {
  const items = changes.map(({ event, channelGbId, name }) => {
    const isWhole = event === 'ADD' || event === 'UPDATE';
    const whole: readonly (readonly [string, string])[] = isWhole
      ? [
          ['Name', name ?? channelGbId],
          ['Manufacturer', 'Yimu'],
          ['Model', 'SIM'],
          ['Owner', 'Owner'],
          ['CivilCode', deviceId.slice(0, 6)],
          ['Address', 'Address'],
          ['Parental', '0'],
          ['ParentID', deviceId],
          ['RegisterWay', '1'],
          ['Secrecy', '0'],
          ['Status', 'ON'],
        ]
      : [];
    return `<Item>\r\n${elements([['DeviceID', channelGbId], ['Event', event], ...whole])}</Item>\r\n`;
  });
  const count = String(items.length);
  const head = elements([
    ['CmdType', 'Catalog'],
    ['SN', String(sn)],
    ['DeviceID', deviceId],
    ['SumNum', count],
  ]);
  return document('Notify', `${head}<DeviceList Num="${count}">\r\n${items.join('')}</DeviceList>\r\n`);
}

/** Beijing's, without zone, as devices write it. */
function localTime(at: Date): string {
  return new Date(at.getTime() + BEIJING_MS).toISOString().slice(0, 19);
}
