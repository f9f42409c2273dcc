import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

const LOOPBACK = '127.0.0.1';
/** Bridges of containers and virtual machines: no camera is there. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|cni|flannel|podman)/;
const LINK_LOCAL = '169.254.';

/** The address that devices are told when none is configured. */
export function ownAddress(
  interfaces: Readonly<Record<string, NetworkInterfaceInfo[] | undefined>> = networkInterfaces(),
): string {
  const addresses = Object.entries(interfaces).flatMap(([name, infos]) =>
    (infos ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => ({ address, likely: !VIRTUAL.test(name) && !address.startsWith(LINK_LOCAL) })),
  );
  return (addresses.find(({ likely }) => likely) ?? addresses[0])?.address ?? LOOPBACK;
}
