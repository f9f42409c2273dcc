import type { LiveStage } from '../../components/live-stage/index.ts';
import { readEntry } from '../../models/camera-entry.ts';
import { initialLiveData } from '../../models/live-data.ts';
import type { SteerDirection, SteerSpeed } from '../../models/ptz-move.ts';
import type { Quality } from '../../models/quality.ts';
import { extraDataFor } from '../../platform/entry.ts';
import { LiveRoom } from '../../services/live-room.ts';
import type { MediaRefusal } from '../../services/player-driver.ts';
import { LIVE_TEXTS } from '../../texts/pages.ts';

type Detail<T extends object> = WechatMiniprogram.CustomEvent<T>;

Page({
  data: { ...initialLiveData(true), texts: LIVE_TEXTS },
  room: undefined as LiveRoom | undefined,

  onLoad(query) {
    // A page that is on its way out has no stage any more.
    const stage = (): LiveStage | null => this.selectComponent('#stage') as unknown as LiveStage | null;
    this.room = new LiveRoom(readEntry(query, extraDataFor('pages/live/index')), {
      show: (changes) => {
        this.setData(changes);
      },
      startPlayer: (url) => {
        stage()?.start(url);
      },
      nudgePlayer: () => {
        stage()?.nudge();
      },
      stopPlayer: () => {
        stage()?.stop();
      },
      leaveFull: () => {
        stage()?.leaveFull();
      },
    });
    const { muted, card } = this.room.data;
    this.setData({ muted, card });
  },

  onReady() {
    this.room?.open();
  },

  onShow() {
    this.room?.show();
  },

  onHide() {
    this.room?.hide();
  },

  onUnload() {
    this.room?.close();
  },

  onShareAppMessage(): WechatMiniprogram.Page.ICustomShareContent {
    return this.room?.shareCard() ?? {};
  },

  onSignal({ detail }: Detail<{ code: number; refusal?: MediaRefusal }>) {
    this.room?.heard(detail.code, detail.refusal);
  },

  onNetStatus({ detail }: Detail<{ info: object }>) {
    this.room?.netStatus(detail.info);
  },

  onToggle() {
    this.room?.toggle();
  },

  onSound() {
    this.room?.toggleSound();
  },

  onQuality({ detail }: Detail<{ value: Quality }>) {
    this.room?.setQuality(detail.value);
  },

  onAct() {
    this.room?.act();
  },

  onDismiss() {
    this.room?.dismissHint();
  },

  onSteer({ detail }: Detail<{ direction: SteerDirection }>) {
    this.room?.steer(detail.direction);
  },

  onRelease() {
    this.room?.release();
  },

  onSpeed({ detail }: Detail<{ value: SteerSpeed }>) {
    this.room?.setSpeed(detail.value);
  },

  onDenied() {
    this.room?.denied();
  },
});
