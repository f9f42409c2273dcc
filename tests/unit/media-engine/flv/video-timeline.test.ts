import assert from 'node:assert/strict';
import type { VideoStamps } from '../../../../bff/src/media-engine/es/frame.ts';
import { VideoTimeline } from '../../../../bff/src/media-engine/flv/video-timeline.ts';

const FRAME = 3_600;
const WRAP = 2 ** 33;

function stamps(pts?: number, dts?: number, rtp?: number): VideoStamps {
  return {
    ptsTicks90k: pts === undefined ? undefined : (pts + WRAP) % WRAP,
    dtsTicks90k: dts === undefined ? undefined : (dts + WRAP) % WRAP,
    rtpTimestamp: rtp === undefined ? undefined : (rtp + 2 ** 32) % 2 ** 32,
  };
}

function place(timeline: VideoTimeline, all: readonly VideoStamps[], periodMs = 40): [number, number][] {
  return all.map((one, index) => {
    const { timestampMs, compositionMs } = timeline.place(one, index * periodMs);
    return [timestampMs, compositionMs];
  });
}

/** I P B B P B B: presentation times in decoding order, in frames. */
const REORDERED = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8];

describe('when a picture is decoded and shown', () => {
  it('is told by its PTS alone in a stream that reorders nothing', () => {
    assert.deepEqual(
      place(
        new VideoTimeline(),
        [0, 1, 2].map((i) => stamps(1_000 + i * FRAME)),
      ),
      [
        [0, 0],
        [40, 0],
        [80, 0],
      ],
    );
  });

  it('is told by PTS and DTS where there are both', () => {
    const all = REORDERED.map((shown, index) => stamps((shown + 1) * FRAME, index * FRAME));
    assert.deepEqual(
      place(new VideoTimeline(), all),
      REORDERED.map((shown, index) => [index * 40, (shown + 1 - index) * 40]),
    );
  });

  it('is derived with B-frames and no DTS, by the depth that the SPS tells', () => {
    const timeline = new VideoTimeline();
    timeline.setReorderDepth(1);
    timeline.setReorderDepth(undefined);
    assert.deepEqual(
      place(
        timeline,
        REORDERED.map((shown) => stamps(shown * FRAME)),
      ),
      REORDERED.map((shown, index) => [index * 40, (shown + 1 - index) * 40]),
    );
  });

  it('comes right after a few pictures with B-frames, no DTS, and an SPS that says nothing', () => {
    const timeline = new VideoTimeline();
    const pattern = Array.from({ length: 40 }, (_, i) => (i === 0 ? 0 : i + [2, -1, -1][(i - 1) % 3]!));
    const times = place(
      timeline,
      pattern.map((shown) => stamps(shown * FRAME)),
    );
    for (const [index, [dts, composition]] of times.entries()) {
      assert.ok(composition >= 0);
      if (index > 0) assert.ok(dts > (times[index - 1]?.[0] ?? 0));
      if (index >= 12) assert.equal(dts + composition, (pattern[index] ?? 0) * 40);
    }
  });

  it('is the same when 33 bits wrap in the middle of the stream', () => {
    const at = (offset: number): [number, number][] =>
      place(
        new VideoTimeline(),
        REORDERED.map((shown, index) => stamps((shown + 1) * FRAME + offset, index * FRAME + offset)),
      );
    assert.deepEqual(at(WRAP - 4 * FRAME), at(90_000));
  });

  it('is derived where the DTS is no decoding time of this picture', () => {
    for (const dts of [5 * FRAME, 0]) {
      const times = place(
        new VideoTimeline(),
        [0, 1, 2].map((i) => stamps(9_000_000 + i * FRAME, dts)),
      );
      assert.deepEqual(times, [
        [0, 0],
        [40, 0],
        [80, 0],
      ]);
    }
  });

  it('is told by the RTP timestamps when there are no others, over their wrap', () => {
    const times = place(
      new VideoTimeline(),
      [-1, 0, 1, 2].map((i) => stamps(undefined, undefined, i * FRAME)),
      17,
    );
    assert.deepEqual(times, [
      [0, 0],
      [40, 0],
      [80, 0],
      [120, 0],
    ]);
  });

  it('goes on evenly when PTS begin where RTP timestamps told the time', () => {
    const timeline = new VideoTimeline();
    place(
      timeline,
      [0, 1].map((i) => stamps(undefined, undefined, 777 + i * FRAME)),
    );
    assert.deepEqual(
      place(
        timeline,
        [0, 1].map((i) => stamps(500_000_000 + i * FRAME, undefined, 777 + (i + 2) * FRAME)),
      ),
      [
        [80, 0],
        [120, 0],
      ],
    );
  });

  it('is told by arrival when nothing else is there or counts', () => {
    const times = place(
      new VideoTimeline(),
      Array.from({ length: 6 }, () => stamps(undefined, undefined, 5)),
      40,
    );
    assert.equal((times[5]?.[0] ?? 0) - (times[4]?.[0] ?? 0), 40);
    assert.deepEqual(place(new VideoTimeline(), [stamps(), stamps()], 40), [
      [0, 0],
      [40, 0],
    ]);
  });
});
