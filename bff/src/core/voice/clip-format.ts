import type { ClipFormat } from '../ports/talk.ts';

/** Media types that name a coding (RFC 3003, RFC 4337, RFC 2361 and what is in use). */
const BY_TYPE: ReadonlyMap<string, ClipFormat> = new Map([
  ['audio/mpeg', 'mp3'],
  ['audio/mp3', 'mp3'],
  ['audio/aac', 'aac'],
  ['audio/aacp', 'aac'],
  ['audio/x-aac', 'aac'],
  ['audio/mp4', 'm4a'],
  ['audio/m4a', 'm4a'],
  ['audio/x-m4a', 'm4a'],
  ['audio/wav', 'wav'],
  ['audio/wave', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/vnd.wave', 'wav'],
  ['audio/pcm', 'pcm'],
]);

/**
 * What a clip is: what its first octets show, else what it is said to be. Phones say AAC of what stands in MP4, and
 * browsers say nothing. Undefined = nobody knows; raw PCM is taken for such only when it is said.
 */
export function clipFormatOf(head: Uint8Array, mediaType: string | undefined): ClipFormat | undefined {
  const told = mediaType === undefined ? undefined : BY_TYPE.get(mediaType.toLowerCase());
  if (told === 'pcm') return told;
  const text = Buffer.from(head).toString('latin1');
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WAVE') return 'wav';
  if (text.slice(4, 8) === 'ftyp') return 'm4a';
  if (text.startsWith('ID3')) return told === 'aac' ? 'aac' : 'mp3';
  const [first = 0, second = 0] = head;
  // Twelve ones, then two bits of the layer: none is AAC in ADTS, and MPEG audio has one. MPEG 2.5 has eleven ones.
  if (first === 0xff && (second & 0xf6) === 0xf0) return 'aac';
  if (first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0) return 'mp3';
  return told;
}
