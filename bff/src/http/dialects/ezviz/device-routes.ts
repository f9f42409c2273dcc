import type { DialectRoute, Params } from '../../dialect-kit/index.ts';
import { callerOf, deviceOf, namedCameraOf } from './caller.ts';
import {
  cameraListItem,
  deviceCameraItem,
  deviceCapacity,
  deviceInfo,
  deviceListItem,
  deviceStatus,
} from './device-views.ts';
import { type Envelope, ok, okPage } from './envelope.ts';
import type { EzvizCore } from './ezviz-core.ts';

/** The platform stops at page 400; here every device of the largest installation can be reached. */
const MAX_PAGE = 200_000;
const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 50;

/** Devices and channels. */
export function deviceRoutes(core: EzvizCore): readonly DialectRoute[] {
  const route = (path: string, answer: (params: Params) => Envelope): DialectRoute => ({
    method: 'POST',
    path: `/api/lapp/${path}`,
    answer,
  });
  return [
    route('device/list', (params) => {
      const { devices } = callerOf(core, params);
      const { page, size } = pageOf(params);
      const { items, total } = devices.list({ offset: page * size, limit: size });
      return okPage(items.map(deviceListItem), total, page, size);
    }),
    route('camera/list', (params) => {
      const { devices } = callerOf(core, params);
      const { page, size } = pageOf(params);
      const { items, total } = devices.listCameras({ offset: page * size, limit: size });
      return okPage(items.map(cameraListItem), total, page, size);
    }),
    route('device/camera/list', (params) => {
      const caller = callerOf(core, params);
      const device = deviceOf(caller, params);
      return ok(caller.devices.channels(device).map((channel) => deviceCameraItem(device, channel)));
    }),
    route('device/info', (params) => ok(deviceInfo(deviceOf(callerOf(core, params), params)))),
    route('device/status/get', (params) => {
      const caller = callerOf(core, params);
      deviceOf(caller, params);
      namedCameraOf(caller, params.renamed('channel', 'channelNo'));
      return ok(deviceStatus());
    }),
    route('device/capacity', (params) => {
      const caller = callerOf(core, params);
      const device = deviceOf(caller, params);
      const channels = caller.devices.channels(device);
      return ok(deviceCapacity(device, channels, namedCameraOf(caller, params)?.channel));
    }),
  ];
}

function pageOf(params: Params): { readonly page: number; readonly size: number } {
  return {
    page: params.whole('pageStart', 0, MAX_PAGE) ?? 0,
    size: params.whole('pageSize', 1, MAX_PAGE_SIZE) ?? DEFAULT_PAGE_SIZE,
  };
}
