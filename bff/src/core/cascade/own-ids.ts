import { isGbId } from '@yimu/shared';

const CAMERA_TYPE = '132';
const GROUP_TYPE = '215';
const ORGANISATION_TYPE = '216';
const NODE_TYPES: readonly string[] = [GROUP_TYPE, ORGANISATION_TYPE];
const SERIALS = 1_000_000;

/**
 * IDs of our making: our centre and industry code, type camera, our network mark, a serial of six digits
 * (GB/T 28181-2016 annex D.1). None that is taken is given out; undefined when all are.
 */
function newOwnId(localGbId: string, isTaken: (gbId: string) => boolean, from: number): string | undefined {
  for (let tried = 0; tried < SERIALS; tried += 1) {
    const gbId = idOfType(localGbId, CAMERA_TYPE, from + tried);
    if (!isTaken(gbId)) return gbId;
  }
  return undefined;
}

/** The business group in which all hangs that an upper platform is shown. */
export function groupIdOf(localGbId: string): string {
  return idOfType(localGbId, GROUP_TYPE, 1);
}

/** The virtual organisation of a device: for ever the same, as the number of a device is. */
export function organisationIdOf(localGbId: string, deviceId: number): string {
  return idOfType(localGbId, ORGANISATION_TYPE, deviceId);
}

function idOfType(localGbId: string, type: string, serial: number): string {
  const head = `${localGbId.slice(0, 10)}${type}${localGbId.slice(13, 14)}`;
  return head + String(serial % SERIALS).padStart(6, '0');
}

/** The ID of a channel in an upper platform: as asked, else its own when that is free there, else one of our making. */
export function ownIdOf(
  order: { readonly wanted: string | undefined; readonly channelGbId: string; readonly channelId: number },
  localGbId: string,
  isTaken: (gbId: string) => boolean,
): string | undefined {
  const { wanted, channelGbId, channelId } = order;
  if (wanted !== undefined) {
    const isOfCamera = isGbId(wanted) && !NODE_TYPES.includes(wanted.slice(10, 13));
    return isOfCamera && !isTaken(wanted) ? wanted : undefined;
  }
  if (isGbId(channelGbId) && channelGbId !== localGbId && !isTaken(channelGbId)) return channelGbId;
  return newOwnId(localGbId, isTaken, channelId);
}
