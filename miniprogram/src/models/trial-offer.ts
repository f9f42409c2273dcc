import { readSerial, type CameraCode } from './device-code.ts';
import { failed, succeeded, type Outcome } from './failure.ts';
import { itemsOf, membersOf, textOf } from './read-json.ts';

/** One trial camera as its card shows it. */
export interface TrialCamera extends CameraCode {
  /** Stable key of the list. */
  readonly key: string;
  readonly name: string;
  /** The device behind the camera, '' when it is the camera itself. */
  readonly device: string;
  readonly online: boolean;
}

export interface TrialOffer {
  readonly accessToken: string;
  readonly cameras: TrialCamera[];
}

/** More cameras than this are no trial. */
const MAX_CAMERAS = 100;

function camerasOf(device: unknown): TrialCamera[] {
  const { deviceSerial, name, channels } = membersOf(device);
  const serial = readSerial(textOf(deviceSerial));
  if (serial === undefined) return [];
  const items = itemsOf(channels);
  const deviceName = textOf(name);
  return items.flatMap((item) => {
    const channel = membersOf(item);
    const channelNo = Number(channel['channelNo']);
    if (!Number.isInteger(channelNo) || channelNo < 1) return [];
    const channelName = textOf(channel['name']);
    const single = items.length === 1 || channelName === '';
    return {
      key: `${serial}:${channelNo}`,
      deviceSerial: serial,
      channelNo,
      name: single && deviceName !== '' ? deviceName : channelName,
      device: single ? '' : deviceName,
      online: channel['online'] === true,
    };
  });
}

/** What `GET /yimu/trial` lends. */
export function readTrialOffer(data: unknown): Outcome<TrialOffer> {
  const { accessToken, devices } = membersOf(data);
  const token = textOf(accessToken);
  if (token === '') return failed('server', 'NO_TOKEN');
  const cameras = itemsOf(devices).flatMap(camerasOf).slice(0, MAX_CAMERAS);
  return succeeded({ accessToken: token, cameras });
}
