import { LIMIT_TEXTS } from '../texts/steering.ts';
import { LIVE_TEXTS } from '../texts/pages.ts';
import { STAGE_TEXTS } from '../texts/player.ts';
import type { CameraEntry } from './camera-entry.ts';
import { INITIAL_PLAYER_STATE, type PlayerState } from './player-fsm.ts';
import { viewOf, type PlayerView } from './player-view.ts';
import type { Edge } from './ptz-limit.ts';
import type { SteerSpeed } from './ptz-move.ts';
import { HIGH, LOW, type Quality } from './quality.ts';
import { steerView, type SteerView } from './steer-view.ts';

/** What stands under the picture about the camera. */
export interface CameraCard {
  readonly name: string;
  /** Serial and channel, '' until they are known. */
  readonly code: string;
  readonly presence: '' | 'online' | 'offline';
  readonly presenceText: string;
  readonly trial: boolean;
}

/** The data of the live page. */
export interface LiveData {
  readonly view: PlayerView;
  readonly steer: SteerView;
  readonly card: CameraCard;
  readonly quality: Quality;
  readonly muted: boolean;
  readonly speed: SteerSpeed;
  readonly facts: string;
  readonly limit: Edge | '';
  readonly limitText: string;
  readonly hint: string;
}

export function initialLiveData(muted: boolean): LiveData {
  return {
    view: viewOf(INITIAL_PLAYER_STATE),
    steer: steerView(undefined, false),
    card: { name: '', code: '', presence: '', presenceText: '', trial: false },
    quality: HIGH,
    muted,
    speed: 1,
    facts: '',
    limit: '',
    limitText: '',
    hint: '',
  };
}

/** The card as far as the entry knows the camera. */
export function cardOf(entry: CameraEntry): CameraCard {
  const named = 'deviceSerial' in entry;
  return {
    name: named ? entry.name : '',
    code: named ? `${entry.deviceSerial} · ${LIVE_TEXTS.channel} ${entry.channelNo}` : '',
    presence: '',
    presenceText: '',
    trial: entry.from === 'trial',
  };
}

export function withPresence(card: CameraCard, online: boolean): CameraCard {
  const presence = online ? 'online' : 'offline';
  return { ...card, presence, presenceText: LIVE_TEXTS[presence] };
}

/** The player's view; an offline device's says since when. */
export function pictureView(state: PlayerState, lastSeen: string): PlayerView {
  const view = viewOf(state);
  if (state.failure?.kind !== 'device-offline' || lastSeen === '') return view;
  return { ...view, cause: `${lastSeen}，${view.cause}` };
}

/** What to say of a weak network: the high quality can give way to the lower one. */
export function hintOf(view: PlayerView, quality: Quality, dismissed: boolean): string {
  if (!view.weak || dismissed) return '';
  return quality === LOW ? STAGE_TEXTS.weakest : STAGE_TEXTS.weak;
}

export function limitOf(edge: Edge | ''): Pick<LiveData, 'limit' | 'limitText'> {
  return { limit: edge, limitText: edge === '' ? '' : LIMIT_TEXTS[edge] };
}
