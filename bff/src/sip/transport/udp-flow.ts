import type { Flow } from '../types.ts';

/** A UDP peer: its address as seen on the wire. */
export class UdpFlow implements Flow {
  readonly transport = 'udp';
  readonly remoteAddress: string;
  readonly remotePort: number;

  constructor(remoteAddress: string, remotePort: number) {
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }

  /** Made when asked for: the keepalive path makes one flow per datagram. */
  get key(): string {
    return `udp:${this.remoteAddress}:${String(this.remotePort)}`;
  }
}
