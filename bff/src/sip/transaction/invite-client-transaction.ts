import type { SipResponse } from 'sip-parser-lite';
import type { ClientTransactionDeps, RunningClientTransaction } from './client-transaction.ts';
import {
  INVITE_CLIENT,
  type InviteClientAction,
  type InviteClientEvent,
  type InviteClientState,
} from './invite-client-fsm.ts';
import { Machine } from './machine.ts';

/** What an INVITE client transaction needs beside the rest. */
export interface InviteClientDeps extends ClientTransactionDeps {
  /** The ACK to a final response of 300 and above (RFC 3261 §17.1.1.3). */
  readonly ackTo: (response: SipResponse) => Uint8Array;
}

/** Runs {@link INVITE_CLIENT} for one INVITE. */
export class InviteClientTransaction implements RunningClientTransaction {
  readonly #deps: InviteClientDeps;
  readonly #machine: Machine<InviteClientState, InviteClientEvent, InviteClientAction>;
  #response: SipResponse | undefined;
  #error = new Error('transport failed');
  #sent = false;

  constructor(deps: InviteClientDeps) {
    this.#deps = deps;
    this.#machine = new Machine(INVITE_CLIENT, 'calling', {
      clock: deps.clock,
      reliable: deps.flow.transport === 'tcp',
      perform: (action) => {
        this.#perform(action);
      },
      onTerminated: () => {
        deps.onTerminated();
      },
    });
  }

  get waiting(): boolean {
    return this.#machine.state === 'calling' || this.#machine.state === 'proceeding';
  }

  start(): void {
    this.#machine.on('start');
  }

  onResponse(response: SipResponse): void {
    this.#response = response;
    const { status } = response;
    this.#machine.on(status < 200 ? 'provisional' : status < 300 ? 'success' : 'failure');
  }

  onTransportError(error: Error): void {
    this.#error = error;
    this.#machine.on('transport-error');
  }

  abandon(): void {
    this.#machine.on('abandon');
  }

  #perform(action: InviteClientAction): void {
    const { user, metrics } = this.#deps;
    switch (action) {
      case 'send-request':
        if (this.#sent) metrics.repeated.value += 1;
        this.#sent = true;
        this.#send(this.#deps.bytes);
        return;
      case 'send-ack':
        if (this.#response !== undefined) this.#send(this.#deps.ackTo(this.#response));
        return;
      case 'pass-up':
        if (this.#response !== undefined) user.onResponse(this.#response);
        return;
      case 'timed-out':
        user.onTimedOut();
        return;
      case 'transport-failed':
        user.onTransportFailed(this.#error);
    }
  }

  #send(bytes: Uint8Array): void {
    this.#deps.send(this.#deps.flow, bytes, (error) => {
      this.onTransportError(error);
    });
  }
}
