/** What the platform offers in its INVITE (GB/T 28181-2016 annex F). */
export interface Offer {
  readonly session: string;
  readonly address: string;
  readonly port: number;
  readonly tcp: boolean;
  /** Role of the platform: `active` dials the camera. */
  readonly setup: 'active' | 'passive' | undefined;
  /** Digits of `y=`, ten by the standard; `undefined`: the camera chooses. */
  readonly ssrc: string | undefined;
  /** Of a recording, UNIX seconds; 0 for live media. */
  readonly beginS: number;
  readonly endS: number;
  /** Digit of `u=` behind the channel. */
  readonly recordType: string | undefined;
  readonly downloadSpeed: number;
  /** Which of the camera's streams, in any of the forms in which platforms say so; the main one when they do not. */
  readonly stream: 'main' | 'sub';
}

/** `undefined` when there is no usable video line. */
export function readOffer(body: Uint8Array): Offer | undefined {
  const lines = Buffer.from(body).toString('latin1').split(/\r?\n/);
  const field = (start: string): string | undefined =>
    lines
      .find((line) => line.startsWith(start))
      ?.slice(start.length)
      .trim();
  const [portText = '', protocol = ''] = field('m=video ')?.split(' ') ?? [];
  const address = field('c=IN IP4 ')?.split('/')[0];
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (address === undefined || address === '' || port === 0 || port > 65_535) return undefined;
  const setup = field('a=setup:');
  const ssrc = field('y=');
  if (ssrc !== undefined && !/^\d{1,10}$/.test(ssrc)) return undefined;
  return {
    session: field('s=') ?? '',
    address,
    port,
    tcp: /TCP/i.test(protocol),
    setup: setup === 'active' || setup === 'passive' ? setup : undefined,
    ssrc,
    ...recordingOf(field),
    stream: isOfSubStream(field) ? 'sub' : 'main',
  };
}

/** By `streamnumber` (2022), by what makers had before, or by a resolution of `f=`: 2 is CIF. */
function isOfSubStream(field: (start: string) => string | undefined): boolean {
  if (field('a=streamMode:')?.toUpperCase() === 'SUB') return true;
  const isNamed = ['streamnumber', 'streamprofile', 'stream'].some((name) => field(`a=${name}:`) === '1');
  return isNamed || /^v\/[^/]*\/2\//.test(field('f=') ?? '');
}

function recordingOf(
  field: (start: string) => string | undefined,
): Pick<Offer, 'beginS' | 'endS' | 'recordType' | 'downloadSpeed'> {
  const [, begin, end] = /^(\d+) (\d+)$/.exec(field('t=') ?? '') ?? [];
  return {
    beginS: Number(begin ?? 0),
    endS: Number(end ?? 0),
    recordType: /:(\d)$/.exec(field('u=') ?? '')?.[1],
    downloadSpeed: Math.min(16, Math.max(1, Number(field('a=downloadspeed:')) || 1)),
  };
}

/** The camera's answer. */
export function answerBody(answer: {
  readonly deviceId: string;
  readonly address: string;
  readonly port: number;
  readonly offer: Offer;
  readonly ssrc: string;
  /** Bytes of a download. */
  readonly fileSize?: number | undefined;
}): Buffer {
  const { offer } = answer;
  const lines = [
    'v=0',
    `o=${answer.deviceId} 0 0 IN IP4 ${answer.address}`,
    `s=${offer.session}`,
    `c=IN IP4 ${answer.address}`,
    `t=${String(offer.beginS)} ${String(offer.endS)}`,
    `m=video ${String(answer.port)} ${offer.tcp ? 'TCP/RTP/AVP' : 'RTP/AVP'} 96`,
    'a=sendonly',
    'a=rtpmap:96 PS/90000',
  ];
  if (answer.fileSize !== undefined) lines.push(`a=filesize:${String(answer.fileSize)}`);
  if (offer.tcp) {
    lines.push(`a=setup:${offer.setup === 'active' ? 'passive' : 'active'}`, 'a=connection:new');
  }
  lines.push(`y=${answer.ssrc}`, 'f=v/2/1/25/1/400a/1/8/1');
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1');
}
