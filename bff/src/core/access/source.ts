const NETWORK_GROUPS = 4;

/** Whose budget an address uses: itself, or for IPv6 its /64, which one host has to itself (RFC 6177 §2). */
export function sourceOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (groups.length >= NETWORK_GROUPS || !address.includes('::')) return networkOf(groups);
  const rest = tail.split(':').filter((group) => group !== '');
  const zeros = Math.max(0, 8 - groups.length - rest.length);
  return networkOf([...groups, ...Array<string>(zeros).fill('0'), ...rest]);
}

function networkOf(groups: readonly string[]): string {
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
