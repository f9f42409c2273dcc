import { readChannelNo, readSerial, type CameraCode } from './device-code.ts';
import { itemsOf, membersOf, textOf } from './read-json.ts';

/** A camera that was watched lately; no secret stands in it. */
export interface RecentCamera extends CameraCode {
  readonly name: string;
  readonly trial: boolean;
}

/** So many are remembered. */
export const MAX_RECENT = 3;

function cameraFrom(item: unknown): RecentCamera[] {
  const members = membersOf(item);
  const deviceSerial = readSerial(textOf(members['deviceSerial']));
  const channelNo = readChannelNo(textOf(members['channelNo']));
  if (deviceSerial === undefined || channelNo === undefined) return [];
  return [{ deviceSerial, channelNo, name: textOf(members['name']), trial: members['trial'] === true }];
}

/** What storage holds; anything that is not a list of cameras is none. */
export function readRecent(text: string): RecentCamera[] {
  try {
    return itemsOf(JSON.parse(text)).flatMap(cameraFrom).slice(0, MAX_RECENT);
  } catch {
    return [];
  }
}

function same(a: RecentCamera, b: RecentCamera): boolean {
  return a.deviceSerial === b.deviceSerial && a.channelNo === b.channelNo && a.trial === b.trial;
}

/** The list with a camera at its head, each camera once. */
export function withRecent(list: readonly RecentCamera[], camera: RecentCamera): RecentCamera[] {
  return [camera, ...list.filter((other) => !same(other, camera))].slice(0, MAX_RECENT);
}
