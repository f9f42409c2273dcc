import { isDeviceSerial, isGbId } from '@yimu/shared';

/** One camera as the Ezviz API names it. */
export interface CameraCode {
  /** Nine of A–Z and 0–9, or the 20 digits of GB/T 28181 annex D. */
  readonly deviceSerial: string;
  readonly channelNo: number;
}

/** Characters of an access token of the Ezviz API. */
export const TOKEN_LENGTH = 64;

const MAX_CHANNEL_NO = 999;

/** A serial or a 20-digit code, in capitals; undefined for anything else. */
export function readSerial(text: string): string | undefined {
  const serial = text.toUpperCase();
  return isDeviceSerial(serial) || isGbId(serial) ? serial : undefined;
}

/** A channel number from 1 to 999; undefined for anything else. */
export function readChannelNo(text: string): number | undefined {
  if (!/^\d{1,3}$/.test(text)) return undefined;
  const no = Number(text);
  return no >= 1 && no <= MAX_CHANNEL_NO ? no : undefined;
}

/**
 * What is typed into the form: `serial:channel`, `gbId:channel`, or a 20-digit code alone, whose channel is 1. Small
 * letters, blanks and the full-width colon of Chinese keyboards are taken for what they mean.
 */
export function readCameraCode(text: string): CameraCode | undefined {
  const [serialText = '', channelText, ...rest] = text.replace(/\s/g, '').replace(/：/g, ':').split(':');
  if (rest.length > 0) return undefined;
  const deviceSerial = readSerial(serialText);
  const channelNo =
    channelText === undefined ? (isGbId(serialText) ? 1 : undefined) : readChannelNo(channelText);
  return deviceSerial === undefined || channelNo === undefined ? undefined : { deviceSerial, channelNo };
}

/** The same as text, for the form. */
export function cameraCodeText({ deviceSerial, channelNo }: CameraCode): string {
  return `${deviceSerial}:${channelNo}`;
}

/** Whether a text can be an access token: exactly 64 characters, none of them blank. */
export function isAccessToken(text: string): boolean {
  return text.length === TOKEN_LENGTH && !/\s/.test(text);
}
