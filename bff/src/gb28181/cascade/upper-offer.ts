import { isIP } from 'node:net';
import {
  attributeOf,
  mediaAddress,
  parseSdp,
  type Sdp,
  type SdpMedia,
  serialiseSdp,
  ssrcOf,
} from '../../sip/index.ts';
import type { UpperMedia, UpperMediaOrder, UpperTransport } from './types.ts';

/** What an offer asks for; `ssrc` undefined when it leaves the choice to us. */
export interface UpperOffer {
  readonly kind: UpperMediaOrder['kind'];
  readonly sessionName: string;
  readonly streamNumber: 0 | 1;
  readonly startS: number;
  readonly endS: number;
  readonly downloadSpeed: number | undefined;
  readonly transport: UpperTransport;
  readonly address: string;
  readonly port: number;
  readonly payloadType: number;
  /** `y=` by its text, and as the number that RTP carries. */
  readonly y: string | undefined;
  readonly ssrc: number | undefined;
}

export type UpperOfferResult =
  { readonly ok: true; readonly offer: UpperOffer } | { readonly ok: false; readonly status: number };

const KINDS: Readonly<Record<string, UpperMediaOrder['kind']>> = {
  play: 'play',
  playback: 'playback',
  download: 'download',
};
const PROGRAM_STREAM = /^(\d{1,3})\s+(?:MP2P|PS)\/90000/i;
const NOT_ACCEPTABLE = 488;
const MAX_SPEED = 64;

/** Reads an offer of an upper platform (GB/T 28181-2016 annex F, RFC 4145); never throws. */
export function readUpperOffer(body: Uint8Array): UpperOfferResult {
  const parsed = parseSdp(body);
  if (!parsed.ok) return { ok: false, status: 400 };
  const { sdp } = parsed;
  const kind = KINDS[(sdp.sessionName ?? '').trim().toLowerCase()];
  const media = sdp.media.find((candidate) => candidate.kind === 'video' && candidate.port > 0);
  if (kind === undefined || media === undefined) return { ok: false, status: NOT_ACCEPTABLE };
  const payloadType = programStreamType(media);
  const transport = transportOf(media);
  const address = mediaAddress(sdp, media);
  // A name would have to be looked up while the upper platform waits, and could lead anywhere.
  if (payloadType === undefined || transport === undefined || address === undefined || isIP(address) === 0)
    return { ok: false, status: NOT_ACCEPTABLE };
  const { startS = 0, endS = 0 } = sdp.timing ?? {};
  if (kind !== 'play' && endS <= startS) return { ok: false, status: NOT_ACCEPTABLE };
  return {
    ok: true,
    offer: {
      kind,
      sessionName: sdp.sessionName ?? 'Play',
      streamNumber: streamNumberOf(sdp, media),
      ...{ startS, endS, transport, address, payloadType },
      port: media.port,
      downloadSpeed: speedOf(sdp, media),
      y: sdp.y,
      ssrc: ssrcOf(sdp),
    },
  };
}

/** The answer: we send what was asked, with its SSRC (annexes F, G). */
export function upperAnswer(
  gbId: string,
  offer: UpperOffer,
  media: Pick<UpperMedia, 'address' | 'port' | 'fileSize'>,
  y: string,
): Uint8Array | undefined {
  const { address, port, fileSize } = media;
  const setup = offer.transport === 'tcp-active' ? 'active' : 'passive';
  const pt = String(offer.payloadType);
  const written = serialiseSdp({
    origin: { username: gbId, sessionId: '0', sessionVersion: '0', address },
    sessionName: { play: 'Play', playback: 'Playback', download: 'Download' }[offer.kind],
    address,
    timing: { startS: offer.startS, endS: offer.endS },
    media: [
      {
        kind: 'video',
        port,
        protocol: offer.transport === 'udp' ? 'RTP/AVP' : 'TCP/RTP/AVP',
        formats: [pt],
        attributes: [
          { name: 'sendonly', value: undefined },
          { name: 'rtpmap', value: `${pt} PS/90000` },
          ...(offer.transport === 'udp'
            ? []
            : [
                { name: 'setup', value: setup },
                { name: 'connection', value: 'new' },
              ]),
          ...(fileSize === undefined ? [] : [{ name: 'filesize', value: String(fileSize) }]),
        ],
      },
    ],
    y,
  });
  return written.ok ? Buffer.from(written.text, 'latin1') : undefined;
}

/** Which number stands for MPEG-PS: by its name, else the usual 96 when it is offered. */
function programStreamType({ formats, attributes }: SdpMedia): number | undefined {
  for (const { name, value } of attributes) {
    const number = name === 'rtpmap' ? PROGRAM_STREAM.exec(value ?? '')?.[1] : undefined;
    if (number !== undefined && Number(number) <= 127) return Number(number);
  }
  return formats.includes('96') ? 96 : undefined;
}

/** Our side of it: who offers to wait is dialled (RFC 4145 §4.1). */
function transportOf({ protocol, attributes }: SdpMedia): UpperTransport | undefined {
  if (protocol === 'RTP/AVP' || protocol === 'UDP/RTP/AVP') return 'udp';
  if (protocol !== 'TCP/RTP/AVP') return undefined;
  return attributeOf(attributes, 'setup')?.toLowerCase() === 'active' ? 'tcp-passive' : 'tcp-active';
}

/** The forms by which platforms choose a stream: the one of 2022, and older ones. */
function streamNumberOf(sdp: Sdp, media: SdpMedia): 0 | 1 {
  for (const name of ['streamnumber', 'streamprofile', 'stream', 'streamMode']) {
    const value = attributeOf(media.attributes, name) ?? attributeOf(sdp.attributes, name);
    if (value !== undefined) return value === '1' || value.toUpperCase() === 'SUB' ? 1 : 0;
  }
  return 0;
}

function speedOf(sdp: Sdp, media: SdpMedia): number | undefined {
  const text = attributeOf(media.attributes, 'downloadspeed') ?? attributeOf(sdp.attributes, 'downloadspeed');
  const speed = Number(text);
  return text !== undefined && Number.isFinite(speed) && speed > 0 && speed <= MAX_SPEED ? speed : undefined;
}
