import assert from 'node:assert/strict';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { hasCode } from '../../../support/core/has-code.ts';
import { bench, MINUTE, stopped } from './playback-bench.ts';

describe('playbacks of recordings', () => {
  it('ask the camera for nothing until they are watched, then for the first stretch', async () => {
    const of = await bench();
    const address = await of.open(5 * MINUTE);
    assert.equal(of.signalling.invites.length, 0);
    await of.watch(address);
    const { history } = of.signalling.invites.at(-1) ?? {};
    const { session, beginMs, endMs } = history ?? {};
    assert.deepEqual([session, beginMs, endMs], ['playback', 5 * MINUTE, 10 * MINUTE]);
    await of.clock.advance(3_000);
    const view = of.core.history.playbacks.view(address.id);
    assert.deepEqual([view.state, view.scale], ['playing', 1]);
    assert.ok(Math.abs(view.positionMs - 5 * MINUTE - 3_000) < 500);
    await stopped(of);
  });

  it('go on with the next stretch when the camera has sent one, and are over after the last', async () => {
    const of = await bench();
    const address = await of.open();
    await of.watch(address);
    of.signalling.calls.at(-1)?.endFile();
    await of.clock.advance(10);
    assert.equal(of.signalling.invites.at(-1)?.history?.beginMs, 20 * MINUTE);
    assert.equal(of.signalling.calls[0]?.closed, true);
    of.signalling.calls.at(-1)?.endFile();
    await of.clock.advance(10);
    const { state, endedBy } = of.core.history.playbacks.view(address.id);
    assert.deepEqual([state, endedBy], ['ended', undefined]);
    await stopped(of);
  });

  it('are over when the camera hangs up after the last stretch, and broken off when it is gone without a word', async () => {
    for (const [by, endedBy] of [
      ['remote', undefined],
      ['error', 'MEDIA_UNAVAILABLE'],
    ] as const) {
      const of = await bench();
      const address = await of.open(20 * MINUTE);
      await of.watch(address);
      of.signalling.calls.at(-1)?.hangUp(by);
      await of.clock.advance(10);
      const view = of.core.history.playbacks.view(address.id);
      assert.deepEqual([view.state, view.endedBy], ['ended', endedBy]);
      await stopped(of);
    }
  });

  it('that are told twice to pause and then resumed are not ended by the first pause', async () => {
    const of = await bench();
    const address = await of.open();
    await of.watch(address);
    const playback = of.core.history.playbacks.get(address.id);
    await playback.pause();
    await playback.pause();
    await playback.resume();
    of.records.have([0, 10 * MINUTE]);
    of.media.drains = false;
    await of.clock.advance(16 * MINUTE);
    assert.equal(of.core.history.playbacks.view(address.id).state, 'playing');
    await stopped(of);
  });

  it('that are paused and forgotten are ended, and the camera is let go', async () => {
    const of = await bench();
    const address = await of.open();
    await of.watch(address);
    await of.core.history.playbacks.get(address.id).pause();
    await of.clock.advance(15 * MINUTE + 100);
    const { state, endedBy } = of.core.history.playbacks.view(address.id);
    assert.deepEqual([state, endedBy], ['ended', 'MEDIA_UNAVAILABLE']);
    assert.equal(of.signalling.calls.at(-1)?.closed, true);
    await stopped(of);
  });

  for (const scale of [-16, -8, -4, -2, -1, -0.5, -0.25, 0.25, 0.5, 1, 2, 4, 8, 16])
    it(`play at ${String(scale)} times the pace, and the clock with them`, async () => {
      const of = await bench();
      const address = await of.open();
      await of.watch(address);
      const playback = of.core.history.playbacks.get(address.id);
      await playback.seek(5 * MINUTE);
      await playback.setScale(scale);
      const order = of.signalling.calls.at(-1)?.orders.at(-1);
      assert.deepEqual(order, { do: 'scale', scale, ...(scale < 0 ? { fromS: 300 } : {}) });
      assert.equal(of.media.steered.at(-1)?.byArrival, scale !== 1);
      await of.clock.advance(10_000);
      assert.ok(Math.abs(playback.positionMs - 5 * MINUTE - scale * 10_000) < 100);
      await stopped(of);
    });

  it('refuse a pace that no player offers, and a place outside of the period', async () => {
    const of = await bench();
    const address = await of.open();
    const playback = of.core.history.playbacks.get(address.id);
    await assert.rejects(playback.setScale(2), hasCode('STREAM_NOT_FOUND'), 'nothing runs yet');
    await of.watch(address);
    for (const scale of [0, 3, 32, Number.NaN])
      await assert.rejects(playback.setScale(scale), hasCode('INVALID_ARGUMENT'));
    for (const place of [-1, 30 * MINUTE + 1, Number.NaN])
      await assert.rejects(playback.seek(place), hasCode('INVALID_ARGUMENT'));
    await stopped(of);
  });

  it('backwards go on with the stretch before', async () => {
    const of = await bench();
    const address = await of.open();
    await of.watch(address);
    const playback = of.core.history.playbacks.get(address.id);
    await playback.seek(20 * MINUTE);
    await playback.setScale(-4);
    of.signalling.calls.at(-1)?.endFile();
    await of.clock.advance(10);
    assert.equal(of.signalling.invites.at(-1)?.history?.beginMs, 0);
    assert.deepEqual(of.signalling.calls.at(-1)?.orders, [{ do: 'scale', scale: -4, fromS: 600 }]);
    await stopped(of);
  });

  it('backwards out of a call that began in the midst of a stretch show what is before it, and forwards what is behind', async () => {
    const of = await bench();
    const address = await of.open();
    await of.watch(address);
    const playback = of.core.history.playbacks.get(address.id);
    // The camera does not know how to seek: the place is reached by a call that begins there.
    for (const call of of.signalling.calls)
      call.onControl = ({ do: what }) =>
        what === 'seek'
          ? Promise.reject(new CoreError('DEVICE_REFUSED', 'it does not seek'))
          : Promise.resolve();
    await playback.seek(8 * MINUTE);
    assert.equal(of.signalling.invites.at(-1)?.history?.beginMs, 8 * MINUTE);
    await playback.setScale(-4);
    of.signalling.calls.at(-1)?.endFile();
    await of.clock.advance(10);
    const { beginMs, endMs } = of.signalling.invites.at(-1)?.history ?? {};
    assert.deepEqual([beginMs, endMs], [0, 8 * MINUTE]);
    await playback.setScale(1);
    of.signalling.calls.at(-1)?.endFile();
    await of.clock.advance(10);
    const after = of.signalling.invites.at(-1)?.history;
    assert.deepEqual([after?.beginMs, after?.endMs], [8 * MINUTE, 10 * MINUTE]);
    await stopped(of);
  });

  it('sought while they run backwards run backwards from there', async () => {
    const of = await bench();
    const address = await of.open();
    await of.watch(address);
    const playback = of.core.history.playbacks.get(address.id);
    await playback.setScale(-2);
    await playback.seek(25 * MINUTE);
    const { beginMs, endMs } = of.signalling.invites.at(-1)?.history ?? {};
    assert.deepEqual([beginMs, endMs], [20 * MINUTE, 25 * MINUTE]);
    assert.deepEqual(of.signalling.calls.at(-1)?.orders, [{ do: 'scale', scale: -2, fromS: 300 }]);
    await playback.seek(22 * MINUTE);
    assert.deepEqual(of.signalling.calls.at(-1)?.orders.at(-1), { do: 'scale', scale: -2, fromS: 120 });
    assert.equal(playback.positionMs, 22 * MINUTE);
    await stopped(of);
  });

  it('sought again while a call is being made come to the place that was named last', async () => {
    const of = await bench();
    const address = await of.open();
    await of.watch(address);
    const playback = of.core.history.playbacks.get(address.id);
    let answer: () => void = () => undefined;
    const { answer: answerAtOnce } = of.signalling;
    of.signalling.answer = async (order) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      of.signalling.answer = answerAtOnce;
      return await answerAtOnce(order);
    };
    const first = playback.seek(22 * MINUTE);
    await of.clock.advance(10);
    const second = playback.seek(5 * MINUTE);
    await of.clock.advance(10);
    answer();
    await Promise.all([first, second]);
    assert.equal(of.signalling.invites.at(-1)?.history?.beginMs, 5 * MINUTE);
    assert.ok(Math.abs(playback.positionMs - 5 * MINUTE) < 1_000, String(playback.positionMs));
    assert.equal(playback.state, 'playing');
    await stopped(of);
  });

  it('sought back while the last pictures are awaited go on from there', async () => {
    const of = await bench();
    const address = await of.open(0, 10 * MINUTE);
    await of.watch(address);
    const playback = of.core.history.playbacks.get(address.id);
    let settle: (quiet: boolean) => void = () => undefined;
    of.media.drain = () =>
      new Promise((resolve) => {
        settle = resolve;
      });
    of.signalling.calls.at(-1)?.endFile();
    await of.clock.advance(10);
    await playback.seek(2 * MINUTE);
    settle(true);
    await of.clock.advance(10);
    assert.equal(playback.state, 'playing');
    assert.equal(of.signalling.calls.at(-1)?.closed, false);
    await stopped(of);
  });

  it('at two addresses are two, where the camera gives them', async () => {
    const of = await bench();
    const [one, two] = [await of.open(), await of.open()];
    assert.notEqual(await of.watch(one), await of.watch(two));
    assert.equal(of.signalling.invites.length, 2);
    await stopped(of);
  });

  it('are shared with who asks for the same when the camera says that it is busy', async () => {
    const of = await bench();
    const [one, two] = [await of.open(), await of.open()];
    const sessionId = await of.watch(one);
    of.signalling.answer = () => Promise.reject(new CoreError('DEVICE_BUSY', 'one at a time'));
    const decision = await of.ask(two);
    assert.ok(decision.allow);
    assert.equal(decision.sessionId, sessionId);
    await stopped(of);
  });

  it('are of the stream that is asked for: the main one, or the sub stream, each by a name of its own', async () => {
    const of = await bench();
    const [main, sub] = [await of.open(), await of.open(0, 30 * MINUTE, 1)];
    assert.match(sub.url, /\/v3\/openpb\/[A-Z0-9]{9}_1_\d{14}_\d{14}_sub\.flv\?/);
    await of.watch(main);
    await of.watch(sub);
    assert.deepEqual(
      of.signalling.invites.map(({ streamNumber }) => streamNumber),
      [0, 1],
    );
    of.signalling.calls.at(-1)?.endFile();
    await of.clock.advance(10);
    assert.equal(of.signalling.invites.at(-1)?.streamNumber, 1, 'and so is the next stretch');
    const altered = await of.ask({ url: sub.url.replace('_sub.flv', '.flv') });
    assert.equal(!altered.allow && altered.code, 'GRANT_INVALID');
    await stopped(of);
  });
});
