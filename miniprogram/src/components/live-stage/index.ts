import { BAR_HIDES_AFTER_MS, barMayHide } from '../../models/bar-visibility.ts';
import { INITIAL_PLAYER_STATE } from '../../models/player-fsm.ts';
import { LOADING_STEPS, viewOf } from '../../models/player-view.ts';
import { HIGH, LOW, type Quality } from '../../models/quality.ts';
import { livePlayer, type PlayerControl } from '../../platform/live-player.ts';
import { after } from '../../platform/timers.ts';
import { QUALITY_TEXTS, STAGE_TEXTS } from '../../texts/player.ts';
import type { StageCommand } from '../stage-bar/index.ts';

/** What a page calls on its stage. */
export interface LiveStage {
  start(url: string): void;
  nudge(): void;
  stop(): void;
  leaveFull(): void;
}

interface Parts {
  readonly player: PlayerControl;
  cancelHide: () => void;
}

/** What an instance keeps besides its data. */
const parts = new WeakMap<object, Parts>();

function partsOf(stage: object): Parts {
  const known = parts.get(stage);
  if (known !== undefined) return known;
  const made: Parts = { player: livePlayer('player', stage), cancelHide: () => undefined };
  parts.set(stage, made);
  return made;
}

/** `statechange` code of a player that did not take the address. */
const NOT_TAKEN = -2301;

/**
 * The picture with everything that lies on it. Events: `signal` ({code, refusal}) and `netstatus` ({info}) of the
 * player, `toggle`, `sound`, `quality` ({value}), `act` (the notice's button), `dismiss` (the hint's).
 */
Component({
  properties: {
    view: { type: Object, value: viewOf(INITIAL_PLAYER_STATE) },
    /** Camera's name, shown in full screen. */
    name: { type: String, value: '' },
    muted: { type: Boolean, value: true },
    quality: { type: Number, value: HIGH },
    /** Size and speed of the running stream, '' for none. */
    facts: { type: String, value: '' },
    /** Edge of the picture at which the camera turns no further: top, bottom, left, right, or ''. */
    limit: { type: String, value: '' },
    limitText: { type: String, value: '' },
    /** Word about a weak network, '' for none. */
    hint: { type: String, value: '' },
  },
  data: {
    src: '',
    full: false,
    fill: false,
    barShown: true,
    menuOpen: false,
    texts: STAGE_TEXTS,
    steps: Array.from({ length: LOADING_STEPS }, (_, index) => index),
    names: { high: QUALITY_TEXTS[HIGH], low: QUALITY_TEXTS[LOW] },
    qualities: [HIGH, LOW].map((value) => ({ value, text: QUALITY_TEXTS[value] })),
  },
  observers: {
    view() {
      this.settleBar();
    },
  },
  lifetimes: {
    detached() {
      partsOf(this).cancelHide();
    },
  },
  methods: {
    start(url: string) {
      this.setData({ src: url }, () => {
        if (this.data.src !== url) return;
        partsOf(this).player.play(() => {
          this.triggerEvent('signal', { code: NOT_TAKEN });
        });
      });
    },
    nudge() {
      partsOf(this).player.play(() => undefined);
    },
    stop() {
      partsOf(this).player.stop();
      if (this.data.src !== '') this.setData({ src: '' });
    },
    leaveFull() {
      if (this.data.full) partsOf(this).player.exitFull();
    },

    onState(event: WechatMiniprogram.CustomEvent<{ code: number; refusal?: object }>) {
      this.triggerEvent('signal', event.detail);
    },
    onNetStatus(event: WechatMiniprogram.CustomEvent<{ info: object }>) {
      this.triggerEvent('netstatus', event.detail);
    },
    /** Also when the user left by the system's own gesture. */
    onFullChange(event: WechatMiniprogram.CustomEvent<{ fullScreen: boolean | string }>) {
      const full = event.detail.fullScreen === true || event.detail.fullScreen === 'true';
      this.setData({ full, menuOpen: false });
      this.showBar();
    },

    onPicture() {
      const { view, barShown, menuOpen } = this.data;
      if (menuOpen) this.setData({ menuOpen: false });
      else if (barShown && barMayHide(view, menuOpen)) this.hideBar();
      else this.showBar();
    },
    onBigPlay() {
      this.triggerEvent('toggle');
    },
    onAct() {
      this.triggerEvent('act');
    },
    onLeaveFull() {
      this.leaveFull();
    },
    onLower() {
      this.choose(LOW);
    },
    onDismiss() {
      this.triggerEvent('dismiss');
    },
    onChoose(event: WechatMiniprogram.BaseEvent<object, { value: Quality }>) {
      this.choose(event.currentTarget.dataset.value);
    },
    onCommand(event: WechatMiniprogram.CustomEvent<{ name: StageCommand }>) {
      const { name } = event.detail;
      if (name === 'menu') this.setData({ menuOpen: !this.data.menuOpen });
      else if (name === 'fit') this.setData({ fill: !this.data.fill });
      else if (name !== 'full') this.triggerEvent(name);
      else if (this.data.full) this.leaveFull();
      else partsOf(this).player.enterFull(90);
      this.showBar();
    },

    choose(value: Quality) {
      this.setData({ menuOpen: false });
      if (value !== this.data.quality) this.triggerEvent('quality', { value });
      this.showBar();
    },
    showBar() {
      if (!this.data.barShown) this.setData({ barShown: true });
      this.settleBar();
    },
    hideBar() {
      partsOf(this).cancelHide();
      this.setData({ barShown: false });
    },
    /** The bar stays while there is something to do, and leaves a picture that runs alone after a while. */
    settleBar() {
      const part = partsOf(this);
      part.cancelHide();
      part.cancelHide = () => undefined;
      if (!barMayHide(this.data.view, this.data.menuOpen)) {
        if (!this.data.barShown) this.setData({ barShown: true });
      } else if (this.data.barShown) {
        part.cancelHide = after(BAR_HIDES_AFTER_MS, () => {
          this.hideBar();
        });
      }
    },
  },
});
