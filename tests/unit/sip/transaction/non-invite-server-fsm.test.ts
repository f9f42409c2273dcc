import { NON_INVITE_SERVER } from '../../../../bff/src/sip/transaction/non-invite-server-fsm.ts';
import { type Arrow, itHasExactly, itStaysTerminated } from './fsm-table.ts';

const EVENTS = ['request', 'send-provisional', 'send-final', 'timer-J', 'transport-error'];

/** RFC 3261 figure 8. */
const FIGURE: readonly Arrow[] = [
  ['trying', 'send-provisional', 'proceeding', 'send-response'],
  ['trying', 'send-final', 'completed', 'send-response', 'start-J'],
  ['trying', 'transport-error', 'terminated'],
  ['proceeding', 'request', 'proceeding', 'resend-response'],
  ['proceeding', 'send-provisional', 'proceeding', 'send-response'],
  ['proceeding', 'send-final', 'completed', 'send-response', 'start-J'],
  ['proceeding', 'transport-error', 'terminated'],
  ['completed', 'request', 'completed', 'resend-response'],
  ['completed', 'timer-J', 'terminated'],
  ['completed', 'transport-error', 'terminated'],
];

describe('NON_INVITE_SERVER (RFC 3261 §17.2.2 figure 8)', () => {
  itHasExactly(NON_INVITE_SERVER, EVENTS, FIGURE);
  itStaysTerminated(NON_INVITE_SERVER, 'trying', EVENTS);
});
