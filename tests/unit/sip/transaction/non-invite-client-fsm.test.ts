import { NON_INVITE_CLIENT } from '../../../../bff/src/sip/transaction/non-invite-client-fsm.ts';
import { type Arrow, itHasExactly, itStaysTerminated } from './fsm-table.ts';

const EVENTS = [
  'start',
  'provisional',
  'final',
  'timer-E',
  'timer-F',
  'timer-K',
  'transport-error',
  'abandon',
];

/** RFC 3261 figure 6; `abandon` is the user that does not want it any more. */
const FIGURE: readonly Arrow[] = [
  ['trying', 'start', 'trying', 'send-request', 'start-E', 'start-F'],
  ['trying', 'timer-E', 'trying', 'send-request', 'repeat-E'],
  ['trying', 'timer-F', 'terminated', 'timed-out'],
  ['trying', 'provisional', 'proceeding', 'pass-up'],
  ['trying', 'final', 'completed', 'stop-E', 'stop-F', 'pass-up', 'start-K'],
  ['trying', 'transport-error', 'terminated', 'transport-failed'],
  ['trying', 'abandon', 'terminated'],
  // §17.1.2.2: in Proceeding the request is repeated every T2.
  ['proceeding', 'timer-E', 'proceeding', 'send-request', 'slow-E'],
  ['proceeding', 'timer-F', 'terminated', 'timed-out'],
  ['proceeding', 'provisional', 'proceeding', 'pass-up'],
  ['proceeding', 'final', 'completed', 'stop-E', 'stop-F', 'pass-up', 'start-K'],
  ['proceeding', 'transport-error', 'terminated', 'transport-failed'],
  ['proceeding', 'abandon', 'terminated'],
  ['completed', 'timer-K', 'terminated'],
  ['completed', 'transport-error', 'terminated'],
  ['completed', 'abandon', 'terminated'],
];

describe('NON_INVITE_CLIENT (RFC 3261 §17.1.2 figure 6)', () => {
  itHasExactly(NON_INVITE_CLIENT, EVENTS, FIGURE);
  itStaysTerminated(NON_INVITE_CLIENT, 'trying', EVENTS);
});
