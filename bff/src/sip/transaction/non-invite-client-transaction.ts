import type { SipResponse } from 'sip-parser-lite';
import { Machine } from './machine.ts';
import {
  NON_INVITE_CLIENT,
  type NonInviteClientAction,
  type NonInviteClientEvent,
  type NonInviteClientState,
} from './non-invite-client-fsm.ts';
import type { ClientTransactionDeps, RunningClientTransaction } from './client-transaction.ts';

/** Runs {@link NON_INVITE_CLIENT} for one request. */
export class NonInviteClientTransaction implements RunningClientTransaction {
  readonly #deps: ClientTransactionDeps;
  readonly #machine: Machine<NonInviteClientState, NonInviteClientEvent, NonInviteClientAction>;
  #response: SipResponse | undefined;
  #error = new Error('transport failed');
  #sent = false;

  constructor(deps: ClientTransactionDeps) {
    this.#deps = deps;
    this.#machine = new Machine(NON_INVITE_CLIENT, 'trying', {
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
    return this.#machine.state === 'trying' || this.#machine.state === 'proceeding';
  }

  start(): void {
    this.#machine.on('start');
  }

  onResponse(response: SipResponse): void {
    this.#response = response;
    this.#machine.on(response.status < 200 ? 'provisional' : 'final');
  }

  onTransportError(error: Error): void {
    this.#error = error;
    this.#machine.on('transport-error');
  }

  abandon(): void {
    this.#machine.on('abandon');
  }

  #perform(action: NonInviteClientAction): void {
    const { user, metrics } = this.#deps;
    switch (action) {
      case 'send-request':
        if (this.#sent) metrics.repeated.value += 1;
        this.#sent = true;
        this.#deps.send(this.#deps.flow, this.#deps.bytes, (error) => {
          this.onTransportError(error);
        });
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
}
