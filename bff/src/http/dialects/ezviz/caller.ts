import type { Camera, Device, DevicesInSight, Principal } from '../../../core/index.ts';
import { ParamFault, type Params } from '../../dialect-kit/index.ts';
import type { EzvizCore } from './ezviz-core.ts';
import { ezvizRefusal } from './refusals.ts';

const MAX_TOKEN_LENGTH = 128;
const MAX_SERIAL_LENGTH = 50;
const MAX_CHANNEL_NO = 999_999_999;
/** `serial`, `gbId`, or either with the gbId of a channel, as the platform writes cameras of GB devices. */
const SERIAL = /^([A-Z0-9]{9}|\d{20})(?::(\d{20}))?$/i;
const GB_ID = /^\d{20}$/;

/** Who calls, and what he may see. */
export interface Caller {
  readonly principal: Principal;
  readonly devices: DevicesInSight;
}

/** The holder of `accessToken`. Refuses with UNAUTHENTICATED or TOKEN_EXPIRED; absent, it is a missing parameter. */
export function callerOf(core: EzvizCore, params: Params): Caller {
  const token = params.text('accessToken');
  if (token === undefined) throw new ParamFault('accessToken');
  const principal = core.access.authenticate(token.slice(0, MAX_TOKEN_LENGTH));
  return { principal, devices: core.devicesOf(principal) };
}

/** The device of `deviceSerial`: a serial, a 20-digit gbId, or the first half of `gbId:channelGbId`. */
export function deviceOf({ devices }: Caller, params: Params): Device {
  return devices.get(serialOf(params).device);
}

/** The camera of `deviceSerial` with `channelNo` (1 when absent), or with `gbchannel`. */
export function cameraOf({ devices }: Caller, params: Params): Camera {
  const { device, channelGbId } = serialOf(params);
  const gbChannel = params.text('gbchannel') ?? channelGbId;
  if (gbChannel !== undefined) {
    if (!GB_ID.test(gbChannel)) throw new ParamFault('gbchannel');
    return devices.camera(device, { gbId: gbChannel });
  }
  return devices.camera(device, { no: params.whole('channelNo', 1, MAX_CHANNEL_NO) ?? 1 });
}

/** The camera of a call that may mean the whole device: `undefined` when no channel is named. */
export function namedCameraOf(caller: Caller, params: Params): Camera | undefined {
  const named = params.text('channelNo') ?? params.text('gbchannel') ?? serialOf(params).channelGbId;
  return named === undefined ? undefined : cameraOf(caller, params);
}

function serialOf(params: Params): { readonly device: string; readonly channelGbId: string | undefined } {
  const [, device, channelGbId] = SERIAL.exec(params.required('deviceSerial', MAX_SERIAL_LENGTH)) ?? [];
  if (device === undefined) throw ezvizRefusal('BAD_SERIAL');
  return { device, channelGbId };
}
