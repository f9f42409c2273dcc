import type { ComponentCaller } from 'glass-easel-miniprogram-adapter';
import { BUILTIN_TAGS } from '../builtins/tags.ts';
import type { LaunchOptions } from '../runtime/launch.ts';
import type { Page } from '../runtime/page.ts';
import type { PageStack } from '../runtime/page-stack.ts';
import type { Overlay } from '../ui/overlay.ts';
import { Listeners } from './calls.ts';
import { deviceApi } from './device.ts';
import { dialogApi } from './dialogs.ts';
import { livePlayerContext } from './live-player-context.ts';
import { navigationApi } from './navigation.ts';
import { request } from './request.ts';
import { SelectorQuery } from './selector-query.ts';
import { storageApi } from './storage.ts';
import { systemApi } from './system.ts';

export interface AppEvents {
  readonly shown: Listeners<LaunchOptions>;
  readonly hidden: Listeners<object>;
  readonly error: Listeners<string>;
  readonly pageNotFound: Listeners<object>;
  readonly resized: Listeners<object>;
}

export function appEvents(): AppEvents {
  return {
    shown: new Listeners(),
    hidden: new Listeners(),
    error: new Listeners(),
    pageNotFound: new Listeners(),
    resized: new Listeners(),
  };
}

export interface WxPorts {
  readonly stage: HTMLElement;
  readonly overlay: Overlay;
  readonly stack: PageStack<Page>;
  readonly events: AppEvents;
  readonly signal: AbortSignal;
  launchOptions(): LaunchOptions;
  enterOptions(): LaunchOptions;
}

/** Whether a page may use something, by its WeChat name: `showToast`, `live-player.src`, `request.success`. */
function canIUse(wx: Record<string, unknown>, schema: string): boolean {
  const name = schema.split('.')[0] ?? '';
  return name in wx || (BUILTIN_TAGS as readonly string[]).includes(name);
}

/** The `wx` object of the pages. */
export function createWx(ports: WxPorts): Record<string, unknown> {
  const { stage, overlay, stack, events } = ports;
  const top = (): ComponentCaller | undefined => stack.top?.caller;
  const wx: Record<string, unknown> = {
    ...navigationApi(stack),
    ...dialogApi(overlay, stack),
    ...systemApi(stage, stack),
    ...deviceApi(ports.signal),
    ...storageApi(localStorage),
    request,
    env: { USER_DATA_PATH: '' },
    nextTick: (callback: () => void) => {
      queueMicrotask(callback);
    },
    getLaunchOptionsSync: () => ports.launchOptions(),
    getEnterOptionsSync: () => ports.enterOptions(),
    onAppShow: events.shown.on,
    offAppShow: events.shown.off,
    onAppHide: events.hidden.on,
    offAppHide: events.hidden.off,
    onError: events.error.on,
    offError: events.error.off,
    onPageNotFound: events.pageNotFound.on,
    offPageNotFound: events.pageNotFound.off,
    onWindowResize: events.resized.on,
    offWindowResize: events.resized.off,
    createSelectorQuery: () => new SelectorQuery(top()),
    createLivePlayerContext: (id: string, component?: ComponentCaller) =>
      livePlayerContext(id, () => component ?? top()),
    showShareMenu: () => undefined,
    hideShareMenu: () => undefined,
  };
  wx['canIUse'] = (schema: string) => canIUse(wx, schema);
  return wx;
}
