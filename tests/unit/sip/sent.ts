import assert from 'node:assert/strict';
import type { SipMessage } from '../../../bff/sip-parser-lite/src/index.ts';
import type { Flow } from '../../../bff/src/sip/index.ts';
import { asMessage } from '../../support/sip/messages.ts';

/** A message that the layer under test handed to the transport. */
export interface SentMessage {
  readonly flow: Flow;
  readonly bytes: Uint8Array;
  readonly message: SipMessage;
  /** `INVITE`, `ACK`, …, or the status of a response. */
  readonly what: string;
  /** Clock of the test, ms since its start. */
  readonly atMs: number;
}

/** Stands where the transport stands: keeps what is sent, and fails on demand. */
export class Wire {
  readonly sent: SentMessage[] = [];
  readonly #nowMs: () => number;
  /** When set, nothing is sent and each sender hears of this. */
  fault: Error | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  readonly send = (flow: Flow, bytes: Uint8Array, failed: (error: Error) => void): void => {
    if (this.fault !== undefined) {
      failed(this.fault);
      return;
    }
    const message = asMessage(bytes);
    const what = message.kind === 'request' ? message.method : String(message.status);
    this.sent.push({ flow, bytes, message, what, atMs: this.#nowMs() });
  };

  /** What was sent, in order. */
  get whats(): readonly string[] {
    return this.sent.map(({ what }) => what);
  }

  /** When a kind of message was sent, ms. */
  timesOf(what: string): readonly number[] {
    return this.sent.filter((sent) => sent.what === what).map(({ atMs }) => atMs);
  }

  last(what?: string): SentMessage {
    const found = this.sent.filter((sent) => what === undefined || sent.what === what).at(-1);
    assert.ok(found, `${what ?? 'anything'} was to be sent`);
    return found;
  }

  count(what: string): number {
    return this.timesOf(what).length;
  }
}
