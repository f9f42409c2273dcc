import type { Clock } from '../../kernel/index.ts';
import type { SipMetrics } from '../sip-metrics.ts';
import type { Flow } from '../types.ts';
import {
  INVITE_SERVER,
  type InviteServerAction,
  type InviteServerEvent,
  type InviteServerState,
} from './invite-server-fsm.ts';
import { Machine } from './machine.ts';
import type { Send, ServerTransaction } from './transaction-user.ts';

/** What an INVITE server transaction needs. */
export interface InviteServerDeps {
  readonly clock: Clock;
  readonly metrics: SipMetrics;
  readonly send: Send;
  /** Timer H or the transport ended it before our answer was known to have arrived. */
  readonly onLost: (transaction: InviteServerTransaction) => void;
  readonly onTerminated: () => void;
}

/** Runs {@link INVITE_SERVER} for one INVITE. */
export class InviteServerTransaction implements ServerTransaction {
  readonly #flow: Flow;
  readonly #deps: InviteServerDeps;
  readonly #machine: Machine<InviteServerState, InviteServerEvent, InviteServerAction>;
  #response: Buffer | undefined;

  constructor(flow: Flow, deps: InviteServerDeps) {
    this.#flow = flow;
    this.#deps = deps;
    this.#machine = new Machine(INVITE_SERVER, 'proceeding', {
      clock: deps.clock,
      reliable: flow.transport === 'tcp',
      perform: (action) => {
        this.#perform(action);
      },
      onTerminated: () => {
        deps.onTerminated();
      },
    });
  }

  /** Whether no final response was sent yet. */
  get pending(): boolean {
    return this.#machine.state === 'proceeding';
  }

  /** Whether it was answered with 2xx: its ACK is then no business of the transaction. */
  get accepted(): boolean {
    return this.#machine.state === 'accepted';
  }

  /** Whether the peer knows that its INVITE arrived. */
  get provisionalSent(): boolean {
    return this.#response !== undefined;
  }

  respond(status: number, bytes: Buffer): boolean {
    return this.#answer(
      bytes,
      status < 200 ? 'send-provisional' : status < 300 ? 'send-success' : 'send-failure',
    );
  }

  refuse(_status: number, bytes: Buffer): boolean {
    return this.#answer(bytes, 'send-stateless');
  }

  onRequest(): void {
    this.#deps.metrics.absorbed.value += 1;
    this.#machine.on('request');
  }

  onAck(): void {
    this.#machine.on('ack');
  }

  onFlowClosed(): void {
    this.#machine.on('transport-error');
  }

  #answer(bytes: Buffer, event: InviteServerEvent): boolean {
    const before = this.#response;
    this.#response = bytes;
    const sent = this.#machine.on(event);
    if (!sent) this.#response = before;
    return sent;
  }

  #perform(action: InviteServerAction): void {
    switch (action) {
      case 'send-response':
        this.#send();
        return;
      case 'resend-response':
        this.#deps.metrics.repeated.value += 1;
        this.#send();
        return;
      case 'unacknowledged':
      case 'transport-failed':
        this.#deps.onLost(this);
    }
  }

  #send(): void {
    if (this.#response === undefined) return;
    this.#deps.send(this.#flow, this.#response, () => {
      this.#machine.on('transport-error');
    });
  }
}
