import type { FailureKind } from '../models/failure.ts';

/** What the button of a notice does; `none` shows no button. */
export type NoticeAction = 'retry' | 'refill' | 'home' | 'none';

type Words = readonly [title: string, cause: string, action: NoticeAction];

/** Every failure: what is wrong, why or what helps, and the way out. */
export const FAILURE_TEXTS: Readonly<Record<FailureKind, Words>> = {
  'not-configured': ['还没有服务器地址', '请在首页底部填写服务器地址', 'home'],
  network: ['当前网络异常', '请检查手机网络后重试', 'retry'],
  timeout: ['服务器没有回应', '网络较慢或服务器繁忙，请稍后重试', 'retry'],
  server: ['服务器异常', '请稍后重试，仍不行请联系管理员', 'retry'],
  'bad-request': ['无法播放这路视频', '服务器不接受请求的参数', 'home'],
  'rate-limited': ['操作过于频繁', '请稍等片刻再试', 'retry'],
  'trial-off': ['试用设备未开启', '这台服务器没有提供试用设备，可以用自己的设备', 'refill'],
  'address-missing': ['没有可播放的设备', '链接里缺少设备序列号或格式不正确', 'home'],
  'scan-off': ['不能扫码观看', '这台服务器还不支持小程序码，请从首页进入', 'home'],
  'ticket-invalid': ['二维码已失效', '请向设备的管理者要一个新的二维码', 'home'],
  'token-missing': ['需要 AccessToken', '这台设备要凭 AccessToken 观看', 'refill'],
  'token-invalid': ['AccessToken 异常或已过期', '请重新获取 AccessToken 后再填写', 'refill'],
  'no-permission': ['没有观看权限', '当前账号未被授权使用该设备', 'home'],
  'not-owner': ['该用户不拥有该设备', '请核对设备序列号，或换用所属账号的 AccessToken', 'refill'],
  'no-such-device': ['设备不存在', '请核对设备序列号', 'refill'],
  'no-such-channel': ['通道不存在', '请核对通道号，网络摄像机的通道号一般为 1', 'refill'],
  deleted: ['设备已被删除', '设备已从账号下删除，无法继续查看', 'home'],
  'device-offline': ['设备不在线', '请检查设备的电源和网络', 'retry'],
  'device-password': ['设备的注册密码不正确', '设备里填写的密码与平台登记的不一致，改正后即可观看', 'retry'],
  'device-timeout': ['设备响应超时', '设备在线，但没有及时回应，可能网络不佳', 'retry'],
  'device-busy': ['设备忙', '设备正在处理其他请求，请稍后再试', 'retry'],
  'device-refused': ['设备拒绝了请求', '设备可能不允许观看，或通道已停用', 'retry'],
  encrypted: ['设备已加密', '请先在设备所属平台关闭视频加密，再来观看', 'retry'],
  masked: ['镜头已遮蔽', '设备处于隐私遮蔽状态，关闭遮蔽后即可观看', 'retry'],
  unsupported: ['设备不支持该操作', '这台设备没有这项能力', 'none'],
  codec: ['无法解码这路视频', '设备的码流格式无法播放，请改用 H.264 或切换清晰度', 'retry'],
  'ptz-limit': ['已转到尽头', '云台不能再向这个方向转动', 'none'],
  'viewers-full': ['观看人数已满', '请稍后再试', 'retry'],
  'address-expired': ['播放地址已失效', '重新获取地址后仍被拒绝，请稍后重试', 'retry'],
  'no-media': ['未收到设备画面', '设备在线，但没有送来视频', 'retry'],
  disconnected: ['视频连接已断开', '多次重连未成功，请检查网络后重试', 'retry'],
};

export const ACTION_TEXTS: Readonly<Record<NoticeAction, string>> = {
  retry: '重试',
  refill: '填写设备信息',
  home: '返回首页',
  none: '',
};

/** Small print for support. */
export function codeText(code: string): string {
  return code === '' ? '' : `错误码 ${code}`;
}

/** When the device was seen last; `when` as `MM-DD HH:mm`. */
export function lastSeenText(when: string): string {
  return `最后在线 ${when}`;
}
