import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FlvTag } from '../../../../bff/src/media-engine/flv/flv-tag.ts';
import { portionOf } from '../../../../bff/src/media-engine/stream/portion.ts';
import { SharedBytes } from '../../../../bff/src/media-engine/stream/shared-bytes.ts';
import {
  RESUME_BELOW_BYTES,
  type Stream,
  STUCK_AFTER_MS,
  Viewer,
} from '../../../../bff/src/media-engine/stream/viewer.ts';
import { FakePipe } from '../../../support/media/fake-pipe.ts';
import { headerTag, pictureTag } from '../../../support/media/flv-tags.ts';

const HEADER = SharedBytes.of(new Uint8Array(13));
const MAX_WAITING_BYTES = 1_000_000;

interface FakeStream extends Stream {
  configVersion: number;
  deliveredConfigVersion: number;
}

function fakeStream(): FakeStream {
  return {
    maxWaitingBytes: MAX_WAITING_BYTES,
    configVersion: 0,
    deliveredConfigVersion: 0,
    config: () => [SharedBytes.of(headerTag('video', 9).bytes)],
  };
}

function bench(): {
  readonly pipe: FakePipe;
  readonly viewer: Viewer;
  readonly stream: FakeStream;
  readonly counts: { skips: number; cut: number };
  readonly push: (...tags: readonly FlvTag[]) => void;
  readonly begin: (...frames: readonly FlvTag[]) => void;
} {
  const pipe = new FakePipe();
  const counts = { skips: 0, cut: 0 };
  const stream = fakeStream();
  const viewer = new Viewer('grant', true, pipe, counts, 0);
  return {
    pipe,
    viewer,
    stream,
    counts,
    push: (...tags) => {
      for (const tag of tags) {
        viewer.push(portionOf([{ tag, bytes: SharedBytes.of(tag.bytes) }]), stream);
      }
    },
    begin: (...frames) => {
      viewer.begin(
        [HEADER],
        frames.map(({ bytes }) => SharedBytes.of(bytes)),
        stream,
      );
    },
  };
}

