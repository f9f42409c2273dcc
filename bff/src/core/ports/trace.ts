/** A SIP message that went between the platform and a device, secrets masked. */
export interface TracedMessage {
  /** Grows from message to message. */
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
  /** Octets of the whole message; `bytes` may hold its beginning only. */
  readonly octets: number;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Somebody whose messages are kept, admitted or not. */
export interface TracedPeer {
  readonly gbId: string;
  readonly messages: number;
  /** UTC, ms. */
  readonly lastAtMs: number;
}

/** The signal trace: a bounded number of messages of each device, in memory. */
export interface TracePort {
  /** Oldest first; `after`: only those with a greater `seq`; of more than `limit` the newest. */
  list(
    gbId: string,
    page: { readonly after?: number | undefined; readonly limit: number },
  ): readonly TracedMessage[];
  /** Keeps more of this device for ten minutes; false when too many are watched already. */
  watch(gbId: string): boolean;
  /** The last one heard first. */
  peers(limit: number): readonly TracedPeer[];
}
