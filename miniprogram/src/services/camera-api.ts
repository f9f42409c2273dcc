import { readAbility, readDeviceFacts, type DeviceFacts, type SteerAbility } from '../models/device-facts.ts';
import { failed, succeeded, type Outcome } from '../models/failure.ts';
import { DIRECTION_NUMBERS, type SteerMove } from '../models/ptz-move.ts';
import type { Quality } from '../models/quality.ts';
import { membersOf, textOf } from '../models/read-json.ts';
import type { Camera } from './camera-source.ts';
import { ask } from './server.ts';

/** `protocol` 4: FLV over HTTP, which phones and browsers play. */
const FLV = '4';

/** A play address is used at once; a running stream outlives it, a new connection gets a new one. Seconds. */
const ADDRESS_LIFE_S = '600';

function call(
  camera: Camera,
  path: string,
  params: Readonly<Record<string, string>> = {},
): Promise<Outcome<unknown>> {
  const { accessToken, deviceSerial, channelNo } = camera;
  return ask(`/api/lapp/${path}`, { accessToken, deviceSerial, channelNo: String(channelNo), ...params });
}

/** A play address for one quality. */
export async function liveAddress(camera: Camera, quality: Quality): Promise<Outcome<string>> {
  const reply = await call(camera, 'v2/live/address/get', {
    protocol: FLV,
    quality: String(quality),
    expireTime: ADDRESS_LIFE_S,
  });
  if (!reply.ok) return reply;
  const url = textOf(membersOf(reply.value)['url']);
  return url === '' ? failed('server', 'NO_URL') : succeeded(url);
}

export async function deviceFacts(camera: Camera): Promise<Outcome<DeviceFacts>> {
  const reply = await call(camera, 'device/info');
  return reply.ok ? succeeded(readDeviceFacts(reply.value)) : reply;
}

export async function steerAbility(camera: Camera): Promise<Outcome<SteerAbility>> {
  const reply = await call(camera, 'device/capacity');
  return reply.ok ? succeeded(readAbility(reply.value)) : reply;
}

export function startMove(camera: Camera, { direction, speed }: SteerMove): Promise<Outcome<unknown>> {
  const number = String(DIRECTION_NUMBERS[direction]);
  return call(camera, 'device/ptz/start', { direction: number, speed: String(speed) });
}

export function stopMove(camera: Camera, { direction }: SteerMove): Promise<Outcome<unknown>> {
  return call(camera, 'device/ptz/stop', { direction: String(DIRECTION_NUMBERS[direction]) });
}
