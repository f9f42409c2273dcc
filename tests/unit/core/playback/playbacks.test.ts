import assert from 'node:assert/strict';
import { type Camera, type Core, SYSTEM_PRINCIPAL } from '../../../../bff/src/core/index.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';

const MINUTE = 60_000;

type PlaybackAddress = Awaited<ReturnType<Core['history']['playbacks']['open']>>;

interface Bench extends CoreOnFakes {
  readonly camera: Camera;
  readonly open: (beginMs?: number, endMs?: number) => Promise<PlaybackAddress>;
  /** A viewer comes to an address and sees the first picture. */
  readonly watch: (address: PlaybackAddress) => Promise<string>;
  /** A viewer comes, and is let in or not before anything has come. */
  readonly ask: (address: PlaybackAddress) => ReturnType<CoreOnFakes['media']['ask']>;
}

/** A camera with two recordings: of the minutes 0 to 10, and 20 to 30. */
async function bench(profile: { readonly onePlaybackPerChannel?: boolean } = {}): Promise<Bench> {
  const of = await coreOnFakes();
  const camera = await of.addCamera();
  await of.core.profiles.change(GB_ID, profile);
  of.records.have([0, 10 * MINUTE], [20 * MINUTE, 30 * MINUTE]);
  const ask = (address: PlaybackAddress): ReturnType<typeof of.media.ask> => of.media.ask(address.url);
  return {
    ...of,
    camera,
    ask,
    open: (beginMs = 0, endMs = 30 * MINUTE) =>
      of.core.history.playbacks.open({
        ...{ camera, beginMs, endMs, kind: 'all', ttlS: undefined },
        ...{ principal: SYSTEM_PRINCIPAL, host: 'yimu.example' },
      }),
    watch: async (address) => {
      const opened = of.media.opened.length;
      const verdict = ask(address);
      await of.clock.advance(10);
      if (of.media.opened.length > opened) {
        const sessionId = of.media.opened.at(-1)?.sessionId ?? '';
        of.media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
      }
      const decision = await verdict;
      assert.ok(decision.allow, JSON.stringify(decision));
      of.media.emit('viewerJoined', decision.sessionId, decision.tag);
      return decision.sessionId;
    },
  };
}

async function stopped(of: Bench): Promise<void> {
  await of.core.stop();
  assert.equal(of.clock.pending, 0);
  assert.equal(of.signalling.ssrcsInUse, 0);
}

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

  it('are one for all who ask for the same period, where the profile says that the camera gives one at a time', async () => {
    const of = await bench({ onePlaybackPerChannel: true });
    const [one, two] = [await of.open(), await of.open()];
    assert.notEqual(one.id, two.id);
    assert.equal(await of.watch(one), await of.watch(two));
    assert.equal(of.signalling.invites.length, 1);
    await of.core.history.playbacks.get(two.id).pause();
    assert.equal(of.core.history.playbacks.view(one.id).state, 'paused');
    const other = await of.open(MINUTE);
    assert.notEqual(await of.watch(other), of.media.opened[0]?.sessionId);
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

  it('that are shared go on for the others when one address is closed', async () => {
    const of = await bench({ onePlaybackPerChannel: true });
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
