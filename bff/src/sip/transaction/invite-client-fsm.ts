import { type StateTable, to } from './state-table.ts';

export type InviteClientState = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';

export type InviteClientEvent =
  | 'start'
  | 'provisional'
  | 'success'
  | 'failure'
  | 'timer-A'
  | 'timer-B'
  | 'timer-D'
  | 'timer-M'
  | 'transport-error'
  | 'abandon';

export type InviteClientAction = 'send-request' | 'send-ack' | 'pass-up' | 'timed-out' | 'transport-failed';

/** The INVITE client transaction: RFC 3261 §17.1.1 figure 5 as amended by RFC 6026 §7.2 (Accepted, Timer M). */
export const INVITE_CLIENT: StateTable<InviteClientState, InviteClientEvent, InviteClientAction> = {
  calling: {
    start: to('calling', 'send-request', 'start-A', 'start-B'),
    provisional: to('proceeding', 'stop-A', 'stop-B', 'pass-up'),
    success: to('accepted', 'stop-A', 'stop-B', 'start-M', 'pass-up'),
    failure: to('completed', 'stop-A', 'stop-B', 'send-ack', 'pass-up', 'start-D'),
    'timer-A': to('calling', 'send-request', 'repeat-A'),
    'timer-B': to('terminated', 'timed-out'),
    'transport-error': to('terminated', 'transport-failed'),
    abandon: to('terminated'),
  },
  // A provisional answer ends Timer B: how long a phone may ring is the user's decision (§17.1.1.2).
  proceeding: {
    provisional: to('proceeding', 'pass-up'),
    success: to('accepted', 'start-M', 'pass-up'),
    failure: to('completed', 'send-ack', 'pass-up', 'start-D'),
    'transport-error': to('terminated', 'transport-failed'),
    abandon: to('terminated'),
  },
  accepted: {
    success: to('accepted', 'pass-up'),
    'timer-M': to('terminated'),
    'transport-error': to('terminated'),
    abandon: to('terminated'),
  },
  completed: {
    failure: to('completed', 'send-ack'),
    'timer-D': to('terminated'),
    'transport-error': to('terminated'),
    abandon: to('terminated'),
  },
  terminated: {},
};
