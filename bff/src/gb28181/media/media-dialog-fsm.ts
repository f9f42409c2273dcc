/** Life of one media session, from INVITE to the end (GB/T 28181-2016 §9.2). */
export type MediaDialogState = 'inviting' | 'established' | 'ending' | 'ended';

export type MediaDialogInput =
  /** A 2xx with a usable description. */
  | 'answered'
  /** A 2xx whose description cannot be used. */
  | 'answered-unusably'
  /** A final response of 300 or more, no answer, or no way to the device. */
  | 'failed'
  /** Nobody wants it any more before it was answered. */
  | 'abandoned'
  /** Our side closes. */
  | 'closed'
  /** The device reports that it has sent everything (MediaStatus). */
  | 'media-over'
  /** The device went offline. */
  | 'device-lost'
  /** The dialog is over: BYE of the device, or its end after ours. */
  | 'dialog-ended';

export type MediaDialogAction = 'ack' | 'bye' | 'cancel';

/** What an input does in a state. */
export interface MediaDialogStep {
  readonly next: MediaDialogState;
  readonly actions: readonly MediaDialogAction[];
}

type Row = Readonly<Partial<Record<MediaDialogInput, MediaDialogStep>>>;

const step = (next: MediaDialogState, ...actions: MediaDialogAction[]): MediaDialogStep => ({
  next,
  actions,
});

/** What is not listed changes nothing. */
const TABLE: Readonly<Record<MediaDialogState, Row>> = {
  inviting: {
    answered: step('established', 'ack'),
    'answered-unusably': step('ending', 'ack', 'bye'),
    failed: step('ended'),
    abandoned: step('ended', 'cancel'),
    'device-lost': step('ended', 'cancel'),
  },
  established: {
    closed: step('ending', 'bye'),
    'media-over': step('ending', 'bye'),
    'device-lost': step('ending', 'bye'),
    'dialog-ended': step('ended'),
  },
  ending: {
    'dialog-ended': step('ended'),
  },
  ended: {},
};

/** The step for an input; undefined when it means nothing in this state. */
export function mediaDialogStep(
  state: MediaDialogState,
  input: MediaDialogInput,
): MediaDialogStep | undefined {
  return TABLE[state][input];
}
