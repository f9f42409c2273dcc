import { isIPv4 } from 'node:net';
import { ipv6Network } from '../transport/addresses.ts';

/**
 * The network that an address stands in: /24 of IPv4, /64 of IPv6. Carrier-grade NAT may change the last
 * octet between a challenge and its answer.
 */
export function networkOf(address: string): string {
  return isIPv4(address) ? address.slice(0, address.lastIndexOf('.')) : ipv6Network(address);
}
