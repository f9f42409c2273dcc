import { call, CallFailure, Listeners, unsupported } from './calls.ts';

interface NetworkStatus {
  readonly isConnected: boolean;
  readonly networkType: string;
}

interface WakeLockNavigator {
  readonly wakeLock?: { request(type: 'screen'): Promise<{ release(): Promise<void> }> };
}

interface ConnectionNavigator {
  readonly connection?: { readonly type?: string; readonly effectiveType?: string };
}

function networkStatus(): NetworkStatus {
  if (!navigator.onLine) return { isConnected: false, networkType: 'none' };
  const { connection } = navigator as ConnectionNavigator;
  const cellular = connection?.type === 'cellular' ? (connection.effectiveType ?? '4g') : undefined;
  return { isConnected: true, networkType: cellular ?? 'wifi' };
}

/** Network, screen, clipboard and what a phone has and a browser has not. `signal` ends the listening. */
export function deviceApi(signal: AbortSignal): Record<string, unknown> {
  const network = new Listeners<NetworkStatus>();
  for (const type of ['online', 'offline']) {
    window.addEventListener(
      type,
      () => {
        network.emit(networkStatus());
      },
      { signal },
    );
  }
  let lock: Promise<{ release(): Promise<void> }> | undefined;
  const keepScreenOn = async (keep: boolean): Promise<void> => {
    const held = lock;
    lock = undefined;
    await (await held?.catch(() => undefined))?.release();
    if (!keep) return;
    // Without a wake lock the screen follows the system's setting: nothing that a page could do about it.
    lock = (navigator as WakeLockNavigator).wakeLock?.request('screen');
    await lock?.catch(() => undefined);
  };
  return {
    getNetworkType: call('getNetworkType', networkStatus),
    onNetworkStatusChange: network.on,
    offNetworkStatusChange: network.off,
    onNetworkWeakChange: () => undefined,
    offNetworkWeakChange: () => undefined,
    setKeepScreenOn: call<{ keepScreenOn: boolean }>('setKeepScreenOn', ({ keepScreenOn: keep }) =>
      keepScreenOn(keep),
    ),
    vibrateShort: call('vibrateShort', () => {
      vibrate(15);
    }),
    vibrateLong: call('vibrateLong', () => {
      vibrate(400);
    }),
    setClipboardData: call<{ data: string }>('setClipboardData', ({ data }) =>
      navigator.clipboard.writeText(data),
    ),
    getClipboardData: call('getClipboardData', async () => ({ data: await navigator.clipboard.readText() })),
    makePhoneCall: call<{ phoneNumber: string }>('makePhoneCall', ({ phoneNumber }) => {
      location.href = `tel:${encodeURIComponent(phoneNumber)}`;
    }),
    saveImageToPhotosAlbum: call<{ filePath: string }>('saveImageToPhotosAlbum', ({ filePath }) => {
      download(filePath);
    }),
    scanCode: unsupported('scanCode', '浏览器中不能扫码，请手动输入'),
    login: unsupported('login'),
    getSetting: call('getSetting', () => ({ authSetting: { 'scope.writePhotosAlbum': true } })),
    authorize: call('authorize', () => undefined),
    openSetting: unsupported('openSetting'),
    getUpdateManager: () => ({
      applyUpdate: () => {
        location.reload();
      },
      onCheckForUpdate: () => undefined,
      onUpdateReady: () => undefined,
      onUpdateFailed: () => undefined,
    }),
  };
}

function vibrate(ms: number): void {
  if (typeof navigator.vibrate !== 'function' || !navigator.vibrate(ms))
    throw new CallFailure('not supported');
}

function download(path: string): void {
  const link = document.createElement('a');
  link.href = path;
  link.download = 'yimu.jpg';
  link.click();
}
