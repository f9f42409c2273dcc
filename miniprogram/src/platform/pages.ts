const HOME = '/pages/home/index';

/** Opens a page on top of this one; in its place when no more pages can be open. */
export function openPage(url: string): void {
  wx.navigateTo({
    url,
    fail: () => {
      replacePage(url);
    },
  });
}

/** Puts a page in the place of this one. */
export function replacePage(url: string): void {
  wx.redirectTo({ url, fail: ignore });
}

/** Closes every page and opens the first one. */
export function goHome(): void {
  wx.reLaunch({ url: HOME, fail: ignore });
}

export function setTitle(title: string): void {
  wx.setNavigationBarTitle({ title, fail: ignore });
}

/** Ends the sign of a list that was pulled down. */
export function refreshed(): void {
  wx.stopPullDownRefresh({ fail: ignore });
}

function ignore(): void {
  // There is no other way to try, and the page stays as it is.
}
