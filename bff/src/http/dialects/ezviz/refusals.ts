import type { CoreErrorCode } from '@yimu/shared';
import { CoreError } from '../../../kernel/index.ts';
import {
  BodyFault,
  DialectRefusal,
  type DialectRefusals,
  ParamFault,
  type Refusal,
  type RenderedFault,
  RouteFault,
} from '../../dialect-kit/index.ts';
import type { Envelope } from './envelope.ts';

/** The HTTP status of the Ezviz API is 200 whatever happens. */
const refusal = (code: string, message: string): Refusal => ({ status: 200, code, message });

/** Code and text of each refusal of the core, in the platform's own words. */
const OF_CORE: Readonly<Record<CoreErrorCode, Refusal>> = {
  INVALID_ARGUMENT: refusal('10001', '参数错误'),
  UNAUTHENTICATED: refusal('10002', 'accessToken异常或过期'),
  TOKEN_EXPIRED: refusal('10002', 'accessToken异常或过期'),
  UNKNOWN_APP_KEY: refusal('10017', 'appKey不存在'),
  WRONG_APP_SECRET: refusal('10030', 'appKey和appSecret不匹配'),
  FORBIDDEN: refusal('10031', '子账户或萤石用户没有权限'),
  RATE_LIMITED: refusal('10029', '调用频率超过限制'),
  DEVICE_NOT_FOUND: refusal('20002', '设备不存在'),
  CHANNEL_NOT_FOUND: refusal('20001', '通道不存在'),
  // No method of the interface names an upper platform.
  PLATFORM_NOT_FOUND: refusal('10001', '参数错误'),
  RECORDING_NOT_FOUND: refusal('395402', '该时间段内没有录像'),
  STREAM_NOT_FOUND: refusal('60063', '直播未使用或直播已关闭'),
  GRANT_NOT_FOUND: refusal('60063', '直播未使用或直播已关闭'),
  GRANT_EXPIRED: refusal('60063', '直播未使用或直播已关闭'),
  GRANT_INVALID: refusal('10001', '参数错误'),
  ALREADY_EXISTS: refusal('20017', '设备已被自己添加'),
  CONFLICT: refusal('60022', '已是当前状态'),
  DEVICE_OFFLINE: refusal('20007', '设备不在线'),
  DEVICE_PASSWORD_WRONG: refusal('20010', '设备的注册密码不正确'),
  CHANNEL_OFFLINE: refusal('20007', '设备不在线'),
  DEVICE_BUSY: refusal('60048', '设备忙，请稍后再试'),
  DEVICE_REFUSED: refusal('60006', '云台当前操作失败'),
  DEVICE_TIMEOUT: refusal('20008', '设备响应超时'),
  NOT_SUPPORTED_BY_DEVICE: refusal('60020', '不支持该命令'),
  MEDIA_NO_RTP: refusal('20008', '未收到设备码流'),
  MEDIA_NO_TRACK: refusal('60047', '码流类型不支持'),
  MEDIA_UNAVAILABLE: refusal('50000', '服务器异常'),
  QUOTA_EXCEEDED: refusal('50000', '超出系统容量，请稍后再试'),
  STORAGE_FAILED: refusal('49999', '数据异常'),
  INTERNAL: refusal('50000', '服务器异常'),
};

/** Refusals that only this API knows. */
const OWN = {
  BAD_SERIAL: refusal('20014', 'deviceSerial不合法'),
  APP_DISABLED: refusal('10005', 'appKey异常'),
  NO_SUCH_CHANNEL: refusal('20032', '该用户下通道不存在'),
  CANNOT_TURN: refusal('60000', '设备不支持云台控制'),
  NO_SUCH_MOVE: refusal('60020', '不支持该命令'),
  NO_SUCH_STREAM_TYPE: refusal('60047', '码流类型不支持'),
  NO_PLAYBACK: refusal('60020', '暂不支持录像回放'),
  NO_LIST_OF_ADDRESSES: refusal('60020', '不支持该命令'),
  NO_SUCH_CODE: refusal('10001', '小程序码无效'),
  CODE_EXPIRED: refusal('10001', '小程序码已过期'),
  UNKNOWN_PATH: refusal('60020', '不支持该命令'),
  WRONG_METHOD: refusal('60020', '请使用POST请求'),
} as const;

const CAUSES: Readonly<Record<keyof typeof OWN, string>> = {
  BAD_SERIAL: '`deviceSerial` is neither nine of A–Z and 0–9 nor 20 digits',
  APP_DISABLED: '`token/get` for an application that is disabled',
  NO_SUCH_CHANNEL: 'steering a channel that the device does not have',
  CANNOT_TURN: 'steering a camera that says it does not turn',
  NO_SUCH_MOVE: 'a `direction` that GB/T 28181 has no command for',
  NO_SUCH_STREAM_TYPE: 'a `protocol` other than 4 (FLV)',
  NO_PLAYBACK: '`type` 2 or 3 (recordings)',
  NO_LIST_OF_ADDRESSES: '`live/address/get` with `source`',
  NO_SUCH_CODE: '`/device/getWxaInfo` with a `uuid` that was not made here',
  CODE_EXPIRED: '`/device/getWxaInfo` with a `uuid` whose time is over',
  UNKNOWN_PATH: 'a path below `/api/lapp/` that is not served',
  WRONG_METHOD: 'another method than POST',
};

/** For the documentation. */
export const ezvizRefusals: DialectRefusals = {
  name: 'ezviz',
  ofCore: OF_CORE,
  own: Object.entries(OWN).map(([name, own]) => ({ cause: CAUSES[name as keyof typeof OWN], refusal: own })),
};

/** A refusal with a code of the Ezviz API that the core does not know. */
export function ezvizRefusal(name: keyof typeof OWN): DialectRefusal {
  return new DialectRefusal(name, OWN[name]);
}

/** Every fault as the Ezviz API says it. */
export function renderFault(error: unknown): RenderedFault {
  const { status, code, message } = refusalOf(error);
  const body: Envelope = { code, msg: message };
  return { status, body };
}

/** Which refusal a fault is. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof DialectRefusal) return error.refusal;
  if (error instanceof CoreError) return OF_CORE[error.code];
  if (error instanceof ParamFault || error instanceof BodyFault) return OF_CORE.INVALID_ARGUMENT;
  if (error instanceof RouteFault) return error.what === 'wrong-method' ? OWN.WRONG_METHOD : OWN.UNKNOWN_PATH;
  return OF_CORE.INTERNAL;
}

/** Runs a call whose refusals of one kind have another code than usual. */
export async function refusing<T>(
  kinds: Partial<Record<CoreErrorCode, keyof typeof OWN>>,
  call: () => T | Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const own = error instanceof CoreError ? kinds[error.code] : undefined;
    throw own ? ezvizRefusal(own) : error;
  }
}
