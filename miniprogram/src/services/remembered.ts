import { cameraCodeText, isAccessToken, type CameraCode } from '../models/device-code.ts';
import { readRecent, withRecent, type RecentCamera } from '../models/recent.ts';
import { readText, writeText } from '../platform/storage.ts';

const CODE_KEY = 'ownCamera';
const TOKEN_KEY = 'ownAccessToken';
const SOUND_KEY = 'sound';
const RECENT_KEY = 'recentCameras';

/** Tokens typed since the mini-program was opened, by serial; they are never written down unasked. */
const shelf = new Map<string, string>();

/** What was typed into the form last time. */
export function lastOwnCamera(): { readonly code: string; readonly token: string } {
  return { code: readText(CODE_KEY), token: readText(TOKEN_KEY) };
}

/** Keeps a camera of one's own for this session, its serial for the next, its token only if the user asked. */
export function keepOwnCamera(camera: CameraCode, token: string, rememberToken: boolean): void {
  shelf.clear();
  shelf.set(camera.deviceSerial, token);
  writeText(CODE_KEY, cameraCodeText(camera));
  writeText(TOKEN_KEY, rememberToken ? token : '');
}

/** The token for a camera of one's own, '' when this phone has none. */
export function tokenFor(camera: CameraCode): string {
  const typed = shelf.get(camera.deviceSerial);
  if (typed !== undefined) return typed;
  const { code, token } = lastOwnCamera();
  return code.startsWith(`${camera.deviceSerial}:`) && isAccessToken(token) ? token : '';
}

/** Whether the viewer had the sound on the last time; off at first, as a page that speaks up unasked startles. */
export function soundWanted(): boolean {
  return readText(SOUND_KEY) === 'on';
}

export function rememberSound(on: boolean): void {
  writeText(SOUND_KEY, on ? 'on' : '');
}

/** Cameras watched lately, the last one first. */
export function recentCameras(): RecentCamera[] {
  return readRecent(readText(RECENT_KEY));
}

export function rememberRecent(camera: RecentCamera): void {
  writeText(RECENT_KEY, JSON.stringify(withRecent(recentCameras(), camera)));
}
