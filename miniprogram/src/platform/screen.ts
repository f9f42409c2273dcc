/** Keeps the screen from going dark; the system forgets it when the mini-program leaves the screen. */
export function keepAwake(on: boolean): void {
  wx.setKeepScreenOn({ keepScreenOn: on, fail: ignore });
}

/** A short vibration, where the phone has one. */
export function nudgeFinger(): void {
  wx.vibrateShort({ type: 'light', fail: ignore });
}

function ignore(): void {
  // A phone that cannot do it is no worse a viewer.
}
