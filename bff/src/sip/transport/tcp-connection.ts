import type { Socket } from 'node:net';
import { type SipLimits, type SipMessage, StreamFramer } from 'sip-parser-lite';
import type { Clock } from '../../kernel/index.ts';
import type { SipRefusal } from '../sip-metrics.ts';
import type { Flow } from '../types.ts';
import { sourceOf } from './addresses.ts';

const PONG = Buffer.from('\r\n');
/** Line ends behind a message, or half of a ping (RFC 5626 §3.5.1): nobody waits for the rest of these. */
const MAX_LINE_END_BYTES = 3;

/** Who hears of a connection. */
export interface ConnectionListener {
  /** The ms for which nothing more is to be read, 0 to go on. */
  onMessage(message: SipMessage, connection: TcpConnection): number;
  /** A ping was answered; as for a message. */
  onPing(connection: TcpConnection): number;
  /** Octets of a message that is not whole yet, when they have changed. */
  onHeld(connection: TcpConnection, bytes: number): void;
  /** Called once, whoever closed it. */
  onClosed(connection: TcpConnection): void;
  onRefused(reason: SipRefusal): void;
}

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly key: string;
  readonly clock: Clock;
  readonly messageLimits: SipLimits;
  readonly maxSendBufferBytes: number;
  readonly listener: ConnectionListener;
}

/** One TCP connection: messages of both sides travel on it, and it is their flow (RFC 3261 §18, RFC 5626 §4). */
export class TcpConnection implements Flow {
  readonly transport = 'tcp';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly key: string;
  /** Whom its limits are charged to. */
  readonly source: string;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #framer: StreamFramer;
  readonly #listener: ConnectionListener;
  readonly #maxSendBufferBytes: number;
  #open = true;
  #heardAtMs: number;
  #heldBytes = 0;
  /** When the message that is not complete yet began; undefined between messages. */
  #partialSinceMs: number | undefined;
  /** Since when something waits to be sent without a pause; undefined when nothing does. */
  #unsentSinceMs: number | undefined;
  #resumeAtMs: number | undefined;

  constructor(options: ConnectionOptions) {
    this.remoteAddress = options.remoteAddress;
    this.remotePort = options.remotePort;
    this.key = options.key;
    this.source = sourceOf(options.remoteAddress);
    this.#socket = options.socket;
    this.#clock = options.clock;
    this.#listener = options.listener;
    this.#maxSendBufferBytes = options.maxSendBufferBytes;
    this.#heardAtMs = this.#clock.monotonicMs();
    // A connection that never says a whole message is as slow as one that never ends it.
    this.#partialSinceMs = this.#heardAtMs;
    this.#framer = new StreamFramer(
      {
        onMessage: (message) => {
          this.#onMessage(message);
        },
        onFault: () => {
          this.close('connection-fault');
        },
        onKeepalive: () => {
          if (this.send(PONG)) this.#pauseFor(this.#listener.onPing(this));
        },
      },
      options.messageLimits,
    );
    this.#listen();
  }

  /** False when the connection is gone. */
  send(bytes: Uint8Array): boolean {
    if (!this.#open) return false;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > this.#maxSendBufferBytes) this.close('send-buffer-full');
    return this.#open;
  }

  close(reason?: SipRefusal): void {
    if (!this.#open) return;
    this.#open = false;
    if (reason !== undefined) this.#listener.onRefused(reason);
    this.#socket.destroy();
    this.#noteHeld(0);
    this.#listener.onClosed(this);
  }

  /** Closes what is idle or slow, and reads on where a flood was held up. Called every second. */
  check(limits: { readonly idleMs: number; readonly arrivalMs: number }): void {
    const nowMs = this.#clock.monotonicMs();
    this.#unsentSinceMs = this.#socket.writableLength === 0 ? undefined : (this.#unsentSinceMs ?? nowMs);
    if (this.#unsentSinceMs !== undefined && nowMs - this.#unsentSinceMs > limits.arrivalMs) {
      this.close('connection-slow');
      return;
    }
    if (this.#resumeAtMs !== undefined) {
      if (nowMs < this.#resumeAtMs) return;
      this.#resumeAtMs = undefined;
      this.#socket.resume();
    }
    if (nowMs - this.#heardAtMs > limits.idleMs) this.close('connection-idle');
    else if (this.#partialSinceMs !== undefined && nowMs - this.#partialSinceMs > limits.arrivalMs)
      this.close('connection-slow');
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('data', (chunk) => {
      this.#onData(chunk);
    });
    socket.on('error', () => {
      this.close();
    });
    // A peer that ends its half has nothing more to say to us; what it still expects cannot be answered.
    socket.on('end', () => {
      this.close();
    });
    socket.on('close', () => {
      this.close();
    });
  }

  #onData(chunk: Buffer): void {
    this.#heardAtMs = this.#clock.monotonicMs();
    this.#framer.push(chunk);
    if (!this.#open) return;
    const { pendingBytes } = this.#framer;
    if (pendingBytes > MAX_LINE_END_BYTES) this.#partialSinceMs ??= this.#heardAtMs;
    this.#noteHeld(pendingBytes);
  }

  #onMessage(message: SipMessage): void {
    if (!this.#open) return;
    this.#partialSinceMs = undefined;
    this.#pauseFor(this.#listener.onMessage(message, this));
  }

  #pauseFor(waitMs: number): void {
    if (waitMs <= 0 || !this.#open) return;
    this.#resumeAtMs = this.#heardAtMs + waitMs;
    this.#socket.pause();
  }

  #noteHeld(bytes: number): void {
    if (bytes === this.#heldBytes) return;
    this.#heldBytes = bytes;
    this.#listener.onHeld(this, bytes);
  }
}
