import type { RecordingKind } from '../ports/signalling.ts';

/** Which recording a public name means; times in UTC, ms, whole seconds. */
export interface PlaybackTarget {
  readonly serial: string;
  readonly channelNo: number;
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: RecordingKind;
  /** 0 main stream, 1 sub stream. */
  readonly streamNumber: 0 | 1;
}

const NAME = /^v3\/openpb\/([A-Z0-9]{9})_([1-9]\d{0,8})_(\d{14})_(\d{14})(?:_(time|alarm|manual))?(_sub)?$/;
const BEIJING_MS = 8 * 3_600_000;

/**
 * `v3/openpb/{serial}_{channel}_{begin}_{end}`, the times as `yyyyMMddHHmmss` in Beijing's time, and `_{kind}` behind
 * them when only recordings of a kind are meant, `_sub` when those of the sub stream are.
 */
export function playbackName(target: PlaybackTarget): string {
  const { serial, channelNo, beginMs, endMs, kind, streamNumber } = target;
  const tail = `${kind === 'all' ? '' : `_${kind}`}${streamNumber === 1 ? '_sub' : ''}`;
  return `v3/openpb/${serial}_${String(channelNo)}_${digits(beginMs)}_${digits(endMs)}${tail}`;
}

/** `undefined` when the name is of another form. */
export function parsePlaybackName(name: string): PlaybackTarget | undefined {
  const [, serial, channelNo, begin, end, kind, sub] = NAME.exec(name) ?? [];
  if (serial === undefined || begin === undefined || end === undefined) return undefined;
  const [beginMs, endMs] = [timeOf(begin), timeOf(end)];
  if (beginMs === undefined || endMs === undefined || endMs <= beginMs) return undefined;
  return {
    ...{ serial, channelNo: Number(channelNo), beginMs, endMs },
    kind: kind === 'time' || kind === 'alarm' || kind === 'manual' ? kind : 'all',
    streamNumber: sub === undefined ? 0 : 1,
  };
}

function digits(utcMs: number): string {
  return new Date(utcMs + BEIJING_MS).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '');
}

function timeOf(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const utcMs = Date.UTC(year, month - 1, day, hour, minute, second) - BEIJING_MS;
  // 31 February and the like are written in another way.
  return digits(utcMs) === text ? utcMs : undefined;
}
