import { isGbId } from '@yimu/shared';

const CAMERA_TYPE = '132';
const SERIALS = 1_000_000;

/**
 * IDs of our making: our centre and industry code, type camera, our network mark, a serial of six digits
 * (GB/T 28181-2016 annex D.1). None that is taken is given out; undefined when all are.
 */
function newOwnId(localGbId: string, isTaken: (gbId: string) => boolean, from: number): string | undefined {
  const head = `${localGbId.slice(0, 10)}${CAMERA_TYPE}${localGbId.slice(13, 14)}`;
  for (let tried = 0; tried < SERIALS; tried += 1) {
    const gbId = head + String((from + tried) % SERIALS).padStart(6, '0');
    if (!isTaken(gbId)) return gbId;
  }
  return undefined;
}

/** The ID of a channel in an upper platform: as asked, else its own when that is free there, else one of our making. */
export function ownIdOf(
  order: { readonly wanted: string | undefined; readonly channelGbId: string; readonly channelId: number },
  localGbId: string,
  isTaken: (gbId: string) => boolean,
): string | undefined {
  const { wanted, channelGbId, channelId } = order;
  if (wanted !== undefined) return isGbId(wanted) && !isTaken(wanted) ? wanted : undefined;
  if (isGbId(channelGbId) && channelGbId !== localGbId && !isTaken(channelGbId)) return channelGbId;
  return newOwnId(localGbId, isTaken, channelId);
}
