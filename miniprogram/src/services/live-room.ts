import type { NoticeAction } from '../texts/failures.ts';
import { shareTitle } from '../texts/pages.ts';
import { STAGE_TEXTS } from '../texts/player.ts';
import { liveUrl, type CameraEntry } from '../models/camera-entry.ts';
import { changedPaths } from '../models/changed-paths.ts';
import type { DeviceFacts, SteerAbility } from '../models/device-facts.ts';
import type { Failure } from '../models/failure.ts';
import { briefOf } from '../models/failure-notice.ts';
import {
  cardOf,
  hintOf,
  initialLiveData,
  limitOf,
  pictureView,
  withPresence,
  type LiveData,
} from '../models/live-data.ts';
import type { PlayerState } from '../models/player-fsm.ts';
import { edgeOf } from '../models/ptz-limit.ts';
import type { SteerDirection, SteerMove, SteerSpeed } from '../models/ptz-move.ts';
import type { Quality } from '../models/quality.ts';
import { steerView } from '../models/steer-view.ts';
import { streamFacts } from '../models/stream-facts.ts';
import { networkNow, watchNetwork } from '../platform/network.ts';
import { toast } from '../platform/notices.ts';
import { goHome, replacePage, setTitle } from '../platform/pages.ts';
import { keepAwake, nudgeFinger } from '../platform/screen.ts';
import { after } from '../platform/timers.ts';
import { CameraVisit, type CameraNews } from './camera-visit.ts';
import { PlayerDriver, type MediaRefusal } from './player-driver.ts';
import { PtzDriver } from './ptz-driver.ts';
import { rememberRecent, rememberSound, soundWanted } from './remembered.ts';

/** How long the edge of the picture tells that the camera turns no further, ms. */
const LIMIT_SHOWN_MS = 2000;

/** The page as the room sees it. */
export interface LiveScreen {
  /** Changed data only, keyed by path. */
  show(changes: Record<string, unknown>): void;
  startPlayer(url: string): void;
  nudgePlayer(): void;
  stopPlayer(): void;
  leaveFull(): void;
}

/** The viewer was told once that the picture comes over the mobile network. */
let cellularTold = false;

/** One visit to a camera: finds it, plays it, turns it, and says what happens. */
export class LiveRoom {
  readonly #entry: CameraEntry;
  readonly #screen: LiveScreen;
  readonly #visit: CameraVisit;
  readonly #player: PlayerDriver;
  readonly #ptz: PtzDriver;
  #data: LiveData;
  #facts: DeviceFacts | undefined;
  #ability: SteerAbility | undefined;
  #seen = false;
  #hintDismissed = false;
  #unwatch: () => void = () => undefined;
  #cancelLimit: () => void = () => undefined;
  #closed = false;

