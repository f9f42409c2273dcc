import { isIPv6 } from 'node:net';
import type { Sdp, SdpAttribute, SdpMedia } from './sdp.ts';

export type SdpSerialiseResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: { readonly reason: string } };

/** What a description is made of; what is left out is not written, but for `v=0`, `s=-` and `t=0 0`. */
export type SdpInit = Partial<Omit<Sdp, 'media'>> & {
  readonly media: readonly (Pick<SdpMedia, 'kind' | 'port' | 'protocol' | 'formats'> &
    Partial<Pick<SdpMedia, 'address' | 'attributes'>>)[];
};

/**
 * Writes a description in the order of RFC 8866 §5 with `y=` and `f=` last (GB/T 28181-2016 annex F), lines
 * ended by CRLF. A value with a line break is refused: nothing can be injected.
 */
export function serialiseSdp(init: SdpInit): SdpSerialiseResult {
  const lines = ['v=0'];
  if (init.origin !== undefined) {
    const { username, sessionId, sessionVersion, address } = init.origin;
    lines.push(`o=${username} ${sessionId} ${sessionVersion} ${netAddress(address)}`);
  }
  lines.push(`s=${init.sessionName ?? '-'}`);
  if (init.uri !== undefined) lines.push(`u=${init.uri}`);
  if (init.address !== undefined) lines.push(`c=${netAddress(init.address)}`);
  lines.push(`t=${String(init.timing?.startS ?? 0)} ${String(init.timing?.endS ?? 0)}`);
  lines.push(...attributeLines(init.attributes ?? []));
  for (const media of init.media) {
    lines.push(`m=${[media.kind, String(media.port), media.protocol, ...media.formats].join(' ')}`);
    if (media.address !== undefined) lines.push(`c=${netAddress(media.address)}`);
    lines.push(...attributeLines(media.attributes ?? []));
  }
  if (init.y !== undefined) lines.push(`y=${init.y}`);
  if (init.f !== undefined) lines.push(`f=${init.f}`);
  const broken = lines.find((line) => /[\r\n\0]/.test(line));
  if (broken !== undefined) return { ok: false, error: { reason: `line break in ${broken.slice(0, 2)}` } };
  return { ok: true, text: lines.map((line) => `${line}\r\n`).join('') };
}

function netAddress(address: string): string {
  return `IN ${isIPv6(address) ? 'IP6' : 'IP4'} ${address}`;
}

function attributeLines(attributes: readonly SdpAttribute[]): string[] {
  return attributes.map(({ name, value }) => (value === undefined ? `a=${name}` : `a=${name}:${value}`));
}
