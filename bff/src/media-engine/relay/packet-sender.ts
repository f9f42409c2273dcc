/** One way by which packets leave. */
export interface PacketSender {
  /** The bound port; 9, as of a side that dials (RFC 4145 §4.1), when there is none. */
  readonly port: number;
  /** Octets that a head needs before the RTP header. */
  readonly headRoom: number;
  /** Somebody is there to send to. */
  readonly ready: boolean;
  /** Octets that wait to be sent. */
  readonly waitingBytes: number;
  /** Sends the head and what follows it in the packet; `body` stays unchanged until it has left. */
  send(head: Buffer, body: Uint8Array): void;
  close(): void;
}

/** Who hears that a way is gone for good. */
export interface SenderListener {
  onGone(): void;
}

/** The port that a side names which will dial. */
export const DISCARD_PORT = 9;
