import assert from 'node:assert/strict';
import { CORE_ERROR_CODES, CORE_ERROR_TEXTS, type CoreErrorCode } from '../../../../shared/src/index.ts';
import {
  FAILURE_KINDS,
  failureOfApiCode,
  failureOfRefusal,
  type FailureKind,
} from '../../../../miniprogram/src/models/failure.ts';
import { briefOf, noticeOf } from '../../../../miniprogram/src/models/failure-notice.ts';
import { POLICY } from '../../../../miniprogram/src/models/player-policy.ts';

/** Codes of the Ezviz API, section by section, and what each means to a viewer. */
const API: readonly (readonly [code: string, kind: FailureKind])[] = [
  ['10001', 'bad-request'],
  ['10002', 'token-invalid'],
  ['10004', 'token-invalid'],
  ['10005', 'token-invalid'],
  ['10013', 'no-permission'],
  ['10014', 'token-invalid'],
  ['10018', 'token-invalid'],
  ['10029', 'rate-limited'],
  ['10031', 'no-permission'],
  ['10033', 'no-permission'],
  ['10036', 'no-permission'],
  ['20001', 'no-such-channel'],
  ['20002', 'no-such-device'],
  ['20006', 'device-timeout'],
  ['20007', 'device-offline'],
  ['20008', 'device-timeout'],
  ['20010', 'device-password'],
  ['20014', 'no-such-device'],
  ['20015', 'unsupported'],
  ['20018', 'not-owner'],
  ['20032', 'no-such-channel'],
  ['20035', 'no-such-channel'],
  ['49999', 'server'],
  ['50000', 'server'],
  ['60000', 'unsupported'],
  ['60001', 'no-permission'],
  ['60002', 'ptz-limit'],
  ['60003', 'ptz-limit'],
  ['60004', 'ptz-limit'],
  ['60005', 'ptz-limit'],
  ['60006', 'device-refused'],
  ['60009', 'device-busy'],
  ['60019', 'encrypted'],
  ['60020', 'unsupported'],
  ['60026', 'masked'],
  ['60027', 'device-busy'],
  ['60028', 'device-busy'],
  ['60029', 'device-busy'],
  ['60047', 'codec'],
  ['60048', 'device-busy'],
  ['60061', 'viewers-full'],
  ['60080', 'device-busy'],
  ['60084', 'device-busy'],
  ['70110', 'server'],
  ['whatever', 'server'],
];

const MEDIA: Readonly<Record<CoreErrorCode, FailureKind>> = {
  INVALID_ARGUMENT: 'address-expired',
  UNAUTHENTICATED: 'address-expired',
  TOKEN_EXPIRED: 'address-expired',
  UNKNOWN_APP_KEY: 'token-invalid',
  WRONG_APP_SECRET: 'token-invalid',
  FORBIDDEN: 'no-permission',
  RATE_LIMITED: 'rate-limited',
  DEVICE_NOT_FOUND: 'no-such-device',
  CHANNEL_NOT_FOUND: 'no-such-channel',
  PLATFORM_NOT_FOUND: 'server',
  STREAM_NOT_FOUND: 'address-expired',
  RECORDING_NOT_FOUND: 'server',
  GRANT_NOT_FOUND: 'address-expired',
  GRANT_EXPIRED: 'address-expired',
  GRANT_INVALID: 'address-expired',
  ALREADY_EXISTS: 'server',
  CONFLICT: 'device-busy',
  DEVICE_OFFLINE: 'device-offline',
  DEVICE_PASSWORD_WRONG: 'device-password',
  CHANNEL_OFFLINE: 'device-offline',
  DEVICE_BUSY: 'device-busy',
  DEVICE_REFUSED: 'device-refused',
  DEVICE_TIMEOUT: 'device-timeout',
  NOT_SUPPORTED_BY_DEVICE: 'unsupported',
  MEDIA_NO_RTP: 'no-media',
  MEDIA_NO_TRACK: 'codec',
  MEDIA_UNAVAILABLE: 'disconnected',
  QUOTA_EXCEEDED: 'viewers-full',
  STORAGE_FAILED: 'server',
  INTERNAL: 'server',
};

describe('what keeps a viewer from the picture', () => {
  for (const [code, kind] of API) {
    it(`API code ${code} is ${kind}`, () => {
      assert.deepEqual(failureOfApiCode(code, '原因'), { kind, code, message: '原因' });
    });
  }

  for (const code of CORE_ERROR_CODES) {
    it(`the media server's ${code} is ${MEDIA[code]}`, () => {
      assert.deepEqual(failureOfRefusal(code, CORE_ERROR_TEXTS[code]), {
        kind: MEDIA[code],
        code,
        message: CORE_ERROR_TEXTS[code],
      });
    });
  }

  it('a refusal that nobody knows is a broken connection, which is tried again', () => {
    for (const code of ['', '502', 'constructor', '__proto__'])
      assert.equal(POLICY[failureOfRefusal(code, '').kind], 'retry');
  });

  it('each kind has a title of its own, a cause, and the way out', () => {
    const titles = new Set<string>();
    for (const kind of FAILURE_KINDS) {
      const notice = noticeOf({ kind, code: '20007', message: '' });
      assert.match(notice.title, /[\u4e00-\u9fff]/);
      assert.match(notice.cause, /[\u4e00-\u9fff]/);
      assert.equal(notice.actionText === '', notice.action === 'none');
      assert.equal(notice.code, '错误码 20007');
      titles.add(notice.title);
    }
    assert.equal(titles.size, FAILURE_KINDS.length);
  });

  it('a failure without a code shows no small print', () => {
    assert.equal(noticeOf({ kind: 'network', code: '', message: '' }).code, '');
  });

  it("the server's own words stand where only it can know, and nowhere else", () => {
    assert.equal(noticeOf({ kind: 'server', code: '49999', message: '数据异常' }).cause, '数据异常');
    assert.notEqual(noticeOf({ kind: 'no-such-device', code: '20002', message: 'no such' }).cause, 'no such');
  });

  it('a toast says it in one line with the code', () => {
    assert.equal(briefOf({ kind: 'device-offline', code: '20007', message: '' }), '设备不在线（20007）');
    assert.equal(
      briefOf({ kind: 'unsupported', code: '60020', message: '不支持该命令' }),
      '不支持该命令（60020）',
    );
    assert.equal(briefOf({ kind: 'network', code: '', message: 'errno 600001' }), '当前网络异常');
  });
});
