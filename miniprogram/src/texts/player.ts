/** What stands over the picture. */
export const PLAYER_TEXTS = {
  idle: '点按播放',
  requesting: '正在获取播放地址',
  connecting: ['正在连接设备', '已连接，等待画面', '画面就要来了'],
  buffering: '正在缓冲',
  reconnecting: '网络断开，正在重连',
  waiting: '正在重新连接',
  paused: '已暂停',
  networkLost: '网络已断开',
  networkLostCause: '网络恢复后会自动继续播放',
  chips: { playing: '直播', buffering: '缓冲中', reconnecting: '重连中' },
} as const;

export function retryText(why: string, tries: number, of: number): string {
  return `${why === '' ? '' : `${why}，`}第 ${tries}/${of} 次重试`;
}

export const STAGE_TEXTS = {
  play: '播放',
  stop: '停止',
  mute: '关闭声音',
  unmute: '打开声音',
  quality: '切换清晰度',
  enterFull: '全屏',
  exitFull: '退出全屏',
  fill: '铺满画面',
  fit: '完整画面',
  picture: '视频画面，点按显示或隐藏控制栏',
  weak: '网络不佳，切到标清更流畅',
  weakest: '网络不佳，画面可能卡顿',
  lower: '切换',
  dismiss: '知道了',
  cellular: '正在使用移动网络',
} as const;

export const QUALITY_TEXTS = { 1: '高清', 2: '标清' } as const;

/** Facts of the running stream, for the picture's corner. */
export function streamText(width: number, height: number, kilobits: number): string {
  const size = width > 0 && height > 0 ? `${width}×${height}` : '';
  const speed = kilobits > 0 ? `${kilobits} kbit/s` : '';
  return [size, speed].filter((part) => part !== '').join(' · ');
}
