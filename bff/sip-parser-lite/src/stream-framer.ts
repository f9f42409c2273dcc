import { CLASS, TOKEN } from './char-class.ts';
import type { Head } from './head.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { makeMessage } from './make-message.ts';
import type { SipLimits, SipMessage, SipParseError } from './message.ts';
import { readHead } from './read-head.ts';
import type { UsualHead } from './usual-head.ts';

const CR = 0x0d;
const LF = 0x0a;
const MORE = 0;
const BROKEN = -1;
const KEEPALIVE_OCTETS = 4;
const FEWEST_OCTETS = 4096;
const NOTHING = new Uint8Array(0);
const NO_REPAIRS: readonly string[] = [];
const LEADING_JUNK: readonly string[] = ['leading-junk'];
/** Between messages so much is passed over. */
const MAX_JUNK_OCTETS = 512;

/** Who hears of the messages of a connection. */
export interface StreamListener {
  onMessage(message: SipMessage): void;
  /**
   * The stream cannot be followed any more: close the connection (RFC 3261 §18.3). Called once; the offset counts from
   * where the message began.
   */
  onFault(error: SipParseError): void;
  /** CRLFCRLF between messages: a ping that wants CRLF as its answer (RFC 5626 §3.5.1). */
  onKeepalive?(): void;
}

/**
 * Cuts messages out of a TCP stream, whatever the cuts of the stream itself (RFC 3261 §18.3). Between messages may
 * stand keepalives: CR and LF, or a few octets that can begin no message. One without Content-Length, with two that
 * differ or above a limit ends it all, since what follows could be read in more than one way.
 */
export class StreamFramer {
  readonly #listener: StreamListener;
  readonly #limits: SipLimits;
  #pending: Uint8Array = NOTHING;
  #pendingBytes = 0;
  /** Octets that were looked through in vain for the end of a head. */
  #searched = 0;
  /** Octets CR and LF that came one behind the other, up to those of a keepalive. */
  #lineEnds = 0;
  /** Other octets between the last message and the next. */
  #junk = 0;
  /** Whether the start line of the message that waits was looked at. */
  #startSeen = false;
  /** The head of the message that waits for its body. */
  #head: UsualHead | Head | undefined;
  #broken = false;

  constructor(listener: StreamListener, limits: SipLimits = DEFAULT_LIMITS) {
    this.#listener = listener;
    this.#limits = limits;
  }

