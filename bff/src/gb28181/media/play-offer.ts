import type { DeviceProfile } from '@yimu/shared';
import { serialiseSdp } from '../../sip/index.ts';
import { GbFailure, type HistoryOrder, type MediaTransport, type PlayOrder } from '../types.ts';

interface Line {
  readonly name: string;
  readonly value: string | undefined;
}

type Payload = readonly [number: string, encoding: string, parameters?: string];

const PS: Payload = ['96', 'PS/90000'];
const NORMAL: readonly Payload[] = [PS, ['97', 'MPEG4/90000'], ['98', 'H264/90000'], ['99', 'H265/90000']];
/** What platforms list that ask for elementary streams as well. */
const EXTENDED: readonly Payload[] = [
  ['126', 'H264/90000', 'profile-level-id=42e01e'],
  ['125', 'H264S/90000', 'profile-level-id=42e01e'],
  ['99', 'H265/90000'],
  ['34', 'H263/90000'],
  ['98', 'H264/90000'],
  ['97', 'MPEG4/90000'],
];
const PAYLOADS: Readonly<Record<OfferTraits['form'], readonly Payload[]>> = {
  normal: NORMAL,
  plain: [PS],
  extended: [PS, ...EXTENDED],
};

/** Nothing is asked of codec or picture; no slash of this form may be dropped (GB/T 28181-2016 annex G). */
const ANY_MEDIA = 'v/////a///';

const SESSION_NAME = { live: 'Play', playback: 'Playback', download: 'Download' } as const;

/** `u=` (GB/T 28181-2022 annex G). */
const RECORD_TYPE: Readonly<Record<HistoryOrder['kind'], string>> = {
  all: '0',
  manual: '1',
  alarm: '2',
  time: '3',
};

/** RFC 4145 roles, as the platform says them of itself. */
const SETUP: Readonly<Record<MediaTransport, 'passive' | 'active' | undefined>> = {
  udp: undefined,
  'tcp-passive': 'passive',
  'tcp-active': 'active',
};

/** What an offer takes into account of the device. */
export interface OfferTraits {
  /** X-GB-Ver as claimed. */
  readonly gbVersion: string | undefined;
  /** `plain`: only what no device can do without, PS, and no `f=`; `extended`: payloads that platforms add. */
  readonly form: 'normal' | 'plain' | 'extended';
  readonly subStream: DeviceProfile['subStream'];
}

/** The description that asks for live media or for a recording (GB/T 28181-2016 annex F, -2022 annex G). */
export function playOffer(order: PlayOrder, { gbVersion, form, subStream }: OfferTraits): Uint8Array {
  const plain = form === 'plain';
  const payloads = PAYLOADS[form];
  const { address, port } = order.receiver;
  const written = serialiseSdp({
    origin: { username: order.channelGbId, sessionId: '0', sessionVersion: '0', address },
    sessionName: SESSION_NAME[order.history?.session ?? 'live'],
    ...(order.history === undefined
      ? {}
      : { uri: `${order.channelGbId}:${RECORD_TYPE[order.history.kind]}` }),
    address,
    timing: timingOf(order.history),
    media: [
      {
        kind: 'video',
        port,
        protocol: order.transport === 'udp' ? 'RTP/AVP' : 'TCP/RTP/AVP',
        formats: payloads.map(([number]) => number),
        attributes: [
          { name: 'recvonly', value: undefined },
          ...payloads.flatMap(payloadLines),
          ...transportLines(order.transport),
          ...speedLines(order.history),
          ...streamLines(order.streamNumber, subStream, plain ? undefined : gbVersion),
        ],
      },
    ],
    y: order.ssrc.text,
    ...fLine(order.streamNumber, subStream, plain),
  });
  if (!written.ok) throw new GbFailure('rejected', `no such offer can be made: ${written.error.reason}`);
  return Buffer.from(written.text, 'latin1');
}

function timingOf(history: HistoryOrder | undefined): { readonly startS: number; readonly endS: number } {
  if (history === undefined) return { startS: 0, endS: 0 };
  // 1970 is where GB/T 28181 counts from, not 1900.
  return { startS: Math.floor(history.beginMs / 1_000), endS: Math.ceil(history.endMs / 1_000) };
}

function speedLines(history: HistoryOrder | undefined): readonly Line[] {
  if (history?.session !== 'download') return [];
  return [{ name: 'downloadspeed', value: String(history.speed ?? 1) }];
}

function transportLines(transport: MediaTransport): readonly Line[] {
  const setup = SETUP[transport];
  if (setup === undefined) return [];
  return [
    { name: 'setup', value: setup },
    { name: 'connection', value: 'new' },
  ];
}

function payloadLines([number, encoding, parameters]: Payload): readonly Line[] {
  const map = { name: 'rtpmap', value: `${number} ${encoding}` };
  return parameters === undefined ? [map] : [map, { name: 'fmtp', value: `${number} ${parameters}` }];
}

/**
 * The 2022 way to name a stream, and for a sub stream also the two older ones of Dahua and TP-Link; or one way alone,
 * where a profile says that it is the one. Older devices are spared lines that they do not need: some answer 400 to
 * what they do not know.
 */
function streamLines(
  streamNumber: 0 | 1,
  form: DeviceProfile['subStream'],
  gbVersion: string | undefined,
): readonly Line[] {
  switch (form) {
    case 'auto':
      if (streamNumber === 0) return gbVersion === '3.0' ? [{ name: 'streamnumber', value: '0' }] : [];
      return [
        { name: 'streamnumber', value: '1' },
        { name: 'streamprofile', value: '1' },
        { name: 'streamMode', value: 'SUB' },
      ];
    case 'streamMode':
      return [{ name: form, value: streamNumber === 0 ? 'MAIN' : 'SUB' }];
    case 'resolution':
      return [];
    default:
      return [{ name: form, value: String(streamNumber) }];
  }
}

/** Some choose the stream by the resolution of `f=`: 2 is CIF, 6 is 1080P (GB/T 28181-2016 annex G). */
function fLine(
  streamNumber: 0 | 1,
  form: DeviceProfile['subStream'],
  plain: boolean,
): { readonly f?: string } {
  if (form === 'resolution') return { f: streamNumber === 0 ? 'v/2/6///a///' : 'v/2/2///a///' };
  return plain ? {} : { f: ANY_MEDIA };
}

/**
 * `Subject`: the sender and the number of its stream, the receiver and its window (GB/T 28181-2016 annexes K, L). A
 * device ends the stream that it sends under the same number, or to the same window, when it is asked for another: the
 * number of a live stream is the same each time, so that one that was left over gives way, and that of a recording is
 * fresh each time (Q20, Q53).
 */
export function subjectOf(
  { channelGbId, history, ssrc, streamNumber }: PlayOrder,
  platformId: string,
): string {
  const sender = history === undefined ? liveStreamOf(platformId, streamNumber) : ssrc.text;
  const window = history === undefined ? String(streamNumber) : ssrc.text.slice(-4);
  return `${channelGbId}:${sender},${platformId}:${window}`;
}

/**
 * How a live stream of a channel is numbered in `Subject`: in the form of an SSRC (annex C.2.1.2), 0 for live, the
 * platform's network, and which one. 0 and 1 are main and sub stream.
 */
export function liveStreamOf(platformId: string, which: number): string {
  return `0${platformId.slice(3, 8)}${String(which).padStart(4, '0')}`;
}
