import { type StateTable, to } from './state-table.ts';

export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export type NonInviteServerEvent =
  'request' | 'send-provisional' | 'send-final' | 'timer-J' | 'transport-error';

export type NonInviteServerAction = 'send-response' | 'resend-response';

/** The non-INVITE server transaction: RFC 3261 §17.2.2 figure 8. */
export const NON_INVITE_SERVER: StateTable<
  NonInviteServerState,
  NonInviteServerEvent,
  NonInviteServerAction
> = {
  // There is nothing to repeat yet: a repeated request is absorbed.
  trying: {
    'send-provisional': to('proceeding', 'send-response'),
    'send-final': to('completed', 'send-response', 'start-J'),
    'transport-error': to('terminated'),
  },
  proceeding: {
    request: to('proceeding', 'resend-response'),
    'send-provisional': to('proceeding', 'send-response'),
    'send-final': to('completed', 'send-response', 'start-J'),
    'transport-error': to('terminated'),
  },
  completed: {
    request: to('completed', 'resend-response'),
    'timer-J': to('terminated'),
    'transport-error': to('terminated'),
  },
  terminated: {},
};
