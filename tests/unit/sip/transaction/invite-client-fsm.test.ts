import { INVITE_CLIENT } from '../../../../bff/src/sip/transaction/invite-client-fsm.ts';
import { type Arrow, itHasExactly, itStaysTerminated } from './fsm-table.ts';

const EVENTS = [
  'start',
  'provisional',
  'success',
  'failure',
  'timer-A',
  'timer-B',
  'timer-D',
  'timer-M',
  'transport-error',
  'abandon',
];

/** RFC 3261 figure 5 as RFC 6026 §7.2 amends it; `abandon` is the user that does not want it any more. */
const FIGURE: readonly Arrow[] = [
  ['calling', 'start', 'calling', 'send-request', 'start-A', 'start-B'],
  ['calling', 'timer-A', 'calling', 'send-request', 'repeat-A'],
  ['calling', 'timer-B', 'terminated', 'timed-out'],
  ['calling', 'provisional', 'proceeding', 'stop-A', 'stop-B', 'pass-up'],
  ['calling', 'success', 'accepted', 'stop-A', 'stop-B', 'start-M', 'pass-up'],
  ['calling', 'failure', 'completed', 'stop-A', 'stop-B', 'send-ack', 'pass-up', 'start-D'],
  ['calling', 'transport-error', 'terminated', 'transport-failed'],
  ['calling', 'abandon', 'terminated'],
  // §17.1.1.2: the provisional answer ends Timers A and B.
  ['proceeding', 'provisional', 'proceeding', 'pass-up'],
  ['proceeding', 'success', 'accepted', 'start-M', 'pass-up'],
  ['proceeding', 'failure', 'completed', 'send-ack', 'pass-up', 'start-D'],
  ['proceeding', 'transport-error', 'terminated', 'transport-failed'],
  ['proceeding', 'abandon', 'terminated'],
  // RFC 6026 §7.2: every 2xx goes to the user until Timer M; no other response does.
  ['accepted', 'success', 'accepted', 'pass-up'],
  ['accepted', 'timer-M', 'terminated'],
  ['accepted', 'transport-error', 'terminated'],
  ['accepted', 'abandon', 'terminated'],
  // §17.1.1.2: each repeated final response is acknowledged again and not passed up.
  ['completed', 'failure', 'completed', 'send-ack'],
  ['completed', 'timer-D', 'terminated'],
  ['completed', 'transport-error', 'terminated'],
  ['completed', 'abandon', 'terminated'],
];

describe('INVITE_CLIENT (RFC 3261 §17.1.1 figure 5, RFC 6026 §7.2)', () => {
  itHasExactly(INVITE_CLIENT, EVENTS, FIGURE);
  itStaysTerminated(INVITE_CLIENT, 'calling', EVENTS);
});
