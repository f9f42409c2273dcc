import { type StateTable, to } from './state-table.ts';

export type NonInviteClientState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export type NonInviteClientEvent =
  'start' | 'provisional' | 'final' | 'timer-E' | 'timer-F' | 'timer-K' | 'transport-error' | 'abandon';

export type NonInviteClientAction = 'send-request' | 'pass-up' | 'timed-out' | 'transport-failed';

/** The non-INVITE client transaction: RFC 3261 §17.1.2 figure 6. */
export const NON_INVITE_CLIENT: StateTable<
  NonInviteClientState,
  NonInviteClientEvent,
  NonInviteClientAction
> = {
  trying: {
    start: to('trying', 'send-request', 'start-E', 'start-F'),
    provisional: to('proceeding', 'pass-up'),
    final: to('completed', 'stop-E', 'stop-F', 'pass-up', 'start-K'),
    'timer-E': to('trying', 'send-request', 'repeat-E'),
    'timer-F': to('terminated', 'timed-out'),
    'transport-error': to('terminated', 'transport-failed'),
    abandon: to('terminated'),
  },
  proceeding: {
    provisional: to('proceeding', 'pass-up'),
    final: to('completed', 'stop-E', 'stop-F', 'pass-up', 'start-K'),
    'timer-E': to('proceeding', 'send-request', 'slow-E'),
    'timer-F': to('terminated', 'timed-out'),
    'transport-error': to('terminated', 'transport-failed'),
    abandon: to('terminated'),
  },
  completed: {
    'timer-K': to('terminated'),
    'transport-error': to('terminated'),
    abandon: to('terminated'),
  },
  terminated: {},
};
