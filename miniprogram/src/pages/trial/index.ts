import { liveUrl } from '../../models/camera-entry.ts';
import { noticeOf, type Notice } from '../../models/failure-notice.ts';
import type { TrialCamera } from '../../models/trial-offer.ts';
import { goHome, openPage, refreshed } from '../../platform/pages.ts';
import { fetchTrialOffer } from '../../services/trial.ts';
import { shareTitle, TRIAL_TEXTS } from '../../texts/pages.ts';

const OWN_PAGE = '/pages/own/index';

const EMPTY: Notice = {
  title: TRIAL_TEXTS.empty,
  cause: TRIAL_TEXTS.emptyCause,
  action: 'retry',
  actionText: TRIAL_TEXTS.refresh,
  code: '',
};

Page({
  data: {
    texts: TRIAL_TEXTS,
    state: 'loading' as 'loading' | 'ready' | 'empty' | 'failed',
    cameras: [] as TrialCamera[],
    notice: EMPTY,
  },
  /** Grows with each question: the answer to an older one does not count. */
  asked: 0,

  onShow() {
    void this.refresh();
  },

  onPullDownRefresh() {
    void this.refresh().then(refreshed);
  },

  onUnload() {
    this.asked += 1;
  },

  onCamera(event: WechatMiniprogram.BaseEvent<object, { index: number }>) {
    const camera = this.data.cameras[event.currentTarget.dataset.index];
    if (camera !== undefined) openPage(liveUrl(camera, { trial: true, name: camera.name }));
  },

  onOwn() {
    openPage(OWN_PAGE);
  },

  onAct() {
    const { action } = this.data.notice;
    if (action === 'home') goHome();
    else if (action === 'refill') openPage(OWN_PAGE);
    else {
      this.setData({ state: 'loading' });
      void this.refresh();
    }
  },

  onShareAppMessage() {
    return { title: shareTitle(TRIAL_TEXTS.title), path: '/pages/trial/index' };
  },

  async refresh() {
    this.asked += 1;
    const asked = this.asked;
    const offer = await fetchTrialOffer();
    if (asked !== this.asked) return;
    if (!offer.ok) this.setData({ state: 'failed', notice: noticeOf(offer.failure) });
    else if (offer.value.cameras.length === 0) this.setData({ state: 'empty', notice: EMPTY });
    else this.setData({ state: 'ready', cameras: offer.value.cameras });
  },
});
