import assert from 'node:assert/strict';
import { REBIND_AFTER_MS, SourceLock } from '../../../../bff/src/media-engine/receive/source-lock.ts';

describe('the lock on the address of a source', () => {
  it('admits anybody until a packet belonged to the stream', () => {
    const lock = new SourceLock();
    assert.equal(lock.admits('10.0.0.1', 1_000, 0), true);
    assert.equal(lock.admits('10.0.0.2', 2_000, 0), true);
  });

  it('then admits only the address and port that send', () => {
    const lock = new SourceLock();
    lock.hold('10.0.0.1', 1_000, 0);
    assert.equal(lock.admits('10.0.0.1', 1_000, 10), true);
    assert.equal(lock.admits('10.0.0.1', 1_001, 10), false);
    assert.equal(lock.admits('10.0.0.2', 1_000, 10), false);
  });

  it('follows a NAT that has rebound once the old address is silent', () => {
    const lock = new SourceLock();
    lock.hold('10.0.0.1', 1_000, 0);
    assert.equal(lock.admits('10.0.0.1', 4_000, REBIND_AFTER_MS), false);
    assert.equal(lock.admits('10.0.0.1', 4_000, REBIND_AFTER_MS + 1), true);
    lock.hold('10.0.0.1', 4_000, REBIND_AFTER_MS + 1);
    assert.equal(lock.admits('10.0.0.1', 1_000, REBIND_AFTER_MS + 2), false);
  });
});
