import type { ConfigSections, TimeSegment } from '@yimu/shared';
import type { BodyNode } from '../manscdp/body-writer.ts';
import { flagOf, itemsOf, shortOf, wholeOf } from '../manscdp/fields.ts';
import type { XmlElement } from '../manscdp/xml-element.ts';
import { type ConfigSection, node } from './section.ts';

const MAX_DAYS = 7;
const MAX_SEGMENTS = 8;
const MAX_URL = 512;
const MAX_SESSION_ID = 128;

/** GB/T 28181-2022 A.2.1.13: 7 days of 8 segments. */
export const videoRecordPlan: ConfigSection<ConfigSections['VideoRecordPlan']> = {
  since: '2022',
  elements: ['VideoRecordPlan'],
  marks: ['RecordEnable', 'RecordScheduleSumNum', 'RecordSchedule'],
  read: (element) => {
    const enabled = flagOf(element, 'RecordEnable');
    if (enabled === undefined) return undefined;
    const days = itemsOf(element, '', 'RecordSchedule', MAX_DAYS).flatMap((day) => {
      const weekDay = wholeOf(day, 'WeekDayNum');
      if (weekDay === undefined || weekDay < 1 || weekDay > MAX_DAYS) return [];
      return [{ weekDay, segments: itemsOf(day, '', 'TimeSegment', MAX_SEGMENTS).flatMap(segmentOf) }];
    });
    return { enabled, days, streamNumber: wholeOf(element, 'StreamNumber') ?? 0 };
  },
  write: ({ enabled, days, streamNumber }) => ({
    content: [
      ...node('RecordEnable', enabled),
      ...node('RecordScheduleSumNum', days.length),
      ...days.map(({ weekDay, segments }): BodyNode => [
        'RecordSchedule',
        [
          ...node('WeekDayNum', weekDay),
          ...node('TimeSegmentSumNum', segments.length),
          ...segments.map(writeSegment),
        ],
      ]),
      ...node('StreamNumber', streamNumber),
    ],
  }),
};

/** GB/T 28181-2022 A.2.1.14. */
export const videoAlarmRecord: ConfigSection<ConfigSections['VideoAlarmRecord']> = {
  since: '2022',
  elements: ['VideoAlarmRecord'],
  marks: ['RecordEnable', 'RecordTime', 'PreRecordTime'],
  read: (element) => {
    const enabled = flagOf(element, 'RecordEnable');
    if (enabled === undefined) return undefined;
    return {
      enabled,
      recordTimeS: wholeOf(element, 'RecordTime'),
      preRecordTimeS: wholeOf(element, 'PreRecordTime'),
      streamNumber: wholeOf(element, 'StreamNumber') ?? 0,
    };
  },
  write: ({ enabled, recordTimeS, preRecordTimeS, streamNumber }) => ({
    content: [
      ...node('RecordEnable', enabled),
      ...node('RecordTime', recordTimeS),
      ...node('PreRecordTime', preRecordTimeS),
      ...node('StreamNumber', streamNumber),
    ],
  }),
};

/** GB/T 28181-2022 A.2.1.17. */
export const alarmReport: ConfigSection<ConfigSections['AlarmReport']> = {
  since: '2022',
  elements: ['AlarmReport'],
  marks: ['MotionDetection', 'FieldDetection'],
  read: (element) => {
    const motionDetection = flagOf(element, 'MotionDetection');
    const fieldDetection = flagOf(element, 'FieldDetection');
    if (motionDetection === undefined && fieldDetection === undefined) return undefined;
    return { motionDetection: motionDetection ?? false, fieldDetection: fieldDetection ?? false };
  },
  write: ({ motionDetection, fieldDetection }) => ({
    content: [...node('MotionDetection', motionDetection), ...node('FieldDetection', fieldDetection)],
  }),
};

/** GB/T 28181-2022 A.2.1.19. The text spells the answer's element `SnapShot`. The interval is always sent. */
export const snapShotConfig: ConfigSection<ConfigSections['SnapShotConfig']> = {
  since: '2022',
  elements: ['SnapShotConfig', 'SnapShot'],
  marks: ['SnapNum', 'Interval', 'UploadURL', 'SessionID'],
  read: (element) => {
    const snapNum = wholeOf(element, 'SnapNum');
    if (snapNum === undefined) return undefined;
    return {
      snapNum,
      intervalS: wholeOf(element, 'Interval') ?? 1,
      uploadUrl: shortOf(element, 'UploadURL', MAX_URL) ?? '',
      sessionId: shortOf(element, 'SessionID', MAX_SESSION_ID) ?? '',
    };
  },
  write: ({ snapNum, intervalS, uploadUrl, sessionId }) => ({
    content: [
      ...node('SnapNum', snapNum),
      ...node('Interval', intervalS),
      ...node('UploadURL', uploadUrl),
      ...node('SessionID', sessionId),
    ],
  }),
};

function segmentOf(element: XmlElement): readonly TimeSegment[] {
  const start = timeOf(element, 'Start');
  const stop = timeOf(element, 'Stop');
  return start === undefined || stop === undefined ? [] : [{ start, stop }];
}

function timeOf(element: XmlElement, end: 'Start' | 'Stop'): string | undefined {
  const hour = wholeOf(element, `${end}Hour`);
  if (hour === undefined || hour > 24) return undefined;
  const minute = Math.min(59, wholeOf(element, `${end}Min`) ?? 0);
  const second = Math.min(59, wholeOf(element, `${end}Sec`) ?? 0);
  return [hour, minute, second].map((part) => String(part).padStart(2, '0')).join(':');
}

function writeSegment({ start, stop }: TimeSegment): BodyNode {
  const parts = (end: 'Start' | 'Stop', time: string): readonly BodyNode[] => {
    const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
    return [...node(`${end}Hour`, hour), ...node(`${end}Min`, minute), ...node(`${end}Sec`, second)];
  };
  return ['TimeSegment', [...parts('Start', start), ...parts('Stop', stop)]];
}
