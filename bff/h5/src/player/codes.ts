/** `statechange` codes of live-player that the browser host reports. */
export const PLAY_STATE = {
  connected: 2001,
  streamBegun: 2002,
  firstFrame: 2003,
  playing: 2004,
  loading: 2007,
  resolutionChanged: 2009,
  soundBlocked: 2030,
  reconnecting: 2103,
  disconnected: -2301,
  addressFailed: -2302,
} as const;

export type PlayStateName = keyof typeof PLAY_STATE;

export const PLAY_STATE_TEXTS: Readonly<Record<PlayStateName, string>> = {
  connected: '已经连接服务器',
  streamBegun: '已经连接服务器，开始拉流',
  firstFrame: '网络接收到首个视频数据包',
  playing: '视频播放开始',
  loading: '视频播放进入缓冲状态',
  resolutionChanged: '视频分辨率改变',
  soundBlocked: '浏览器不允许自动播放声音，已静音',
  reconnecting: '网络断连，已启动自动重连',
  disconnected: '网络断连，且经多次重连无效',
  addressFailed: '获取拉流地址失败',
};
