import { isIPv4, isIPv6 } from 'node:net';

const V4_MAPPED = /^::ffff:(?=\d{1,3}(?:\.\d{1,3}){3}$)/i;
const GROUPS = 8;

/** The octets of an address, 4 or 16; those of an address of either kind that nobody has, when it is none. */
export function addressOctets(text: string): Uint8Array {
  const address = text.replace(V4_MAPPED, '').replace(/%.*$/, '');
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  return isIPv6(address) ? v6Octets(address) : new Uint8Array(4);
}

/** An IPv4 address as the 16 octets that stand for it in IPv6 (RFC 4291 §2.5.5.2). */
export function asV6(octets: Uint8Array): Uint8Array {
  if (octets.length !== 4) return octets;
  const mapped = new Uint8Array(16);
  mapped.set([0xff, 0xff], 10);
  mapped.set(octets, 12);
  return mapped;
}

/** RFC 4291 §2.2; the last two groups may be written as IPv4. */
function v6Octets(address: string): Uint8Array {
  const tail = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (high: string | undefined, low: string | undefined): string =>
    (Number(high) * 256 + Number(low)).toString(16);
  const plain =
    tail === null
      ? address
      : `${address.slice(0, tail.index)}${hex(tail[1], tail[2])}:${hex(tail[3], tail[4])}`;
  const [before = '', after] = plain.split('::');
  const groupsOf = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const left = groupsOf(before);
  const right = after === undefined ? [] : groupsOf(after);
  const zeros = Array.from({ length: GROUPS - left.length - right.length }, () => '0');
  const groups = [...left, ...(after === undefined ? [] : zeros), ...right];
  return Uint8Array.from(groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]));
}
