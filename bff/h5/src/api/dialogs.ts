import type { Overlay } from '../ui/overlay.ts';
import type { Page } from '../runtime/page.ts';
import type { PageStack } from '../runtime/page-stack.ts';
import { call, CallFailure } from './calls.ts';

interface ToastOptions {
  title: string;
  icon?: string;
  duration?: number;
  mask?: boolean;
}

interface ModalCall {
  title?: string;
  content?: string;
  showCancel?: boolean;
  cancelText?: string;
  confirmText?: string;
  editable?: boolean;
  placeholderText?: string;
}

/** WeChat's default time of a toast, ms. */
const TOAST_MS = 1500;

/** Toasts, modals, sheets and the navigation bar. */
export function dialogApi(overlay: Overlay, stack: PageStack<Page>): Record<string, unknown> {
  return {
    showToast: call<ToastOptions>(
      'showToast',
      ({ title, icon = 'success', duration = TOAST_MS, mask = false }) => {
        overlay.showToast(title, icon, duration, mask);
      },
    ),
    hideToast: call('hideToast', () => {
      overlay.hideToast();
    }),
    showLoading: call<ToastOptions>('showLoading', ({ title, mask = false }) => {
      overlay.showToast(title, 'loading', 0, mask);
    }),
    hideLoading: call('hideLoading', () => {
      overlay.hideToast();
    }),
    showModal: call<ModalCall>('showModal', (options) =>
      overlay.showModal({
        title: options.title ?? '',
        content: options.content ?? '',
        showCancel: options.showCancel ?? true,
        cancelText: options.cancelText ?? '取消',
        confirmText: options.confirmText ?? '确定',
        editable: options.editable ?? false,
        placeholderText: options.placeholderText ?? '',
      }),
    ),
    showActionSheet: call<{ itemList: string[] }>('showActionSheet', async ({ itemList }) => {
      const tapIndex = await overlay.showSheet(itemList);
      if (tapIndex === undefined) throw new CallFailure('cancel');
      return { tapIndex };
    }),
    setNavigationBarTitle: call<{ title: string }>('setNavigationBarTitle', ({ title }) => {
      stack.top?.navBar.setTitle(title);
      document.title = title;
    }),
    setNavigationBarColor: call<{ frontColor: string; backgroundColor: string }>(
      'setNavigationBarColor',
      ({ frontColor, backgroundColor }) => {
        stack.top?.navBar.setColors(backgroundColor, frontColor);
      },
    ),
    showNavigationBarLoading: call('showNavigationBarLoading', () => undefined),
    hideNavigationBarLoading: call('hideNavigationBarLoading', () => undefined),
    pageScrollTo: call<{ scrollTop?: number; duration?: number }>(
      'pageScrollTo',
      ({ scrollTop = 0, duration = 300 }) => {
        stack.top?.scroller.scrollTo({ top: scrollTop, behavior: duration > 0 ? 'smooth' : 'auto' });
      },
    ),
    stopPullDownRefresh: call('stopPullDownRefresh', () => undefined),
  };
}
