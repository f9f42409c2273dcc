import type { ExtraData } from '../models/camera-entry.ts';
import { newUrlOf } from '../models/old-paths.ts';
import { membersOf } from '../models/read-json.ts';

/** Whether the pages run in a browser, where an address without host is the page's own origin. */
export function isBrowser(): boolean {
  return textOfHost() === 'browser';
}

function textOfHost(): unknown {
  return membersOf(membersOf(wx.getAppBaseInfo())['host'])['env'];
}

/** What another mini-program handed over, if it opened the page at `path`, by this or an older name; {} otherwise. */
export function extraDataFor(path: string): ExtraData {
  const enter = wx.getEnterOptionsSync();
  const meant = enter.path === path || newUrlOf(enter.path, {}) === `/${path}`;
  return meant ? membersOf(membersOf(enter.referrerInfo)['extraData']) : {};
}
