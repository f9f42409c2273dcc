/** The text stored under a key; '' when there is none, or something else. */
export function readText(key: string): string {
  try {
    const value: unknown = wx.getStorageSync(key);
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}

/** Stores a text; '' removes the key. A full storage loses what was to be remembered, and nothing else. */
export function writeText(key: string, value: string): void {
  try {
    if (value === '') wx.removeStorageSync(key);
    else wx.setStorageSync(key, value);
  } catch {
    // Remembering is a convenience; the page goes on without it.
  }
}
