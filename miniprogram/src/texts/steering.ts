/** The steering panel. */
export const STEER_TEXTS = {
  title: '云台控制',
  pad: '云台方向盘，按住转动，松开停止',
  speed: '速度',
  zoom: '变倍',
  hint: '按住方向转动，松开即停',
  whenLive: '播放后可以转动镜头',
  unable: '这台设备不支持云台控制',
} as const;

export const SPEED_TEXTS = { 0: '慢', 1: '中', 2: '快' } as const;

export const DIRECTION_TEXTS = {
  up: '向上',
  down: '向下',
  left: '向左',
  right: '向右',
  upLeft: '左上',
  downLeft: '左下',
  upRight: '右上',
  downRight: '右下',
  zoomIn: '拉近',
  zoomOut: '拉远',
} as const;

/** The edge of the picture at which the camera can turn no further. */
export const LIMIT_TEXTS = {
  top: '已转到最上方',
  bottom: '已转到最下方',
  left: '已转到最左侧',
  right: '已转到最右侧',
} as const;
