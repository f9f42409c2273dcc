import type { InletTransport } from './voice-inlet.ts';

/** What the platform says of its side of a voice. */
export interface VoicePeer {
  readonly session: string;
  readonly address: string;
  readonly port: number;
  readonly tcp: boolean;
  /** Role of the platform. */
  readonly setup: 'active' | 'passive' | undefined;
  readonly ssrc: string | undefined;
}

/** `undefined` when there is no usable audio line of G.711A. */
export function readVoicePeer(body: Uint8Array): VoicePeer | undefined {
  const lines = Buffer.from(body).toString('latin1').split(/\r?\n/);
  const field = (start: string): string | undefined =>
    lines
      .find((line) => line.startsWith(start))
      ?.slice(start.length)
      .trim();
  const [portText = '', protocol = '', ...formats] = field('m=audio ')?.split(' ') ?? [];
  const address = field('c=IN IP4 ');
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (address === undefined || port === 0 || !formats.includes('8')) return undefined;
  const setup = field('a=setup:');
  return {
    session: field('s=') ?? '',
    address,
    port,
    tcp: protocol.includes('TCP'),
    setup: setup === 'active' || setup === 'passive' ? setup : undefined,
    ssrc: field('y='),
  };
}

/** The device's side: its offer for a broadcast, or its answer to `s=Talk`. */
export function voiceBody(voice: {
  readonly gbId: string;
  readonly session: string;
  readonly direction: 'recvonly' | 'sendrecv';
  readonly address: string;
  readonly port: number;
  readonly transport: InletTransport;
  readonly ssrc: string;
}): Buffer {
  const { transport } = voice;
  const lines = [
    'v=0',
    `o=${voice.gbId} 0 0 IN IP4 ${voice.address}`,
    `s=${voice.session}`,
    `c=IN IP4 ${voice.address}`,
    't=0 0',
    `m=audio ${String(voice.port)} ${transport === 'udp' ? 'RTP/AVP' : 'TCP/RTP/AVP'} 8`,
    `a=${voice.direction}`,
    'a=rtpmap:8 PCMA/8000/1',
    ...(transport === 'udp' ? [] : [`a=setup:${transport.slice('tcp-'.length)}`, 'a=connection:new']),
    `y=${voice.ssrc}`,
    'f=v/////a/1/8/1',
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1');
}
