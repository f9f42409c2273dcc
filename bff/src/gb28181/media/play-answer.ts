import { isIP } from 'node:net';
import type { DeviceProfile } from '@yimu/shared';
import { attributeOf, mediaAddress, parseSdp, ssrcOf } from '../../sip/index.ts';
import type { PlayOrder } from '../types.ts';

/** What a device's 200 says of its media. */
export interface PlayAnswer {
  /** The device's own `y=`; ours when it names none. */
  readonly ssrc: number;
  readonly address: string;
  readonly port: number;
  /** Bytes of a download (`a=filesize`); undefined when not said. */
  readonly fileSize: number | undefined;
}

export type PlayAnswerResult =
  { readonly ok: true; readonly answer: PlayAnswer } | { readonly ok: false; readonly why: string };

/** RFC 4145 §4.1: the port of a side that only dials. */
const DISCARD_PORT = 9;

/** Reads the answer to a play offer; tolerant of all that does not stop the media (RFC 3264 §6). */
export function readPlayAnswer(
  body: Uint8Array,
  order: Pick<PlayOrder, 'transport' | 'ssrc'>,
  rule: DeviceProfile['ssrc'] = 'answer',
): PlayAnswerResult {
  const parsed = parseSdp(body);
  if (!parsed.ok) return { ok: false, why: parsed.error.reason };
  const { sdp } = parsed;
  const media = sdp.media.find(({ kind }) => kind === 'video') ?? sdp.media[0];
  if (media === undefined) return { ok: false, why: 'no m= line' };
  if (media.port === 0) return { ok: false, why: 'the offered medium is refused by port 0' };
  const address = mediaAddress(sdp, media);
  // A name would have to be looked up, and could lead anywhere.
  if (order.transport === 'tcp-active' && (isIP(address ?? '') === 0 || media.port === DISCARD_PORT))
    return { ok: false, why: 'no address to dial' };
  // Vendor: several leave y= out, cut its leading zero, or write zeros; then it is the SSRC that was offered.
  // Cascaded platforms send their own, which holds (GB/T 28181-2016 annex F).
  const ssrc = ssrcOf(sdp);
  return {
    ok: true,
    answer: {
      ssrc: rule === 'offer' || ssrc === undefined || ssrc === 0 ? order.ssrc.value : ssrc,
      address: address ?? '',
      port: media.port,
      fileSize: sizeOf(attributeOf(media.attributes, 'filesize') ?? attributeOf(sdp.attributes, 'filesize')),
    },
  };
}

/** Vendor: EZVIZ writes 1 for a size that it does not know. */
function sizeOf(text: string | undefined): number | undefined {
  const size = text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return size > 1 ? size : undefined;
}
