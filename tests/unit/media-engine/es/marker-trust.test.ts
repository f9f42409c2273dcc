import assert from 'node:assert/strict';
import { MarkerTrust } from '../../../../bff/src/media-engine/es/marker-trust.ts';

function matched(trust: MarkerTrust, times: number): void {
  for (let i = 0; i < times; i += 1) {
    trust.mark();
    trust.confirm(true);
  }
}

describe('trust in the RTP marker as the end of a picture (RFC 3551 §4.1)', () => {
  it('comes when eight markers have stood at an end', () => {
    const trust = new MarkerTrust();
    matched(trust, 7);
    assert.equal(trust.mark(), false);
    trust.confirm(true);
    assert.equal(trust.mark(), true);
  });

  it('is gone for good when one stands in the middle of a frame', () => {
    const trust = new MarkerTrust();
    matched(trust, 20);
    trust.mark();
    trust.confirm(false);
    matched(trust, 50);
    assert.equal(trust.mark(), false);
  });

  it('is not touched by frames without a marker, nor by what comes after a loss', () => {
    const trust = new MarkerTrust();
    matched(trust, 8);
    trust.confirm(false);
    trust.mark();
    trust.forget();
    trust.confirm(false);
    assert.equal(trust.mark(), true);
  });
});
