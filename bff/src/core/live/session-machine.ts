/** Where a live session stands. */
export type SessionState = 'opening' | 'inviting' | 'awaiting-media' | 'playing' | 'closing' | 'closed';

export type SessionEvent =
  | 'port-opened'
  | 'port-refused'
  | 'answered'
  | 'refused'
  | 'media-up'
  | 'media-lost'
  | 'call-ended'
  | 'abandon'
  | 'released';

export type SessionAction =
  /** Takes the INVITE back: CANCEL, or BYE if its answer crosses. */
  | 'cancel-invite'
  /** Tells the waiting viewers that they may play. */
  | 'succeed'
  /** Tells the waiting viewers why they may not. */
  | 'fail'
  /** Ends the call, closes the port, gives the SSRC back; then `released`. */
  | 'release';

/** One cell: where the session goes and what is done on the way. */
export interface SessionStep {
  readonly to: SessionState;
  readonly actions: readonly SessionAction[];
}

/**
 * The life of one stream from a camera as data: what a state does not list, it ignores. Media may come up
 * before the answer of the INVITE does; the runner then remembers it and tells it after `answered`.
 */
export const SESSION_MACHINE: Readonly<
  Record<SessionState, Readonly<Partial<Record<SessionEvent, SessionStep>>>>
> = {
  opening: {
    'port-opened': { to: 'inviting', actions: [] },
    'port-refused': { to: 'closing', actions: ['fail', 'release'] },
    abandon: { to: 'closing', actions: ['fail', 'release'] },
  },
  inviting: {
    answered: { to: 'awaiting-media', actions: [] },
    refused: { to: 'closing', actions: ['fail', 'release'] },
    'media-lost': { to: 'closing', actions: ['cancel-invite', 'fail', 'release'] },
    abandon: { to: 'closing', actions: ['cancel-invite', 'fail', 'release'] },
  },
  'awaiting-media': {
    'media-up': { to: 'playing', actions: ['succeed'] },
    'media-lost': { to: 'closing', actions: ['fail', 'release'] },
    'call-ended': { to: 'closing', actions: ['fail', 'release'] },
    abandon: { to: 'closing', actions: ['fail', 'release'] },
  },
  playing: {
    'media-lost': { to: 'closing', actions: ['release'] },
    'call-ended': { to: 'closing', actions: ['release'] },
    abandon: { to: 'closing', actions: ['release'] },
  },
  closing: {
    released: { to: 'closed', actions: [] },
  },
  closed: {},
};
