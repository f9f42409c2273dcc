export const BRAND = { name: '一目', slogan: '随时看得见，随手转得动' } as const;

export const HOME_TEXTS = {
  trial: '试用设备',
  trialHint: '不用注册，看真实画面，转动云台',
  own: '自助设备',
  ownHint: '用序列号和 AccessToken 看自己的摄像机',
  recent: '最近观看',
  abilities: [
    { key: 'gb', title: '国标接入', text: 'GB/T 28181' },
    { key: 'live', title: '低延时直播', text: '断线自动重连' },
    { key: 'ptz', title: '云台控制', text: '八个方向，松手即停' },
  ],
} as const;

export const SERVER_TEXTS = {
  title: '服务器',
  own: '与本页同一服务器',
  missing: '还没有填写',
  missingHint: '手机上观看前，先填写一目服务器的地址',
  placeholder: 'https://yimu.example.com',
  edit: '修改',
  save: '保存',
  cancel: '取消',
  label: '服务器地址',
  wrong: '地址格式不正确，应为 https://域名 或 https://域名:端口',
  saved: '已保存',
  states: { checking: '正在连接', reachable: '已连接', unreachable: '连接不上', missing: '未填写' },
} as const;

export const TRIAL_TEXTS = {
  title: '试用设备',
  intro: '任选一台，点开即看',
  online: '在线',
  offline: '离线',
  loading: '正在获取试用设备',
  empty: '还没有试用设备',
  emptyCause: '试用摄像机正在上线，稍等片刻再刷新',
  refresh: '刷新',
  own: '没有想看的？用自助设备',
  ownHint: '填写序列号和 AccessToken',
} as const;

export const OWN_TEXTS = {
  intro: '填写设备和账号信息，即可观看自己的摄像机',
  code: '设备序列号：通道号',
  codePlaceholder: '123456789:1',
  codeHint: '网络摄像机的通道号一般为 1；也可填写 20 位国标编号',
  codeWrong: '设备序列号格式不正确',
  codeWrongHint: '应为 9 位大写字母或数字，加冒号和通道号，例如 123456789:1',
  token: 'AccessToken',
  tokenPlaceholder: '64 个字符',
  tokenHint: '可用 appKey 和 appSecret 通过接口获取',
  tokenWrong: 'accessToken格式不正确',
  remember: '在这台手机上记住 AccessToken',
  rememberHint: '不勾选时，只记住序列号',
  done: '完成',
  clear: '清除',
  trial: '没有设备？先看试用设备',
} as const;

/** Under a token field that holds another number of characters than 64. */
export function tokenLengthText(length: number): string {
  return `AccessToken 应为 64 个字符，现在是 ${length} 个`;
}

export const LIVE_TEXTS = {
  title: '实时画面',
  online: '在线',
  offline: '离线',
  trial: '试用',
  channel: '通道',
} as const;

/** Title of a share card. */
export function shareTitle(name: string): string {
  return name === '' ? `${BRAND.name}：${BRAND.slogan}` : `${name} · ${BRAND.name}`;
}
