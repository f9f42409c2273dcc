import type { SipResponse } from 'sip-parser-lite';
import type { Clock } from '../../kernel/index.ts';
import type { SipMetrics } from '../sip-metrics.ts';
import type { Flow } from '../types.ts';
import type { ClientTransaction, ClientTransactionUser, Send } from './transaction-user.ts';

/** What a client transaction needs. */
export interface ClientTransactionDeps {
  readonly clock: Clock;
  readonly metrics: SipMetrics;
  readonly send: Send;
  readonly flow: Flow;
  readonly bytes: Uint8Array;
  readonly user: ClientTransactionUser;
  readonly onTerminated: () => void;
}

/** A client transaction as the layer drives it. */
export interface RunningClientTransaction extends ClientTransaction {
  /** Whether the final response is still to come. */
  readonly waiting: boolean;
  start(): void;
  onResponse(response: SipResponse): void;
  onTransportError(error: Error): void;
}
