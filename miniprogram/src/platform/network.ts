const CELLULAR = new Set(['2g', '3g', '4g', '5g']);

export interface NetworkListener {
  /** The network is lost, or there again. */
  changed(connected: boolean, cellular: boolean): void;
  /** WeChat measured a weak network. */
  weak(): void;
}

/** Listens to the network; the returned function ends it. */
export function watchNetwork(listener: NetworkListener): () => void {
  const changed = ({ isConnected, networkType }: { isConnected: boolean; networkType: string }): void => {
    listener.changed(isConnected, CELLULAR.has(networkType));
  };
  const weak = ({ weakNet }: { weakNet: boolean }): void => {
    if (weakNet) listener.weak();
  };
  wx.onNetworkStatusChange(changed);
  wx.onNetworkWeakChange(weak);
  return () => {
    // The typings of this one lack what it is called with.
    wx.offNetworkStatusChange(changed as unknown as WechatMiniprogram.OffNetworkStatusChangeCallback);
    wx.offNetworkWeakChange(weak);
  };
}

/** How the phone is connected now. */
export function networkNow(): Promise<{ readonly connected: boolean; readonly cellular: boolean }> {
  return new Promise((resolve) => {
    wx.getNetworkType({
      success: ({ networkType }) => {
        resolve({ connected: networkType !== 'none', cellular: CELLULAR.has(networkType) });
      },
      fail: () => {
        resolve({ connected: true, cellular: false });
      },
    });
  });
}
