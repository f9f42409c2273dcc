import type { Flow } from '../types.ts';

const MAPPED = '::ffff:';

/** An IPv4 address that a dual-stack socket shows as IPv6, as IPv4. */
export function plainAddress(address: string): string {
  return address.startsWith(MAPPED) && address.includes('.') ? address.slice(MAPPED.length) : address;
}

/** An address as a dual-stack socket takes it. */
export function mappedAddress(address: string): string {
  return address.includes(':') ? address : MAPPED + address;
}

/** `host:port` as it stands in Via and Contact (RFC 3261 §25.1 hostport). */
export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

/** The first 64 bits of an IPv6 address: the network that one subscriber holds (RFC 4291 §2.5.4), as four groups. */
export function ipv6Network(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const behind = tail === '' ? 0 : tail.split(':').length;
    while (groups.length + behind < 8) groups.push('0');
  }
  return groups.slice(0, 4).join(':');
}

/** Whom a limit counts as one: an IPv4 address, or a /64 of IPv6, of which a subscriber has all addresses. */
export function sourceOf(address: string): string {
  return address.includes(':') ? ipv6Network(address) : address;
}

/** The far end of a flow: of two TCP connections to one port of ours, no two have the same at the same time. */
export function peerOf(flow: Flow): string {
  return `${flow.remoteAddress} ${String(flow.remotePort)}`;
}
