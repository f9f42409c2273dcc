/** Who hears of packets and of a way that is gone. */
export interface RtpListener {
  /** One RTP packet; a view, valid during the call. True = it belongs to the stream. */
  onPacket(packet: Uint8Array): boolean;
  /** Whether a packet of somebody else is the first of the source that was negotiated: it displaces who sends so far. */
  isAwaited(packet: Uint8Array): boolean;
  /** A packet of the right form from somebody else than who sends the stream; it was dropped. */
  onStranger(): void;
  /** The framing of a connection was lost so many times. */
  onResyncs(count: number): void;
  /** The connection that carried the stream was closed or is no RTP, and no other has taken its place. */
  onGone(): void;
}

/** One way by which a camera's RTP comes in. */
export interface RtpReceiver {
  /** The bound port; 0 when we dial. */
  readonly port: number;
  /** Size of the system's receive buffer, bytes; undefined where it does not matter. */
  readonly bufferBytes: number | undefined;
  close(): void;
}
