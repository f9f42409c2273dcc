import assert from 'node:assert/strict';
import { GB_ID } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';
import { type Bench, bench, MINUTE, stopped } from './playback-bench.ts';

const ONE = { onePlaybackPerChannel: true };

/** Why a viewer of this address is not let in. */
async function refusalOf(of: Bench, address: Awaited<ReturnType<Bench['open']>>): Promise<unknown> {
  const decision = await of.ask(address);
  return decision.allow ? undefined : decision.code;
}

describe('a playback where the profile says that the camera gives one of a channel at a time', () => {
  it('is one for all who ask for the same period: one INVITE, and steering that all see', async () => {
    const of = await bench(ONE);
    const [one, two] = [await of.open(), await of.open()];
    assert.notEqual(one.id, two.id);
    assert.equal(await of.watch(one), await of.watch(two));
    assert.equal(of.signalling.invites.length, 1);
    await of.core.history.playbacks.get(two.id).pause();
    assert.equal(of.core.history.playbacks.view(one.id).state, 'paused');
    await stopped(of);
  });

  it('keeps another period waiting while somebody watches, and the camera is not troubled', async () => {
    const of = await bench(ONE);
    const [one, other] = [await of.open(), await of.open(MINUTE)];
    await of.watch(one);
    assert.equal(await refusalOf(of, other), 'DEVICE_BUSY');
    assert.equal(of.signalling.invites.length, 1);
    assert.equal(of.core.history.playbacks.view(one.id).state, 'playing');
    assert.equal(of.core.history.playbacks.view(other.id).state, 'waiting');
    await stopped(of);
  });

  it('keeps it waiting also while the first viewer is on his way, and another of the two streams', async () => {
    const of = await bench(ONE);
    const [one, other, sub] = [await of.open(), await of.open(MINUTE), await of.open(0, 30 * MINUTE, 1)];
    const asked = of.ask(one);
    await of.clock.advance(10);
    for (const late of [other, sub]) assert.equal(await refusalOf(of, late), 'DEVICE_BUSY');
    const sessionId = of.media.opened.at(-1)?.sessionId ?? '';
    of.media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
    assert.ok((await asked).allow);
    assert.equal(await refusalOf(of, other), 'DEVICE_BUSY', 'let in, but not connected yet');
    assert.equal(of.signalling.invites.length, 1);
    await stopped(of);
  });

  it('lets one of two come first that are wanted at once', async () => {
    const of = await bench(ONE);
    const [one, other] = [await of.open(), await of.open(MINUTE)];
    const first = of.ask(one);
    const second = refusalOf(of, other);
    await of.clock.advance(10);
    assert.equal(await second, 'DEVICE_BUSY');
    assert.equal(of.signalling.invites.length, 1);
    const sessionId = of.media.opened.at(-1)?.sessionId ?? '';
    of.media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
    assert.ok((await first).allow);
    await stopped(of);
  });

  it('gives way to another period when its last viewer has left: BYE first, then the INVITE', async () => {
    const of = await bench(ONE);
    const [one, two, other] = [await of.open(), await of.open(), await of.open(MINUTE)];
    const sessionId = await of.watch(one);
    await of.watch(two);
    of.leave(one, sessionId);
    assert.equal(await refusalOf(of, other), 'DEVICE_BUSY', 'the second watches still');
    of.leave(two, sessionId);
    const { answer } = of.signalling;
    of.signalling.answer = (order) => {
      assert.equal(of.signalling.calls[0]?.closed, true);
      return answer(order);
    };
    await of.clock.advance(3_000);
    await of.watch(other);
    assert.deepEqual(
      of.signalling.invites.map(({ history }) => history?.beginMs),
      [0, MINUTE],
    );
    const { state, endedBy } = of.core.history.playbacks.view(one.id);
    assert.deepEqual([state, endedBy], ['ended', 'MEDIA_UNAVAILABLE']);
    assert.equal(await refusalOf(of, two), 'DEVICE_BUSY', 'now it is the other that plays');
    await stopped(of);
  });

  it('that somebody paused and left gives way as well', async () => {
    const of = await bench(ONE);
    const [one, other] = [await of.open(), await of.open(MINUTE)];
    const sessionId = await of.watch(one);
    await of.core.history.playbacks.get(one.id).pause();
    of.leave(one, sessionId);
    await of.watch(other);
    assert.equal(of.signalling.calls[0]?.closed, true);
    await stopped(of);
  });

  it('that was over long ago does not stand in the way', async () => {
    const of = await bench(ONE);
    const [one, other] = [await of.open(), await of.open(MINUTE)];
    of.leave(one, await of.watch(one));
    await of.clock.advance(60_000);
    assert.equal(of.signalling.calls[0]?.closed, true);
    await of.watch(other);
    await stopped(of);
  });

  it('dies with the camera for all who share it, and is one for all again when the camera is back', async () => {
    const of = await bench(ONE);
    const [one, two] = [await of.open(), await of.open()];
    await of.watch(one);
    await of.watch(two);
    of.signalling.goOffline(GB_ID);
    await of.clock.advance(10);
    for (const { id } of [one, two]) {
      const { state, endedBy } = of.core.history.playbacks.view(id);
      assert.deepEqual([state, endedBy], ['ended', 'DEVICE_OFFLINE']);
    }
    assert.equal(await refusalOf(of, one), 'DEVICE_OFFLINE');
    of.signalling.comeOnline(GB_ID);
    await of.clock.advance(3_000);
    // The one who came later is the first to come back.
    const again = await of.watch(two);
    assert.equal(await of.watch(one), again);
    assert.equal(of.signalling.invites.length, 2);
    await of.core.history.playbacks.get(one.id).pause();
    assert.equal(of.core.history.playbacks.view(two.id).state, 'paused');
    await stopped(of);
  });

  it('goes on for the others when one address is closed', async () => {
    const of = await bench(ONE);
    const [one, two] = [await of.open(), await of.open()];
    await of.watch(one);
    await of.watch(two);
    await of.core.history.playbacks.close(one.id);
    await of.clock.advance(10);
    assert.throws(() => of.core.history.playbacks.view(one.id), hasCode('STREAM_NOT_FOUND'));
    assert.equal(of.core.history.playbacks.view(two.id).state, 'playing');
    assert.equal(of.signalling.calls.at(-1)?.closed, false);
    assert.deepEqual(of.media.kicked, [one.id]);
    await of.core.history.playbacks.close(two.id);
    await of.clock.advance(10);
    assert.equal(of.signalling.calls.at(-1)?.closed, true);
    await stopped(of);
  });
});
