import { INVITE_SERVER } from '../../../../bff/src/sip/transaction/invite-server-fsm.ts';
import { type Arrow, itHasExactly, itStaysTerminated } from './fsm-table.ts';

const EVENTS = [
  'request',
  'ack',
  'send-provisional',
  'send-success',
  'send-failure',
  'send-stateless',
  'timer-G',
  'timer-H',
  'timer-I',
  'timer-L',
  'transport-error',
];

/** RFC 3261 figure 7 as RFC 6026 §7.1 amends it; a fault of the transport is the end, for the flow is gone with it. */
const FIGURE: readonly Arrow[] = [
  ['proceeding', 'request', 'proceeding', 'resend-response'],
  ['proceeding', 'send-provisional', 'proceeding', 'send-response'],
  ['proceeding', 'send-success', 'accepted', 'send-response', 'start-L'],
  ['proceeding', 'send-failure', 'completed', 'send-response', 'start-G', 'start-H'],
  // §8.2.7: a refusal that is not worth any state.
  ['proceeding', 'send-stateless', 'terminated', 'send-response'],
  ['proceeding', 'transport-error', 'terminated', 'transport-failed'],
  // RFC 6026 §7.1: a repeated INVITE is absorbed, the user repeats its 2xx through the transaction.
  ['accepted', 'send-success', 'accepted', 'send-response'],
  ['accepted', 'timer-L', 'terminated'],
  ['accepted', 'transport-error', 'terminated'],
  ['completed', 'request', 'completed', 'resend-response'],
  ['completed', 'timer-G', 'completed', 'resend-response', 'repeat-G'],
  ['completed', 'timer-H', 'terminated', 'unacknowledged'],
  ['completed', 'ack', 'confirmed', 'stop-G', 'stop-H', 'start-I'],
  ['completed', 'transport-error', 'terminated', 'transport-failed'],
  ['confirmed', 'timer-I', 'terminated'],
  ['confirmed', 'transport-error', 'terminated'],
];

describe('INVITE_SERVER (RFC 3261 §17.2.1 figure 7, RFC 6026 §7.1)', () => {
  itHasExactly(INVITE_SERVER, EVENTS, FIGURE);
  itStaysTerminated(INVITE_SERVER, 'proceeding', EVENTS);
});
