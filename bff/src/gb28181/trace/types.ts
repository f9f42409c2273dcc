/** A SIP message that went between the platform and a device, secrets masked. */
export interface TracedMessage {
  /** Grows by one or more from message to message of the whole platform. */
  readonly seq: number;
  /** UTC, ms. */
  readonly atMs: number;
  /** Seen from the platform. */
  readonly direction: 'in' | 'out';
  readonly transport: 'udp' | 'tcp';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Octets of the whole message as masked; `bytes` may hold its beginning only. */
  readonly octets: number;
  readonly bytes: Uint8Array;
  /** `bytes` as text, the body in its own charset. */
  readonly text: string;
}

/** Whose messages are kept. */
export interface TracedPeer {
  /** 20 digits; those that nobody provisioned are here as well. */
  readonly gbId: string;
  readonly messages: number;
  /** UTC, ms. */
  readonly lastAtMs: number;
}

/** The messages that were kept of each device: a bounded number, in memory only. */
export interface SignalTrace {
  /** Oldest first. `after`: only those with a greater `seq`; of more than `limit` the newest. */
  list(
    gbId: string,
    page: { readonly after?: number | undefined; readonly limit: number },
  ): readonly TracedMessage[];
  /** Keeps more of this device, its keepalives too, for ten minutes; false when too many are watched already. */
  watch(gbId: string): boolean;
  /** The last one heard first. */
  peers(limit: number): readonly TracedPeer[];
}
