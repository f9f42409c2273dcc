import { isIP } from 'node:net';
import { attributeOf, mediaAddress, parseSdp, type Sdp, type SdpMedia, ssrcOf } from '../../sip/index.ts';
import type { MediaTransport } from '../types.ts';
import type { VoiceCodec } from './types.ts';

/** RFC 4145 §4.1: the port of a side that only dials. */
const DISCARD_PORT = 9;
const MAX_PAYLOAD_TYPE = 127;

/** What is said of a payload type that has no rtpmap: RFC 3551 table 4, and 96 by use. */
const STATIC_CODECS: ReadonlyMap<number, VoiceCodec> = new Map([
  [8, 'pcma'],
  [0, 'pcmu'],
  [96, 'ps'],
]);
const NAMES: ReadonlyMap<string, VoiceCodec> = new Map([
  ['PCMA', 'pcma'],
  ['PCMU', 'pcmu'],
  ['PS', 'ps'],
]);
/** Raw G.711 first: devices that list PS beside it make noise of it. */
const PREFERENCE: readonly VoiceCodec[] = ['pcma', 'pcmu', 'ps'];

/** How a device listens, by its offer or its answer. */
export interface VoiceDescription {
  readonly transport: MediaTransport;
  /** Where it listens; undefined when it dials. */
  readonly remote: { readonly address: string; readonly port: number } | undefined;
  readonly codec: VoiceCodec;
  readonly payloadType: number;
  /** `y=` as a number, and as written. */
  readonly ssrc: number | undefined;
  readonly y: string | undefined;
  readonly sessionName: string | undefined;
}

export type VoiceDescriptionResult =
  | { readonly ok: true; readonly description: VoiceDescription }
  | { readonly ok: false; readonly why: string };

/** Reads the description of a device that is to listen (annex F; RFC 3264). Never throws. */
export function readVoiceDescription(body: Uint8Array): VoiceDescriptionResult {
  const parsed = parseSdp(body);
  if (!parsed.ok) return refused(parsed.error.reason);
  const { sdp } = parsed;
  // Vendor: Dahua's talk has a line for each direction; the one is meant where the device does not only send.
  const media = sdp.media.find(
    ({ kind, attributes }) => kind === 'audio' && attributeOf(attributes, 'sendonly') === undefined,
  );
  if (media === undefined) return refused('no audio that the device would hear');
  if (media.port === 0) return refused('the offered medium is refused by port 0');
  const payload = payloadOf(media);
  if (payload === undefined) return refused('no payload type of G.711');
  const transport = transportOf(media);
  const address = mediaAddress(sdp, media);
  const dials = transport === 'tcp-passive';
  // A name would have to be looked up for each packet, and could lead anywhere.
  if (!dials && (isIP(address ?? '') === 0 || media.port === DISCARD_PORT))
    return refused('no address where the device listens');
  return {
    ok: true,
    description: {
      transport,
      remote: dials || address === undefined ? undefined : { address, port: media.port },
      ...payload,
      ...ssrcsOf(sdp),
      sessionName: sdp.sessionName,
    },
  };
}

function ssrcsOf(sdp: Sdp): Pick<VoiceDescription, 'ssrc' | 'y'> {
  const ssrc = ssrcOf(sdp);
  return ssrc === undefined || ssrc === 0 ? { ssrc: undefined, y: undefined } : { ssrc, y: sdp.y };
}

/** The best of the payload types, read field by field: `PCMA/8000/1` is as good as `PCMA/8000` (vendor: Dahua). */
function payloadOf(media: SdpMedia): Pick<VoiceDescription, 'codec' | 'payloadType'> | undefined {
  const named = new Map<number, VoiceCodec | undefined>();
  for (const { name, value } of media.attributes) {
    const match = name === 'rtpmap' ? /^(\d{1,3})\s+([^/\s]+)/.exec(value ?? '') : null;
    if (match !== null) named.set(Number(match[1]), NAMES.get((match[2] ?? '').toUpperCase()));
  }
  const offered = media.formats
    .filter((format) => /^\d{1,3}$/.test(format) && Number(format) <= MAX_PAYLOAD_TYPE)
    .map((format) => {
      const payloadType = Number(format);
      const codec = named.has(payloadType) ? named.get(payloadType) : STATIC_CODECS.get(payloadType);
      return { payloadType, codec };
    });
  for (const codec of PREFERENCE) {
    const found = offered.find((entry) => entry.codec === codec);
    if (found !== undefined) return { codec, payloadType: found.payloadType };
  }
  return undefined;
}

/** Our part of the transport: who names no role will dial, as behind a NAT it must (RFC 4145 §4). */
function transportOf(media: SdpMedia): MediaTransport {
  if (!media.protocol.includes('TCP')) return 'udp';
  return attributeOf(media.attributes, 'setup')?.toLowerCase() === 'passive' ? 'tcp-active' : 'tcp-passive';
}

function refused(why: string): VoiceDescriptionResult {
  return { ok: false, why };
}