describe('a viewer', () => {
  it('gets headers and the group of pictures in one call, then each portion as it comes', () => {
    const { pipe, begin, push } = bench();
    begin(pictureTag(0, { key: true }), pictureTag(40));
    assert.equal(pipe.calls, 1);
    push(pictureTag(80));
    assert.deepEqual(pipe.tags, ['key@0', 'picture@40', 'picture@80']);
  });

  it('that comes when no group is kept waits for the next key frame, and is not slow for that', () => {
    const { pipe, begin, push, counts } = bench();
    begin();
    push(pictureTag(40), pictureTag(80, { key: true }), pictureTag(120));
    assert.deepEqual(pipe.tags, ['key@80', 'picture@120']);
    assert.equal(counts.skips, 0);
  });

  it('that cannot keep up is put forward to the next key frame', () => {
    const { pipe, begin, push, counts } = bench();
    begin(pictureTag(0, { key: true }));
    pipe.waitingBytes = MAX_WAITING_BYTES + 100;
    push(pictureTag(40), pictureTag(80));
    pipe.waitingBytes = 0;
    push(pictureTag(120), pictureTag(160, { key: true }), pictureTag(200));
    assert.deepEqual(pipe.tags, ['key@0', 'key@160', 'picture@200']);
    assert.equal(counts.skips, 1);
  });

  it('does not begin again before its queue has drained', () => {
    const { pipe, begin, push, counts } = bench();
    begin(pictureTag(0, { key: true }));
    pipe.waitingBytes = MAX_WAITING_BYTES + 100;
    push(pictureTag(40));
    pipe.waitingBytes = RESUME_BELOW_BYTES + 1;
    push(pictureTag(80, { key: true }), pictureTag(120));
    pipe.waitingBytes = RESUME_BELOW_BYTES;
    push(pictureTag(160, { key: true }));
    assert.deepEqual(pipe.tags, ['key@0', 'key@160']);
    assert.equal(counts.skips, 1);
  });

  it('gets the headers again when they changed while it was put forward', () => {
    const { pipe, stream, begin, push } = bench();
    begin(pictureTag(0, { key: true }));
    pipe.waitingBytes = MAX_WAITING_BYTES + 100;
    push(pictureTag(40));
    stream.configVersion += 1;
    pipe.waitingBytes = 0;
    push(headerTag('video', 9), pictureTag(80, { key: true }));
    assert.deepEqual(pipe.tags, ['key@0', 'video-header/9', 'key@80']);
  });

  it('gets no header twice when it was there for the change', () => {
    const { pipe, stream, begin, push } = bench();
    begin(pictureTag(0, { key: true }));
    stream.configVersion += 1;
    push(headerTag('video', 9));
    stream.deliveredConfigVersion = stream.configVersion;
    pipe.waitingBytes = MAX_WAITING_BYTES;
    push(pictureTag(40, { key: true }));
    pipe.waitingBytes = MAX_WAITING_BYTES + 100;
    push(pictureTag(80));
    pipe.waitingBytes = 0;
    push(pictureTag(120, { key: true }));
    assert.deepEqual(pipe.tags, ['key@0', 'video-header/9', 'key@40', 'key@120']);
  });

  it('is not looked at while each write tells that nothing waits', () => {
    const { pipe, begin, push } = bench();
    begin(pictureTag(0, { key: true }));
    push(pictureTag(40));
    let looks = 0;
    Object.defineProperty(pipe, 'waitingBytes', {
      get: () => {
        looks += 1;
        return 0;
      },
    });
    pipe.write = () => true;
    push(pictureTag(80), pictureTag(120));
    assert.equal(looks, 0);
    pipe.write = () => false;
    push(pictureTag(160), pictureTag(200));
    assert.equal(looks, 1);
  });

  it('is not slow while the group that it was given at its start is on its way', () => {
    const { pipe, viewer, begin, push, counts } = bench();
    pipe.takes = false;
    begin(pictureTag(0, { key: true, bytes: 2 * MAX_WAITING_BYTES }));
    pipe.takes = true;
    push(pictureTag(40));
    assert.equal(viewer.check(1_000), true);
    pipe.waitingBytes = MAX_WAITING_BYTES + 5_000;
    push(pictureTag(80));
    assert.equal(viewer.check(9_000), true);
    push(pictureTag(120));
    assert.deepEqual(pipe.tags, ['key@0', 'picture@40', 'picture@80', 'picture@120']);
    assert.equal(counts.skips, 0);
    viewer.check(10_001);
    push(pictureTag(160));
    assert.equal(counts.skips, 1);
  });

  it('whose queue does not drain in 10 s is cut', () => {
    const { pipe, viewer, begin, push, counts } = bench();
    begin(pictureTag(0, { key: true }));
    pipe.waitingBytes = MAX_WAITING_BYTES + 100;
    push(pictureTag(40));
    assert.equal(viewer.check(1_000), true);
    // A trickle is no progress.
    pipe.waitingBytes -= 1_000;
    assert.equal(viewer.check(1_000 + STUCK_AFTER_MS - 1), true);
    assert.equal(viewer.check(1_000 + STUCK_AFTER_MS), false);
    assert.equal(pipe.destroyed, true);
    assert.equal(counts.cut, 1);
  });

  it('whose queue has drained may wait for a key frame as long as the camera takes', () => {
    const { pipe, viewer, begin, push } = bench();
    begin(pictureTag(0, { key: true }));
    pipe.waitingBytes = MAX_WAITING_BYTES + 100;
    push(pictureTag(40));
    viewer.check(1_000);
    pipe.waitingBytes = RESUME_BELOW_BYTES;
    assert.equal(viewer.check(5_000), true);
    assert.equal(viewer.check(60_000), true);
    assert.equal(pipe.destroyed, false);
  });

  it('ends and is cut through its socket', () => {
    const { pipe, viewer } = bench();
    viewer.end();
    assert.equal(pipe.ended, true);
    viewer.cut();
    assert.equal(pipe.destroyed, true);
  });

  it('whatever its socket does: its queue stays bounded, and after each loss comes a key frame', () => {
    const step = fc.record({
      key: fc.boolean(),
      bytes: fc.constantFrom(100, 20_000, 90_000),
      drained: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { pipe, begin, push } = bench();
        pipe.takes = false;
        begin(pictureTag(0, { key: true }));
        steps.forEach(({ key, bytes, drained }, index) => {
          push(pictureTag(index + 1, { key, bytes }));
          pipe.waitingBytes = Math.floor(pipe.waitingBytes * (1 - drained));
          assert.ok(pipe.waitingBytes <= MAX_WAITING_BYTES + 100_000);
        });
        let expected = 0;
        for (const name of pipe.tags) {
          const [kind, at] = name.split('@');
          if (Number(at) !== expected) assert.equal(kind, 'key');
          expected = Number(at) + 1;
        }
      }),
      { numRuns: 200 },
    );
  });
});
