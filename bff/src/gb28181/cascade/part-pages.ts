import type { BodyNode } from '../manscdp/body-writer.ts';

/** What still goes into one datagram beside SIP's own lines (RFC 3261 §18.1.1: 1,300 octets). */
const UDP_BODY_BYTES = 900;
/** GB/T 28181-2022 annex M lets a stream carry far more; this keeps each message short to deal with. */
const TCP_BODY_BYTES = 30_000;

/** Items on each page, by what they weigh; at least one. Lazy: a long list is never written all at once. */
export function* pagesOf<T>(
  items: readonly T[],
  transport: 'udp' | 'tcp',
  nodesOf: (item: T) => readonly BodyNode[],
): Generator<readonly (readonly BodyNode[])[]> {
  const limit = transport === 'udp' ? UDP_BODY_BYTES : TCP_BODY_BYTES;
  let page: (readonly BodyNode[])[] = [];
  let bytes = 0;
  for (const item of items) {
    const nodes = nodesOf(item);
    const weight = weightOf(nodes) + 16;
    if (page.length > 0 && bytes + weight > limit) {
      yield page;
      page = [];
      bytes = 0;
    }
    page.push(nodes);
    bytes += weight;
  }
  if (page.length > 0) yield page;
}

/** Octets in GBK, markup included; escapes aside. */
function weightOf(nodes: readonly BodyNode[]): number {
  let bytes = 0;
  for (const [name, content] of nodes) {
    bytes += 2 * name.length + 7;
    bytes += typeof content === 'string' ? textWeight(content) : weightOf(content) + 2;
  }
  return bytes;
}

function textWeight(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) bytes += text.charCodeAt(at) > 0x7f ? 2 : 1;
  return bytes;
}
