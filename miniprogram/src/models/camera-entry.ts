import { readChannelNo, readSerial, type CameraCode } from './device-code.ts';
import { membersOf, textOf } from './read-json.ts';

/** Which camera a page was opened for, and where the right to see it comes from. */
export type CameraEntry =
  /** A trial camera: the server lends a token. */
  | ({ readonly from: 'trial'; readonly name: string } & CameraCode)
  /** The address or the other mini-program brought the token. */
  | ({ readonly from: 'link'; readonly name: string; readonly accessToken: string } & CameraCode)
  /** A camera of one's own: this phone holds the token, or has none. */
  | ({ readonly from: 'own'; readonly name: string } & CameraCode)
  /** A mini-program code: the server knows what its ticket stands for. */
  | { readonly from: 'ticket'; readonly ticket: string }
  /** Nothing that names a camera. */
  | { readonly from: 'nowhere' };

/** Values of a page's query as WeChat hands them over: undecoded. */
export type PageQuery = Readonly<Record<string, string | undefined>>;

/** What the other mini-program gave on a jump; {} for every other way in. */
export type ExtraData = Readonly<Record<string, unknown>>;

/** Longest token that is sent on; the API refuses it anyway. */
const MAX_TOKEN = 256;
const MAX_NAME = 64;

/** What a mini-program code can carry (`scene`, 32 characters of WeChat's own set). */
const TICKET = /^[\w!#$&'()*+,/:;=?@.~-]{1,32}$/;

/** Share cards of older versions carry WeChat's number of the entry under the same name. */
const ENTRY_NUMBER = /^\d{1,4}$/;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function cameraOf(read: (name: string) => string): CameraEntry | undefined {
  const serialText = read('deviceSerial');
  if (serialText === '') return undefined;
  const deviceSerial = readSerial(serialText.trim());
  const channelText = read('channelNo').trim();
  const channelNo = channelText === '' ? 1 : readChannelNo(channelText);
  if (deviceSerial === undefined || channelNo === undefined) return { from: 'nowhere' };
  const name = read('name').slice(0, MAX_NAME);
  if (read('trial') === '1') return { from: 'trial', deviceSerial, channelNo, name };
  const accessToken = read('accessToken').trim().slice(0, MAX_TOKEN);
  if (accessToken === '') return { from: 'own', deviceSerial, channelNo, name };
  return { from: 'link', deviceSerial, channelNo, name, accessToken };
}

/**
 * The camera of a page: its own query counts first, then the ticket of a mini-program code, then what another
 * mini-program handed over.
 */
export function readEntry(query: PageQuery, extraData: ExtraData): CameraEntry {
  const named = cameraOf((name) => decoded(query[name] ?? ''));
  if (named !== undefined) return named;
  const scene = decoded(query['scene'] ?? '').trim();
  if (scene !== '' && !ENTRY_NUMBER.test(scene))
    return TICKET.test(scene) ? { from: 'ticket', ticket: scene } : { from: 'nowhere' };
  return cameraOf((name) => textOf(membersOf(extraData)[name])) ?? { from: 'nowhere' };
}

/** The camera that a server names for a ticket: `{accessToken, deviceSerial, channelNo}`. */
export function readTicketCamera(data: unknown): CameraEntry {
  const members = membersOf(data);
  return cameraOf((name) => textOf(members[name])) ?? { from: 'nowhere' };
}

/** The page's own address for a camera, without any secret. */
export function liveUrl(
  camera: CameraCode,
  options: { readonly trial: boolean; readonly name?: string },
): string {
  const { deviceSerial, channelNo } = camera;
  const name =
    options.name === undefined || options.name === '' ? '' : `&name=${encodeURIComponent(options.name)}`;
  return `/pages/live/index?deviceSerial=${deviceSerial}&channelNo=${channelNo}${options.trial ? '&trial=1' : ''}${name}`;
}
