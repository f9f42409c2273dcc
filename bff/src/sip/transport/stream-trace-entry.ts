import { type SipMessage, serialiseMessage } from 'sip-parser-lite';
import type { Flow, TraceEntry } from '../types.ts';

const NOTHING = new Uint8Array(0);

/**
 * A message that came in a stream: its octets are gone when it is there, so that it is written again, and only when
 * somebody wants to see it.
 */
export class StreamTraceEntry implements TraceEntry {
  readonly atMs: number;
  readonly direction = 'in';
  readonly flow: Flow;
  readonly #message: SipMessage;

  constructor(atMs: number, flow: Flow, message: SipMessage) {
    this.atMs = atMs;
    this.flow = flow;
    this.#message = message;
  }

  get bytes(): Uint8Array {
    const written = serialiseMessage(this.#message);
    return written.ok ? written.bytes : NOTHING;
  }
}