  constructor(entry: CameraEntry, screen: LiveScreen) {
    this.#entry = entry;
    this.#screen = screen;
    this.#visit = new CameraVisit(entry, (news) => {
      this.#learnt(news);
    });
    this.#data = { ...initialLiveData(!soundWanted()), card: cardOf(entry) };
    this.#player = new PlayerDriver({
      askAddress: () => this.#visit.address(this.#data.quality),
      startPlayer: (url) => {
        screen.startPlayer(url);
      },
      nudgePlayer: () => {
        screen.nudgePlayer();
      },
      stopPlayer: () => {
        screen.stopPlayer();
      },
      keepAwake,
      after,
      changed: (state) => {
        this.#playerChanged(state);
      },
    });
    this.#ptz = new PtzDriver({
      start: (move) => this.#visit.start(move),
      stop: (move) => this.#visit.stop(move),
      after,
      refused: (failure, move) => {
        this.#steeringRefused(failure, move);
      },
    });
  }

  /** The data to begin with. */
  get data(): LiveData {
    return this.#data;
  }

  /** The page stands: the picture is asked for at once. */
  open(): void {
    if (this.#data.card.name !== '') setTitle(this.#data.card.name);
    this.#unwatch = watchNetwork({
      changed: (connected, cellular) => {
        this.#player.dispatch({ type: connected ? 'network-back' : 'network-lost' });
        if (connected && cellular) this.#tellCellular();
      },
      weak: () => {
        this.#player.dispatch({ type: 'network-weak' });
      },
    });
    this.#player.dispatch({ type: 'play' });
    void networkNow().then(({ connected, cellular }) => {
      if (this.#closed) return;
      if (!connected) this.#player.dispatch({ type: 'network-lost' });
      else if (cellular) this.#tellCellular();
    });
  }

  show(): void {
    this.#player.dispatch({ type: 'show' });
  }

  hide(): void {
    this.#ptz.leave();
    this.#player.dispatch({ type: 'hide' });
  }

  /** Nothing of this room goes on: no picture, no timer, no listener; a camera that turns is stopped. */
  close(): void {
    this.#closed = true;
    this.#unwatch();
    this.#cancelLimit();
    this.#ptz.leave();
    this.#player.dispose();
  }

  toggle(): void {
    this.#player.dispatch({ type: this.#data.view.wanted ? 'stop' : 'play' });
  }

  /** The button of a notice. */
  act(): void {
    const action: NoticeAction = this.#data.view.action;
    if (action === 'retry') this.#player.dispatch({ type: 'play' });
    if (action !== 'home' && action !== 'refill') return;
    this.#screen.leaveFull();
    if (action === 'home') goHome();
    else replacePage(this.#formUrl());
  }

  setQuality(quality: Quality): void {
    this.#hintDismissed = false;
    this.#set({ quality, facts: '' });
    this.#player.dispatch({ type: 'reload' });
  }

  toggleSound(): void {
    const muted = !this.#data.muted;
    rememberSound(!muted);
    this.#set({ muted });
  }

  dismissHint(): void {
    this.#hintDismissed = true;
    this.#set({ hint: '' });
  }

  steer(direction: SteerDirection): void {
    this.#ptz.press({ direction, speed: this.#data.speed });
  }

  release(): void {
    this.#ptz.release();
  }

  denied(): void {
    toast(this.#data.steer.hint);
  }

  setSpeed(speed: SteerSpeed): void {
    this.#set({ speed });
  }

  heard(code: number, refusal: MediaRefusal | undefined): void {
    this.#player.heard(code, refusal);
  }

  netStatus(info: unknown): void {
    if (this.#data.view.live) this.#set({ facts: streamFacts(info) });
  }

  /** A card without any secret: who opens it needs a right of his own. */
  shareCard(): { readonly title: string; readonly path: string } {
    const entry = this.#entry;
    const named = entry.from === 'trial' || entry.from === 'own' || entry.from === 'link';
    const { name } = this.#data.card;
    return {
      title: shareTitle(name),
      path: named ? liveUrl(entry, { trial: entry.from === 'trial', name }) : '/pages/home/index',
    };
  }

  #learnt({ facts, ability, against }: CameraNews): void {
    if (this.#closed) return;
    this.#ability = ability ?? this.#ability;
    this.#facts = facts ?? this.#facts;
    if (facts !== undefined) this.#showFacts(facts);
    if (against !== undefined) this.#player.dispatch({ type: 'ruled-out', failure: against });
    this.#playerChanged(this.#player.state);
  }

  #showFacts({ name, online }: DeviceFacts): void {
    const { card } = this.#data;
    const known = card.name === '' && name !== '' ? { ...card, name } : card;
    if (known !== card) setTitle(name);
    this.#set({ card: withPresence(known, online) });
  }

  #playerChanged(state: PlayerState): void {
    const view = pictureView(state, this.#facts?.lastSeen ?? '');
    if (view.live && !this.#seen) this.#watched();
    // A picture that is lost while the camera turns leaves nobody who sees where it goes.
    if (!view.live && this.#data.view.live) this.#ptz.leave();
    const { card } = this.#data;
    const playing = view.live && card.presence !== 'online';
    this.#set({
      view,
      steer: steerView(this.#ability, view.live),
      hint: hintOf(view, this.#data.quality, this.#hintDismissed),
      ...(playing ? { card: withPresence(card, true) } : {}),
      ...(view.live ? {} : { facts: '' }),
    });
  }

  /** The picture has come: next time the camera is at hand on the first page, unless its right came from elsewhere. */
  #watched(): void {
    this.#seen = true;
    this.#visit.seen();
    const entry = this.#entry;
    if (entry.from !== 'trial' && entry.from !== 'own') return;
    const { deviceSerial, channelNo, from } = entry;
    rememberRecent({ deviceSerial, channelNo, name: this.#data.card.name, trial: from === 'trial' });
  }

  #steeringRefused(failure: Failure, move: SteerMove): void {
    if (this.#closed) return;
    const edge = edgeOf(failure.code);
    if (edge === undefined || move.direction === 'zoomIn' || move.direction === 'zoomOut') {
      toast(briefOf(failure));
      return;
    }
    nudgeFinger();
    this.#set(limitOf(edge));
    this.#cancelLimit();
    this.#cancelLimit = after(LIMIT_SHOWN_MS, () => {
      this.#set(limitOf(''));
    });
  }

  #tellCellular(): void {
    if (cellularTold) return;
    cellularTold = true;
    toast(STAGE_TEXTS.cellular);
  }

  #formUrl(): string {
    const entry = this.#entry;
    if (entry.from !== 'own' && entry.from !== 'link') return '/pages/own/index';
    return `/pages/own/index?deviceSerial=${entry.deviceSerial}&channelNo=${entry.channelNo}`;
  }

  #set(next: Partial<LiveData>): void {
    const before = this.#data;
    this.#data = { ...before, ...next };
    if (this.#closed) return;
    const { view, steer, card, ...rest } = this.#data;
    const { view: oldView, steer: oldSteer, card: oldCard, ...oldRest } = before;
    const changes = {
      ...changedPaths('view', oldView, view),
      ...changedPaths('steer', oldSteer, steer),
      ...changedPaths('card', oldCard, card),
      ...changedPaths('', oldRest, rest),
    };
    if (Object.keys(changes).length > 0) this.#screen.show(changes);
  }
}
