import assert from 'node:assert/strict';
import { StreamLeases } from '../../../../bff/src/core/live/leases.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

function leases(): { readonly leases: StreamLeases; readonly clock: FakeClock; idle: number } {
  const clock = new FakeClock();
  const made = {
    clock,
    idle: 0,
    leases: new StreamLeases(clock, { openMs: 5_000, graceMs: 10_000 }, () => (made.idle += 1)),
  };
  return made;
}

describe('the leases of a stream', () => {
  it('run out once when the expected viewer never comes', async () => {
    const made = leases();
    made.leases.expectViewer();
    assert.equal(made.leases.count, 1);
    await made.clock.advance(60_000);
    assert.deepEqual([made.idle, made.leases.count], [1, 0]);
  });

  it('hold as long as somebody watches, and for the grace after the last one', async () => {
    const made = leases();
    made.leases.expectViewer();
    made.leases.viewerJoined('a');
    made.leases.viewerJoined('b');
    made.leases.viewerJoined('b');
    assert.deepEqual([made.leases.count, made.leases.tags], [3, ['a', 'b']]);
    await made.clock.advance(60_000);
    for (const tag of ['a', 'b']) made.leases.viewerLeft(tag);
    assert.deepEqual([made.leases.count, made.leases.tags], [1, ['b']]);
    made.leases.viewerLeft('b');
    await made.clock.advance(9_999);
    assert.equal(made.idle, 0);
    await made.clock.advance(1);
    assert.equal(made.idle, 1);
  });

  it('are not shortened by another viewer who is expected while somebody watches', async () => {
    const made = leases();
    made.leases.viewerJoined('a');
    made.leases.expectViewer();
    await made.clock.advance(60_000);
    assert.deepEqual([made.idle, made.leases.count], [0, 1]);
  });

  it('do not count the leaving of somebody who was not there', () => {
    const made = leases();
    made.leases.viewerJoined('a');
    made.leases.viewerLeft('b');
    assert.equal(made.leases.count, 1);
  });

  it('end without a word when they are closed', async () => {
    const made = leases();
    made.leases.viewerJoined('a');
    made.leases.viewerLeft('a');
    made.leases.close();
    assert.equal(made.clock.pending, 0);
    await made.clock.advance(60_000);
    assert.equal(made.idle, 0);
  });
});
