import type { Page } from '../runtime/page.ts';
import type { PageStack } from '../runtime/page-stack.ts';
import { call } from './calls.ts';

/** Base library whose behaviour the host follows. */
const SDK_VERSION = '3.5.0';

/** Height of the host's navigation bar, CSS pixels; host.css says the same. */
const NAV_HEIGHT = 44;

/** A document without layout, as in tests, has no scheme either. */
function colourScheme(): 'light' | 'dark' {
  const query = (window as Partial<Window>).matchMedia?.('(prefers-color-scheme: dark)');
  return query?.matches === true ? 'dark' : 'light';
}

interface WindowInfo {
  readonly pixelRatio: number;
  readonly screenWidth: number;
  readonly screenHeight: number;
  readonly windowWidth: number;
  readonly windowHeight: number;
  readonly statusBarHeight: number;
  readonly safeArea: object;
  readonly screenTop: number;
}

function platformOf(userAgent: string): string {
  if (/iphone|ipad/i.test(userAgent)) return 'ios';
  if (/android/i.test(userAgent)) return 'android';
  if (/windows/i.test(userAgent)) return 'windows';
  return /mac os/i.test(userAgent) ? 'mac' : 'linux';
}

/** Sizes in CSS pixels of the column that plays the phone. */
export function windowInfo(stage: HTMLElement, stack: PageStack<Page>): WindowInfo {
  const screenWidth = stage.clientWidth;
  const screenHeight = stage.clientHeight;
  const body = stack.top?.body;
  return {
    pixelRatio: window.devicePixelRatio,
    screenWidth,
    screenHeight,
    windowWidth: body?.clientWidth ?? screenWidth,
    windowHeight: body?.clientHeight ?? screenHeight,
    statusBarHeight: 0,
    safeArea: {
      left: 0,
      top: 0,
      right: screenWidth,
      bottom: screenHeight,
      width: screenWidth,
      height: screenHeight,
    },
    screenTop: screenHeight - (body?.clientHeight ?? screenHeight),
  };
}

/** What the page may ask about where it runs. `host.env` tells this host from WeChat. */
export function systemApi(stage: HTMLElement, stack: PageStack<Page>): Record<string, unknown> {
  const appBaseInfo = (): object => ({
    SDKVersion: SDK_VERSION,
    version: '8.0.0',
    language: 'zh_CN',
    theme: colourScheme(),
    enableDebug: false,
    fontSizeSetting: 16,
    host: { env: 'browser' },
  });
  const deviceInfo = (): object => ({
    brand: 'browser',
    model: 'browser',
    system: navigator.userAgent,
    platform: platformOf(navigator.userAgent),
    benchmarkLevel: -1,
    memorySize: -1,
  });
  const systemSetting = (): object => ({
    bluetoothEnabled: false,
    locationEnabled: false,
    wifiEnabled: true,
    deviceOrientation: stage.clientHeight >= stage.clientWidth ? 'portrait' : 'landscape',
  });
  const everything = (): object => ({
    ...appBaseInfo(),
    ...deviceInfo(),
    ...systemSetting(),
    ...windowInfo(stage, stack),
    errMsg: 'getSystemInfo:ok',
  });
  return {
    getSystemInfoSync: everything,
    getSystemInfo: call('getSystemInfo', everything),
    getSystemInfoAsync: call('getSystemInfoAsync', everything),
    getWindowInfo: () => windowInfo(stage, stack),
    getAppBaseInfo: appBaseInfo,
    getDeviceInfo: deviceInfo,
    getSystemSetting: systemSetting,
    getAppAuthorizeSetting: () => ({
      microphoneAuthorized: 'not determined',
      albumAuthorized: 'not determined',
    }),
    getAccountInfoSync: () => ({ miniProgram: { appId: '', envVersion: 'release', version: '' } }),
    getMenuButtonBoundingClientRect: () => {
      // The place of WeChat's capsule button, which the host leaves free.
      const width = 87;
      const height = 32;
      const top = (NAV_HEIGHT - height) / 2;
      const right = stage.clientWidth - 7;
      return { width, height, top, right, bottom: top + height, left: right - width };
    },
  };
}