  /** Octets that wait for the rest of their message; never more than the two limits in octets together. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Takes the next octets; they are copied where they are kept. */
  push(chunk: Uint8Array): void {
    if (this.#broken || chunk.length === 0) return;
    this.#append(chunk);
    let from = 0;
    let used: number;
    do {
      used = this.#take(this.#pending.subarray(from, this.#pendingBytes));
      if (used > 0) from += used;
    } while (used > 0);
    if (used === MORE) this.#keepFrom(from);
  }

  /** Octets that were used up; `MORE` when more must come, `BROKEN` when it makes no sense to go on. */
  #take(bytes: Uint8Array): number {
    if (this.#head === undefined) {
      const skipped = this.#skipBefore(bytes);
      if (skipped !== 0 || bytes.length === 0) return skipped;
      const headEnd = this.#headEnd(bytes);
      if (headEnd <= 0) return headEnd;
      // It outlives this buffer: it gets octets of its own, and so does the body.
      const head = readHead(bytes.slice(0, headEnd), 0, this.#limits);
      const fault = head.fault ?? lengthFault(head, this.#limits);
      if (fault !== undefined) return this.#break(fault);
      this.#head = head;
    }
    const { bodyStart, contentLength = 0 } = this.#head;
    const end = bodyStart + contentLength;
    if (bytes.length < end) return MORE;
    const repairs = this.#junk === 0 ? NO_REPAIRS : LEADING_JUNK;
    const result = makeMessage(this.#head, bytes.slice(bodyStart, end), repairs);
    this.#startOver();
    if (!result.ok) return this.#break(result.error);
    this.#listener.onMessage(result.message);
    return end;
  }

  /** How many octets stand before the next message: what no method can begin with. */
  #skipBefore(bytes: Uint8Array): number {
    let at = 0;
    for (; at < bytes.length && ((CLASS[bytes[at] ?? 0] ?? 0) & TOKEN) === 0; at++) {
      if (bytes[at] === CR || bytes[at] === LF) this.#countLineEnd();
      else if (this.#junk === MAX_JUNK_OCTETS)
        return this.#break({ offset: 0, reason: 'no message behind so much else' });
      else {
        this.#junk++;
        this.#lineEnds = 0;
      }
    }
    if (at < bytes.length) this.#lineEnds = 0;
    return at;
  }

  #countLineEnd(): void {
    this.#lineEnds++;
    if (this.#lineEnds < KEEPALIVE_OCTETS) return;
    this.#lineEnds = 0;
    this.#listener.onKeepalive?.();
  }

  /** First octet behind the empty line; `MORE` when it has not come yet, `BROKEN` when it never may. */
  #headEnd(bytes: Uint8Array): number {
    const { maxHeaderBytes } = this.#limits;
    const searched = this.#searched;
    const end = emptyLineEnd(bytes, Math.max(0, searched - 3));
    if (end > 0 && end <= maxHeaderBytes) return end;
    this.#searched = bytes.length;
    const fault = this.#startFault(bytes, searched);
    if (fault !== undefined) return this.#break(fault);
    return bytes.length > maxHeaderBytes
      ? this.#break({ offset: maxHeaderBytes, reason: 'head too long' })
      : MORE;
  }

  /** Whoever speaks no SIP is heard no longer than one line. */
  #startFault(bytes: Uint8Array, searched: number): SipParseError | undefined {
    const lineEnd = this.#startSeen ? -1 : bytes.indexOf(LF, searched);
    if (lineEnd < 0 || lineEnd >= this.#limits.maxHeaderBytes) return undefined;
    this.#startSeen = true;
    const head = readHead(bytes.subarray(0, lineEnd + 1), 0, this.#limits);
    return head.fault === undefined || head.hasStartLine ? undefined : head.fault;
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#pendingBytes + chunk.length;
    if (needed > this.#pending.length) {
      const grown = new Uint8Array(
        Math.max(needed, Math.min(this.#pending.length * 2, needed * 2), FEWEST_OCTETS),
      );
      grown.set(this.#pending.subarray(0, this.#pendingBytes));
      this.#pending = grown;
    }
    this.#pending.set(chunk, this.#pendingBytes);
    this.#pendingBytes = needed;
  }

  #keepFrom(from: number): void {
    if (from >= this.#pendingBytes) {
      // A connection that waits holds no memory.
      this.#pending = NOTHING;
      this.#pendingBytes = 0;
    } else if (from > 0) {
      this.#pending = this.#pending.slice(from, this.#pendingBytes);
      this.#pendingBytes -= from;
    }
  }

  #startOver(): void {
    this.#head = undefined;
    this.#searched = 0;
    this.#startSeen = false;
    this.#junk = 0;
  }

  #break(error: SipParseError): number {
    this.#broken = true;
    this.#pending = NOTHING;
    this.#pendingBytes = 0;
    this.#startOver();
    this.#listener.onFault(error);
    return BROKEN;
  }
}

/** Why nobody can tell where the body ends, or wants to wait for it. */
function lengthFault(head: UsualHead | Head, { maxBodyBytes }: SipLimits): SipParseError | undefined {
  const { bodyStart: offset, contentLength, lengthsDiffer } = head;
  if (lengthsDiffer) return { offset, reason: 'Content-Length lines that differ' };
  if (contentLength === undefined) return { offset, reason: 'no Content-Length over TCP' };
  return contentLength > maxBodyBytes ? { offset, reason: 'body too long' } : undefined;
}

/** First octet behind the first empty line that ends at or after `from`, 0 when there is none. */
function emptyLineEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return 0;
}
