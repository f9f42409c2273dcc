import assert from 'node:assert/strict';
import type { Incoming } from '../../../../bff/src/sip/dialog/incoming.ts';
import { PendingInvites } from '../../../../bff/src/sip/dialog/pending-invites.ts';
import type { Dialog } from '../../../../bff/src/sip/index.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

interface Fake extends Incoming {
  readonly replies: number[];
}

function anInvite(dialog?: Dialog): Fake {
  const replies: number[] = [];
  const transaction = { respond: (): boolean => true, refuse: (): boolean => true };
  const invite: unknown = { transaction, dialog, replies, reply: (status: number) => replies.push(status) };
  return invite as Fake;
}

describe('PendingInvites', () => {
  it('finds an INVITE by its transaction until it is removed, and then leaves no timer', () => {
    const clock = new FakeClock();
    const pending = new PendingInvites(clock);
    const invite = anInvite();
    pending.add(invite);
    assert.equal(pending.of(invite.transaction), invite);
    pending.remove(invite.transaction);
    pending.remove(invite.transaction);
    assert.deepEqual([pending.of(invite.transaction), clock.pending], [undefined, 0]);
  });

  it('finds those within a dialog', () => {
    const pending = new PendingInvites(new FakeClock());
    const dialog = {} as Dialog;
    const within = anInvite(dialog);
    pending.add(within);
    pending.add(anInvite());
    assert.deepEqual(pending.within(dialog), [within]);
  });

  it('answers 408 after three minutes', async () => {
    const clock = new FakeClock();
    const pending = new PendingInvites(clock);
    const invite = anInvite();
    pending.add(invite);
    await clock.advance(180_000);
    assert.deepEqual(invite.replies, [408]);
  });

  it('leaves no timer when it is cleared', () => {
    const clock = new FakeClock();
    const pending = new PendingInvites(clock);
    for (let i = 0; i < 3; i += 1) pending.add(anInvite());
    pending.clear();
    assert.equal(clock.pending, 0);
  });
});
