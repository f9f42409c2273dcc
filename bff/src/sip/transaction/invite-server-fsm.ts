import { type StateTable, to } from './state-table.ts';

export type InviteServerState = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';

export type InviteServerEvent =
  | 'request'
  | 'ack'
  | 'send-provisional'
  | 'send-success'
  | 'send-failure'
  | 'send-stateless'
  | 'timer-G'
  | 'timer-H'
  | 'timer-I'
  | 'timer-L'
  | 'transport-error';

export type InviteServerAction = 'send-response' | 'resend-response' | 'unacknowledged' | 'transport-failed';

/**
 * The INVITE server transaction: RFC 3261 §17.2.1 figure 7 as amended by RFC 6026 §7.1 (Accepted, Timer L). A
 * fault of the transport ends it in every state, where the amended figure lets it go on: its flow is gone for good.
 * `send-stateless` is a refusal for which no state is worth keeping (§8.2.7): no Timer G, and nobody waits for the ACK.
 */
export const INVITE_SERVER: StateTable<InviteServerState, InviteServerEvent, InviteServerAction> = {
  proceeding: {
    request: to('proceeding', 'resend-response'),
    'send-provisional': to('proceeding', 'send-response'),
    'send-success': to('accepted', 'send-response', 'start-L'),
    'send-failure': to('completed', 'send-response', 'start-G', 'start-H'),
    'send-stateless': to('terminated', 'send-response'),
    'transport-error': to('terminated', 'transport-failed'),
  },
  // Repeating a 2xx is the user's work (RFC 3261 §13.3.1.4), so repeated INVITEs are absorbed here.
  accepted: {
    'send-success': to('accepted', 'send-response'),
    'timer-L': to('terminated'),
    'transport-error': to('terminated'),
  },
  completed: {
    request: to('completed', 'resend-response'),
    ack: to('confirmed', 'stop-G', 'stop-H', 'start-I'),
    'timer-G': to('completed', 'resend-response', 'repeat-G'),
    'timer-H': to('terminated', 'unacknowledged'),
    'transport-error': to('terminated', 'transport-failed'),
  },
  confirmed: {
    'timer-I': to('terminated'),
    'transport-error': to('terminated'),
  },
  terminated: {},
};
