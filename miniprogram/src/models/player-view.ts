import type { NoticeAction } from '../texts/failures.ts';
import { PLAYER_TEXTS, retryText } from '../texts/player.ts';
import type { Failure } from './failure.ts';
import { noticeOf } from './failure-notice.ts';
import { RETRY_DELAYS_MS, type PlayerState } from './player-fsm.ts';

/** What lies over the picture. */
export interface PlayerView {
  readonly layer: 'idle' | 'loading' | 'none' | 'notice';
  readonly title: string;
  readonly cause: string;
  readonly code: string;
  readonly action: NoticeAction;
  readonly actionText: string;
  /** Steps done of {@link LOADING_STEPS} on the way to the first picture; -1 where there are none to count. */
  readonly step: number;
  /** The text of the chip in the picture's corner, '' for none. */
  readonly chip: string;
  /** True from the wish to see until the viewer stops or it fails: the button then stops. */
  readonly wanted: boolean;
  /** True while a picture moves or is about to move again: steering makes sense. */
  readonly live: boolean;
  /** The hint that the network carries this quality badly. */
  readonly weak: boolean;
}

/** Address, server, data, picture. */
export const LOADING_STEPS = 4;

const NOTHING: PlayerView = {
  layer: 'none',
  title: '',
  cause: '',
  code: '',
  action: 'none',
  actionText: '',
  step: -1,
  chip: '',
  wanted: true,
  live: false,
  weak: false,
};

function loading(title: string, step = -1, cause = ''): PlayerView {
  return { ...NOTHING, layer: 'loading', title, cause, step };
}

function waiting({ failure, tries }: PlayerState): PlayerView {
  const why = failure === undefined ? '' : noticeOf(failure).title;
  return loading(PLAYER_TEXTS.waiting, -1, retryText(why, tries, RETRY_DELAYS_MS.length));
}

/** The state of the player as the page shows it. */
export function viewOf(state: PlayerState): PlayerView {
  const { phase, failure, weak } = state;
  const { chips } = PLAYER_TEXTS;
  const over = { live: true, weak };
  switch (phase) {
    case 'idle':
      return { ...NOTHING, layer: 'idle', title: PLAYER_TEXTS.idle, wanted: false };
    case 'requesting':
      return loading(PLAYER_TEXTS.requesting, 0);
    case 'connecting':
      return loading(PLAYER_TEXTS.connecting[state.progress], state.progress + 1);
    case 'playing':
      return { ...NOTHING, ...over, chip: chips.playing };
    case 'buffering':
      return state.halted
        ? { ...loading(PLAYER_TEXTS.buffering), ...over, chip: chips.buffering }
        : { ...NOTHING, ...over, chip: chips.playing };
    case 'reconnecting':
      return { ...loading(PLAYER_TEXTS.reconnecting), ...over, chip: chips.reconnecting };
    case 'waiting':
      return waiting(state);
    case 'no-network':
      return {
        ...NOTHING,
        layer: 'notice',
        title: PLAYER_TEXTS.networkLost,
        cause: PLAYER_TEXTS.networkLostCause,
      };
    case 'background':
      return loading(PLAYER_TEXTS.paused);
    case 'failed':
      return { ...NOTHING, wanted: false, layer: 'notice', ...noticeOf(failure ?? UNKNOWN) };
  }
}

const UNKNOWN: Failure = { kind: 'disconnected', code: '', message: '' };
