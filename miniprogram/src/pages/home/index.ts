import type { ServerState } from '../../components/server-card/index.ts';
import { liveUrl } from '../../models/camera-entry.ts';
import { cameraCodeText } from '../../models/device-code.ts';
import type { RecentCamera } from '../../models/recent.ts';
import { toast } from '../../platform/notices.ts';
import { openPage } from '../../platform/pages.ts';
import { recentCameras } from '../../services/remembered.ts';
import { isReachable, rememberServer, serverUrl } from '../../services/server.ts';
import { BRAND, HOME_TEXTS, SERVER_TEXTS, shareTitle } from '../../texts/pages.ts';

Page({
  data: {
    brand: BRAND,
    texts: HOME_TEXTS,
    recent: [] as (RecentCamera & { readonly code: string; readonly key: string })[],
    server: { url: '', state: 'checking' as ServerState },
  },

  onShow() {
    const recent = recentCameras().map((camera) => {
      const code = cameraCodeText(camera);
      return { ...camera, code, key: `${code} ${String(camera.trial)}` };
    });
    this.setData({ recent });
    void this.look();
  },

  onTrial() {
    this.openWithServer('/pages/trial/index');
  },

  onOwn() {
    this.openWithServer('/pages/own/index');
  },

  onRecent(event: WechatMiniprogram.BaseEvent<object, { index: number }>) {
    const camera = this.data.recent[event.currentTarget.dataset.index];
    if (camera !== undefined) this.openWithServer(liveUrl(camera, camera));
  },

  onServer(event: WechatMiniprogram.CustomEvent<{ url: string }>) {
    rememberServer(event.detail.url);
    toast(SERVER_TEXTS.saved);
    void this.look();
  },

  onShareAppMessage() {
    return { title: shareTitle(''), path: '/pages/home/index' };
  },

  openWithServer(url: string) {
    if (serverUrl() === undefined) toast(SERVER_TEXTS.missingHint);
    else openPage(url);
  },

  /** Where the server is, and whether it is there; the answer to an older question does not count. */
  async look() {
    const url = serverUrl();
    this.setData({ 'server.url': url ?? '', 'server.state': url === undefined ? 'missing' : 'checking' });
    if (url === undefined) return;
    const reachable = await isReachable();
    if (serverUrl() === url) this.setData({ 'server.state': reachable ? 'reachable' : 'unreachable' });
  },
});
