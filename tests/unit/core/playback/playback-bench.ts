import assert from 'node:assert/strict';
import { type Camera, type Core, SYSTEM_PRINCIPAL } from '../../../../bff/src/core/index.ts';
import { type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';

export const MINUTE = 60_000;

type PlaybackAddress = Awaited<ReturnType<Core['history']['playbacks']['open']>>;

export interface Bench extends CoreOnFakes {
  readonly camera: Camera;
  readonly open: (beginMs?: number, endMs?: number, streamNumber?: 0 | 1) => Promise<PlaybackAddress>;
  /** A viewer comes to an address and sees the first picture. */
  readonly watch: (address: PlaybackAddress) => Promise<string>;
  /** He leaves again. */
  readonly leave: (address: PlaybackAddress, sessionId: string) => void;
  /** A viewer comes, and is let in or not before anything has come. */
  readonly ask: (address: Pick<PlaybackAddress, 'url'>) => ReturnType<CoreOnFakes['media']['ask']>;
}

/** A camera with two recordings: of the minutes 0 to 10, and 20 to 30. */
export async function bench(profile: { readonly onePlaybackPerChannel?: boolean } = {}): Promise<Bench> {
  const of = await coreOnFakes();
  const camera = await of.addCamera();
  await of.core.profiles.change(GB_ID, profile);
  of.records.have([0, 10 * MINUTE], [20 * MINUTE, 30 * MINUTE]);
  const ask = ({ url }: Pick<PlaybackAddress, 'url'>): ReturnType<typeof of.media.ask> => of.media.ask(url);
  return {
    ...of,
    camera,
    ask,
    open: (beginMs = 0, endMs = 30 * MINUTE, streamNumber = 0) =>
      of.core.history.playbacks.open({
        ...{ camera, beginMs, endMs, kind: 'all', streamNumber, ttlS: undefined },
        ...{ principal: SYSTEM_PRINCIPAL, host: 'yimu.example' },
      }),
    leave: ({ id }, sessionId) => {
      of.media.emit('viewerLeft', sessionId, id);
    },
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

export async function stopped(of: Bench): Promise<void> {
  await of.core.stop();
  assert.equal(of.clock.pending, 0);
  assert.equal(of.signalling.ssrcsInUse, 0);
}
