import { serialiseSdp } from '../../sip/index.ts';
import { GbFailure, type MediaTransport } from '../types.ts';
import type { VoiceCodec } from './types.ts';

/** Audio only: G.711, 64 kbit/s, 8 kHz; no slash of this form may be dropped (GB/T 28181-2016 annex G). */
const G711_FORMAT = 'v/////a/1/8/1';
const RTPMAPS: Readonly<Record<VoiceCodec, string>> = {
  pcma: 'PCMA/8000',
  pcmu: 'PCMU/8000',
  ps: 'PS/90000',
};

interface VoiceSdp {
  /** 20 digits of who writes it. */
  readonly ownGbId: string;
  /** `Play`, or `Talk`. */
  readonly sessionName: string;
  readonly direction: 'sendonly' | 'sendrecv';
  readonly local: { readonly address: string; readonly port: number };
  readonly transport: MediaTransport;
  readonly codec: VoiceCodec;
  readonly payloadType: number;
  /** Ten digits. */
  readonly y: string;
}

/** A description of the side that speaks: our answer to a broadcast's INVITE, or our `s=Talk` offer. */
export function voiceSdp(voice: VoiceSdp): Uint8Array {
  const { local, transport, payloadType } = voice;
  const written = serialiseSdp({
    origin: { username: voice.ownGbId, sessionId: '0', sessionVersion: '0', address: local.address },
    sessionName: voice.sessionName,
    address: local.address,
    timing: { startS: 0, endS: 0 },
    media: [
      {
        kind: 'audio',
        port: local.port,
        protocol: transport === 'udp' ? 'RTP/AVP' : 'TCP/RTP/AVP',
        formats: [String(payloadType)],
        attributes: [
          { name: voice.direction, value: undefined },
          { name: 'rtpmap', value: `${String(payloadType)} ${RTPMAPS[voice.codec]}` },
          ...(transport === 'udp'
            ? []
            : [
                { name: 'setup', value: transport === 'tcp-active' ? 'active' : 'passive' },
                { name: 'connection', value: 'new' },
              ]),
        ],
      },
    ],
    y: voice.y,
    f: G711_FORMAT,
  });
  if (!written.ok)
    throw new GbFailure('rejected', `no such description can be made: ${written.error.reason}`);
  return Buffer.from(written.text, 'latin1');
}
