import assert from 'node:assert/strict';
import { refusalOfGb } from '../../../bff/src/adapters/signalling/refusal-of-gb.ts';
import { GbFailure, type GbFailureReason } from '../../../bff/src/gb28181/index.ts';
import { CoreError } from '../../../bff/src/kernel/index.ts';
import { NVR } from '../gb28181/a-platform.ts';

describe('refusals of devices', () => {
  const rows: readonly (readonly [reason: GbFailureReason, status: number | undefined, code: string])[] = [
    ['not-registered', undefined, 'DEVICE_OFFLINE'],
    ['timeout', undefined, 'DEVICE_TIMEOUT'],
    ['transport', undefined, 'DEVICE_OFFLINE'],
    ['rejected', undefined, 'DEVICE_REFUSED'],
    ['rejected', 400, 'DEVICE_REFUSED'],
    ['rejected', 403, 'DEVICE_REFUSED'],
    ['rejected', 404, 'CHANNEL_NOT_FOUND'],
    ['rejected', 405, 'NOT_SUPPORTED_BY_DEVICE'],
    ['rejected', 480, 'CHANNEL_OFFLINE'],
    ['rejected', 488, 'DEVICE_REFUSED'],
    ['rejected', 503, 'DEVICE_BUSY'],
    ['bad-answer', 200, 'DEVICE_REFUSED'],
    ['cancelled', undefined, 'MEDIA_UNAVAILABLE'],
    ['busy', 486, 'DEVICE_BUSY'],
    ['exhausted', undefined, 'QUOTA_EXCEEDED'],
  ];
  for (const [reason, status, code] of rows) {
    it(`${reason}${status === undefined ? '' : ` ${String(status)}`} is ${code}`, () => {
      const refusal = refusalOfGb(new GbFailure(reason, 'inner words', status), { deviceId: NVR });
      assert.equal(refusal.code, code);
      assert.match(refusal.message, /^[\u4e00-\u9fff，]+$/, 'a viewer is told no inner words');
      assert.equal(refusal.facts['reason'], reason);
    });
  }

  it('are INTERNAL where nobody expected them, and pass through when they are the core’s own', () => {
    assert.equal(refusalOfGb(new Error('odd'), {}).code, 'INTERNAL');
    const own = new CoreError('FORBIDDEN', 'x');
    assert.equal(refusalOfGb(own, {}), own);
  });
});
