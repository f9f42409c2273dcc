import type { Navigate } from '../builtins/navigator.ts';
import type { Page } from '../runtime/page.ts';
import type { PageStack } from '../runtime/page-stack.ts';
import { call, unsupported } from './calls.ts';

interface Target {
  url: string;
}

/** Moves between pages. */
export function navigationApi(stack: PageStack<Page>): Record<string, unknown> {
  return {
    navigateTo: call<Target>('navigateTo', ({ url }) => {
      stack.navigateTo(url);
    }),
    redirectTo: call<Target>('redirectTo', ({ url }) => {
      stack.redirectTo(url);
    }),
    reLaunch: call<Target>('reLaunch', ({ url }) => {
      stack.reLaunch(url);
    }),
    navigateBack: call<{ delta?: number }>('navigateBack', ({ delta }) => {
      stack.navigateBack(delta ?? 1);
    }),
    switchTab: unsupported('switchTab', 'can not switch to no-tabBar page'),
    navigateToMiniProgram: unsupported('navigateToMiniProgram', 'a browser cannot open another mini-program'),
    navigateBackMiniProgram: unsupported('navigateBackMiniProgram', 'not opened by another mini-program'),
    exitMiniProgram: unsupported('exitMiniProgram'),
  };
}

/** What a `navigator` element does; a refusal is told on the console, as WeChat does. */
export function navigatorAction(stack: PageStack<Page>): Navigate {
  return (openType, url, delta, from) => {
    const target =
      url.startsWith('/') || url === '' ? url : `/${from.split('/').slice(0, -1).join('/')}/${url}`;
    try {
      if (openType === 'navigateBack') stack.navigateBack(delta);
      else if (openType === 'redirect') stack.redirectTo(target);
      else if (openType === 'reLaunch') stack.reLaunch(target);
      else stack.navigateTo(target);
    } catch (error) {
      console.warn(error);
    }
  };
}
