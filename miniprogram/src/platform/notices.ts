/** A short note over the page. */
export function toast(title: string): void {
  wx.showToast({ title, icon: 'none', duration: 2000, fail: () => undefined });
}
