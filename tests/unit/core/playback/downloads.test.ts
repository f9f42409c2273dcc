import assert from 'node:assert/strict';
import type { Camera, DownloadView } from '../../../../bff/src/core/index.ts';
import { type CoreOnFakes, coreOnFakes } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';

const MINUTE = 60_000;

interface Bench extends CoreOnFakes {
  readonly camera: Camera;
  readonly order: () => Promise<DownloadView>;
  /** The first picture of the newest stream comes, and so much of the recording after it. */
  readonly come: (mediaMs: number, fileBytes: number, bytesIn?: number) => Promise<void>;
}

async function bench(settings: Parameters<typeof coreOnFakes>[0] = {}): Promise<Bench> {
  const of = await coreOnFakes(settings);
  const camera = await of.addCamera();
  of.records.have([0, MINUTE], [10 * MINUTE, 11 * MINUTE]);
  return {
    ...of,
    camera,
    order: () =>
      of.core.history.downloads.order({ camera, beginMs: 0, endMs: 20 * MINUTE, kind: 'all', speed: 4 }),
    come: async (mediaMs, fileBytes, bytesIn = 1) => {
      await of.clock.advance(10);
      const sessionId = of.media.opened.at(-1)?.sessionId ?? '';
      of.media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
      const counts = { viewers: 0, bytesIn, packetsIn: 1, packetsLost: 0, foreignSsrcPackets: 0 };
      of.media.sessions = [{ sessionId, ...counts, tracks: undefined, keyFrames: 0, mediaMs, fileBytes }];
      await of.clock.advance(1_100);
    },
  };
}

