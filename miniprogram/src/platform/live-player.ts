/** What the pages do with a `live-player`. */
export interface PlayerControl {
  /** `failed` is called when the player does not take the address. */
  play(failed: (reason: string) => void): void;
  stop(): void;
  enterFull(direction: 0 | 90): void;
  exitFull(): void;
}

/** The `live-player` with this id inside a component. */
export function livePlayer(id: string, owner: object): PlayerControl {
  const context = wx.createLivePlayerContext(id, owner as WechatMiniprogram.Component.TrivialInstance);
  return {
    play: (failed) => {
      context.play({
        fail: ({ errMsg }) => {
          failed(errMsg);
        },
      });
    },
    stop: () => {
      context.stop({ fail: ignore });
    },
    enterFull: (direction) => {
      context.requestFullScreen({ direction, fail: ignore });
    },
    exitFull: () => {
      context.exitFullScreen({ fail: ignore });
    },
  };
}

function ignore(): void {
  // The player is gone or does not stand in full screen: that is what was wanted.
}
