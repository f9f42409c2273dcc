import type { CruiseTrack, CruiseTrackHead, HomePosition, PtzPosition } from '@yimu/shared';
import type { ManscdpDocument } from './document.ts';
import { decimalOf, flagOf, itemsOf, shortOf, wholeOf } from './fields.ts';
import type { ListPart } from './presets.ts';

const MAX_TRACKS = 256;
const MAX_POINTS = 1_024;
const MAX_NAME = 128;

/** The answer to HomePositionQuery (GB/T 28181-2022 annex A.2.6.10); undefined without such data. */
export function readHomePosition({ element }: ManscdpDocument): HomePosition | undefined {
  const place = element.child('HomePosition') ?? element;
  const enabled = flagOf(place, 'Enabled');
  if (enabled === undefined) return undefined;
  return { enabled, resetTimeS: wholeOf(place, 'ResetTime'), presetIndex: wholeOf(place, 'PresetIndex') };
}

/** One part of the answer to CruiseTrackListQuery (GB/T 28181-2022 annex A.2.6.11). */
export function readCruiseTracks({ element }: ManscdpDocument): ListPart<CruiseTrackHead> | undefined {
  const announced = wholeOf(element, 'SumNum');
  const list = element.child('CruiseTrackList');
  if (announced === undefined && list === undefined) return undefined;
  const entries = list === undefined ? [] : itemsOf(list, '', 'CruiseTrack', MAX_TRACKS);
  const items = entries.flatMap((entry) => {
    const number = wholeOf(entry, 'Number');
    return number === undefined ? [] : [{ number, name: shortOf(entry, 'Name', MAX_NAME) }];
  });
  return { announced, received: entries.length, items };
}

/** A part of a track: its head and some of its stops. */
export interface CruiseTrackPart extends ListPart<CruiseTrack['points'][number]> {
  readonly number: number | undefined;
  readonly name: string | undefined;
}

/** One part of the answer to CruiseTrackQuery (GB/T 28181-2022 annex A.2.6.12). */
export function readCruiseTrack({ element }: ManscdpDocument): CruiseTrackPart | undefined {
  const announced = wholeOf(element, 'SumNum');
  const list = element.child('CruisePointList');
  if (announced === undefined && list === undefined) return undefined;
  const entries = list === undefined ? [] : itemsOf(list, '', 'CruisePoint', MAX_POINTS);
  const items = entries.flatMap((entry) => {
    const presetIndex = wholeOf(entry, 'PresetIndex');
    if (presetIndex === undefined) return [];
    return [{ presetIndex, stayTimeS: wholeOf(entry, 'StayTime'), speed: wholeOf(entry, 'Speed') }];
  });
  const number = wholeOf(element, 'Number');
  return { announced, received: entries.length, items, number, name: shortOf(element, 'Name', MAX_NAME) };
}

/** A PTZPosition answer or notice (GB/T 28181-2022 annex A.2.6.15); undefined when it names no direction. */
export function readPtzPosition({ element }: ManscdpDocument): PtzPosition | undefined {
  const position: PtzPosition = {
    pan: decimalOf(element, 'Pan'),
    tilt: decimalOf(element, 'Tilt'),
    zoom: decimalOf(element, 'Zoom'),
    horizontalFieldAngle: decimalOf(element, 'HorizontalFieldAngle'),
    verticalFieldAngle: decimalOf(element, 'VerticalFieldAngle'),
    maxViewDistance: decimalOf(element, 'MaxViewDistance'),
  };
  const { pan, tilt, zoom } = position;
  return pan === undefined && tilt === undefined && zoom === undefined ? undefined : position;
}