describe('downloads of recordings', () => {
  it('are asked of the camera at a speed and written to a file, stretch after stretch, with progress', async () => {
    const of = await bench();
    const { id, totalMs } = await of.order();
    assert.equal(totalMs, 2 * MINUTE);
    await of.come(30_000, 1_000);
    assert.equal(of.media.opened.at(-1)?.recordTo, `/downloads/${id}.flv`);
    const { history } = of.signalling.invites.at(-1) ?? {};
    assert.deepEqual(history, { session: 'download', beginMs: 0, endMs: MINUTE, kind: 'all', speed: 4 });
    const { state, bytes, progress, announcedBytes } = of.core.history.downloads.get(id);
    assert.deepEqual([state, bytes, progress, announcedBytes], ['running', 1_000, 0.25, 5_000_000]);
    of.signalling.calls.at(-1)?.endFile();
    await of.clock.advance(10);
    assert.equal(of.signalling.invites.at(-1)?.history?.beginMs, 10 * MINUTE);
    of.downloadFiles.sizes.set(id, 9_000);
    of.signalling.calls.at(-1)?.endFile();
    await of.clock.advance(10);
    const done = of.core.history.downloads.get(id);
    assert.deepEqual([done.state, done.progress, done.bytes], ['done', 1, 9_000]);
    assert.equal((await of.core.history.downloads.open(id)).bytes, 9_000);
    await of.core.stop();
    assert.equal(of.clock.pending, 0);
    assert.equal(of.signalling.ssrcsInUse, 0);
  });

  it('go on when as many bytes have come as the camera announced, though it says nothing at the end (Q51)', async () => {
    const of = await bench();
    const { id } = await of.order();
    await of.come(50_000, 1_000, 5_000_011);
    assert.equal(of.signalling.invites.length, 1);
    await of.come(50_000, 1_000, 5_000_012);
    await of.clock.advance(10);
    assert.equal(of.signalling.invites.at(-1)?.history?.beginMs, 10 * MINUTE, 'the next stretch');
    await of.come(60_000, 2_000, 9_000_000);
    assert.equal(of.core.history.downloads.get(id).state, 'running', 'bytes are counted anew');
    of.downloadFiles.sizes.set(id, 2_000);
    await of.come(110_000, 2_000, 10_000_012);
    await of.clock.advance(10);
    assert.equal(of.core.history.downloads.get(id).state, 'done');
    await of.core.stop();
  });

  it('go on when all of a stretch has come by its stamps, though the camera says nothing (Q51)', async () => {
    const of = await bench();
    const { id } = await of.order();
    await of.come(MINUTE - 1_100, 1_000);
    assert.equal(of.signalling.invites.length, 1);
    await of.come(MINUTE - 900, 1_000);
    await of.clock.advance(10);
    assert.equal(of.signalling.invites.at(-1)?.history?.beginMs, 10 * MINUTE, 'the next stretch');
    assert.equal(of.signalling.calls[0]?.closed, true);
    await of.come(2 * MINUTE - 2_100, 2_000);
    assert.equal(of.core.history.downloads.get(id).state, 'running', 'time is counted anew');
    await of.come(2 * MINUTE - 1_800, 2_000);
    await of.clock.advance(10);
    assert.equal(of.core.history.downloads.get(id).state, 'done');
    await of.core.stop();
  });

  it('go on when the camera hangs up at the end of a stretch, without MediaStatus (Q51)', async () => {
    const of = await bench();
    const { id } = await of.order();
    await of.come(50_000, 1_000);
    of.signalling.calls.at(-1)?.hangUp();
    await of.clock.advance(10);
    assert.equal(of.signalling.invites.at(-1)?.history?.beginMs, 10 * MINUTE, 'the next stretch');
    await of.come(2 * MINUTE - 5_000, 2_000);
    of.signalling.calls.at(-1)?.hangUp();
    await of.clock.advance(10);
    assert.equal(of.core.history.downloads.get(id).state, 'done');
    await of.core.stop();
  });

  it('of which more comes than was announced go on, and a size that is too small is not believed', async () => {
    const of = await bench();
    const { id } = await of.order();
    await of.come(10_000, 1_000, 6_000_000);
    assert.equal(of.signalling.invites.length, 1);
    of.media.drains = false;
    await of.come(40_000, 1_000, 7_000_000);
    await of.clock.advance(10);
    assert.equal(of.signalling.invites.length, 1);
    assert.equal(of.core.history.downloads.get(id).state, 'running');
    await of.core.stop();
  });

  it('go on after ten seconds of silence where next to nothing of a stretch lacks, and not in its midst (Q51)', async () => {
    const of = await bench();
    const { id } = await of.order();
    await of.come(57_500, 1_000);
    await of.clock.advance(8_000);
    assert.equal(of.signalling.invites.length, 1, 'it may be slow');
    await of.clock.advance(3_000);
    assert.equal(of.signalling.invites.at(-1)?.history?.beginMs, 10 * MINUTE, 'the next stretch');
    assert.equal(of.signalling.calls[0]?.closed, true);
    await of.come(57_500 + 30_000, 2_000, 2);
    await of.clock.advance(14_000);
    assert.deepEqual(
      [of.core.history.downloads.get(id).state, of.signalling.calls.at(-1)?.closed],
      ['running', false],
    );
    await of.core.stop();
  });

  it('whose camera falls silent are whole where next to nothing lacks: it has said all without a word (Q51)', async () => {
    const of = await bench();
    of.records.have([0, MINUTE]);
    const { id } = await of.order();
    await of.come(57_500, 1_000);
    of.media.emit('sourceLost', of.media.opened.at(-1)?.sessionId ?? '', 'rtp-timeout');
    await of.clock.advance(10);
    assert.equal(of.core.history.downloads.get(id).state, 'done');
    assert.equal(of.signalling.calls[0]?.closed, true);
    await of.core.stop();
  });

  it('that a camera ends early are kept as far as they came, and said to be partial (Q51)', async () => {
    const of = await bench();
    const { id } = await of.order();
    await of.come(30_000, 1_000);
    of.downloadFiles.sizes.set(id, 1_000);
    of.media.emit('sourceLost', of.media.opened.at(-1)?.sessionId ?? '', 'rtp-timeout');
    await of.clock.advance(10);
    const { state, failure } = of.core.history.downloads.get(id);
    assert.deepEqual([state, failure], ['partial', 'MEDIA_UNAVAILABLE']);
    await of.core.stop();
  });

  it('of one device wait for one another; one that waits is cancelled without a call', async () => {
    const of = await bench();
    const first = await of.order();
    const second = await of.order();
    await of.come(1_000, 1);
    assert.equal(of.core.history.downloads.get(second.id).state, 'waiting');
    await of.core.history.downloads.remove(second.id);
    assert.equal(of.signalling.invites.length, 1);
    await of.core.history.downloads.remove(first.id);
    assert.deepEqual(of.downloadFiles.removed, [second.id, first.id]);
    assert.ok(of.signalling.calls.every(({ closed }) => closed));
    await of.core.stop();
  });

  it('are bounded in number and bytes, and files go after their time', async () => {
    const downloads = { maxRunning: 1, maxKnown: 1, maxBytes: 5_000, keepMs: MINUTE };
    const of = await bench({ settings: { downloads } });
    const { id } = await of.order();
    await assert.rejects(of.order(), hasCode('QUOTA_EXCEEDED'));
    await of.come(1_000, 6_000);
    await of.clock.advance(1_100);
    assert.deepEqual(
      [of.core.history.downloads.get(id).state, of.core.history.downloads.get(id).failure],
      ['failed', 'QUOTA_EXCEEDED'],
    );
    await of.clock.advance(MINUTE + 2_000);
    assert.throws(() => of.core.history.downloads.get(id), hasCode('RECORDING_NOT_FOUND'));
    await of.core.stop();
  });
});
