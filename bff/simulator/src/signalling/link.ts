import type { SipMessage } from 'sip-parser-lite';

/** Where the platform listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The way of one device to the platform. */
export interface Link {
  readonly transport: 'UDP' | 'TCP';
  readonly localAddress: string;
  readonly localPort: number;
  send(bytes: Buffer): void;
  /** Closes without a word to the listener. */
  close(): void;
}

/** What a device hears from its link. */
export interface LinkListener {
  onMessage(message: SipMessage): void;
  /** Bytes of the platform that are no SIP message. */
  onUnreadable(reason: string): void;
  /** The connection is gone, and not by {@link Link.close}. */
  onClosed(): void;
}
