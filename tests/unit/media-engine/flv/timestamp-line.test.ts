import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DtsWindow } from '../../../../bff/src/media-engine/flv/dts-window.ts';
import { nearestTurn, StampUnwrapper } from '../../../../bff/src/media-engine/flv/stamp-unwrapper.ts';
import { TimestampLine } from '../../../../bff/src/media-engine/flv/timestamp-line.ts';

const FRAME = 3_600;
const WRAP = 2 ** 33;

function place(line: TimestampLine, stamps: readonly (number | undefined)[], periodMs = 40): number[] {
  return stamps.map((stamp, index) => line.place(stamp, 1_000 + index * periodMs));
}
const frames = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, i) => from + i * FRAME);

describe('a counter that wraps', () => {
  it('goes on at the nearest value, forward and back (ISO/IEC 13818-1 §2.4.3.7: 33 bits)', () => {
    const unwrapper = new StampUnwrapper(33);
    const read = [WRAP - 2, WRAP - 1, 0, 1, WRAP - 1, 2].map((stamp) => unwrapper.unwrap(stamp));
    assert.deepEqual(read, [WRAP - 2, WRAP - 1, WRAP, WRAP + 1, WRAP - 1, WRAP + 2]);
  });

  it('goes on for as many turns as it takes', () => {
    const unwrapper = new StampUnwrapper(32);
    let last = 0;
    for (let i = 0; i < 100; i += 1) last = unwrapper.unwrap((i * 2 ** 30) % 2 ** 32);
    assert.equal(last, 99 * 2 ** 30);
  });

  it('is found near a place before and behind it', () => {
    assert.equal(nearestTurn(5, WRAP * 3 + 1, WRAP), WRAP * 3 + 5);
    assert.equal(nearestTurn(5, -3, WRAP), 5);
    assert.equal(nearestTurn(WRAP - 5, 2, WRAP), -5);
  });
});

describe('the time line of the pictures', () => {
  it('begins at 0 whatever the clock of the camera says, and goes on as it does', () => {
    const line = new TimestampLine();
    assert.equal(line.begun, false);
    assert.deepEqual(place(line, frames(4, 987_654_321)), frames(4));
    assert.deepEqual([line.begun, line.lastTicks, line.frameTicks], [true, 3 * FRAME, FRAME]);
  });

  it('takes a pause of up to three seconds as it is', () => {
    const line = new TimestampLine();
    assert.deepEqual(place(line, [0, FRAME, FRAME + 270_000]), [0, FRAME, FRAME + 270_000]);
  });

  it('takes a longer pause as it is when as much time has passed here: sound went on meanwhile', () => {
    const line = new TimestampLine();
    line.place(0, 0);
    assert.equal(line.place(10 * 90_000, 9_000), 10 * 90_000);
    assert.equal(line.place(30 * 90_000, 9_040), 10 * 90_000 + FRAME);
  });

  const steps: readonly [string, number][] = [
    ['forward by an hour', 324_000_000],
    ['back by an hour', -324_000_000],
    ['back by two seconds', -180_000],
    ['forward by four seconds', 360_000],
  ];
  for (const [title, step] of steps) {
    it(`goes on evenly when the camera's clock is set ${title}`, () => {
      const line = new TimestampLine();
      const before = frames(3, 400_000_000);
      const after = frames(3, 400_000_000 + 3 * FRAME + step);
      assert.deepEqual(place(line, [...before, ...after]), frames(6));
    });
  }

  it('never goes back: a stamp out of place comes a millisecond after the last', () => {
    const line = new TimestampLine();
    assert.deepEqual(place(line, [0, FRAME, FRAME - 900, 2 * FRAME]), [0, FRAME, FRAME + 90, 2 * FRAME]);
  });

  it('goes on evenly when stamps stay behind for eight frames: the clock was set back by less than a second', () => {
    const line = new TimestampLine();
    place(line, frames(20));
    const after = place(line, frames(20, 10 * FRAME), 40);
    assert.equal(after[6], 19 * FRAME + 7 * 90);
    assert.equal((after[8] ?? 0) - (after[7] ?? 0), FRAME);
    assert.equal((after[19] ?? 0) - (after[18] ?? 0), FRAME);
  });

  it('goes on by the usual distance where a stamp is missing among others', () => {
    const line = new TimestampLine();
    assert.deepEqual(place(line, [0, FRAME, undefined, undefined, 4 * FRAME]), frames(5));
  });

  it('learns the usual distance, and does not take a gap for it', () => {
    const line = new TimestampLine();
    place(line, [0, 6_000, 12_000, 30_000]);
    assert.equal(line.frameTicks, 6_000);
    place(line, [48_000, 66_000]);
    assert.equal(line.frameTicks, 18_000);
  });

  it('follows the time of arrival when there are no stamps at all', () => {
    const line = new TimestampLine();
    assert.deepEqual(place(line, [undefined, undefined, undefined], 50), [0, 4_500, 9_000]);
  });

  it('follows the time of arrival when the stamps stand still, and goes on by stamp when they count again', () => {
    const line = new TimestampLine();
    const stuck = place(line, [7, 7, 7, 7, 7, 7, 7], 100);
    assert.deepEqual(
      stuck.slice(3).map((ticks, index) => ticks - (stuck[index + 2] ?? 0)),
      [9_000, 9_000, 9_000, 9_000],
    );
    const after = place(line, frames(3, 90_000_000));
    assert.deepEqual([(after[1] ?? 0) - (after[0] ?? 0), (after[2] ?? 0) - (after[1] ?? 0)], [FRAME, FRAME]);
  });

  it('says where a stamp of the same clock lies, over a wrap too', () => {
    const line = new TimestampLine();
    const unwrapper = new StampUnwrapper(33);
    for (const stamp of frames(5, WRAP - 2 * FRAME)) line.place(unwrapper.unwrap(stamp % WRAP), 0);
    assert.equal(line.lastTicks, 4 * FRAME);
    assert.equal(line.locate(2 * FRAME), 4 * FRAME);
    assert.equal(line.locate(WRAP - FRAME), FRAME);
    assert.equal(line.locate(WRAP - 3 * FRAME), -FRAME);
    assert.equal(line.at(WRAP + 3 * FRAME), 5 * FRAME);
  });

  it('says where what arrives now lies', () => {
    const line = new TimestampLine();
    line.place(5_000, 100);
    assert.deepEqual([line.ticksAt(140), line.ticksAt(60)], [FRAME, 0]);
  });

  it('never stands still or goes back, whatever the stamps and the clock of arrival are', () => {
    const stamp = fc.option(fc.oneof(fc.nat(100_000), fc.constantFrom(0, WRAP - 1, 2 ** 32)), {
      nil: undefined,
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(stamp, fc.integer({ min: -100, max: 5_000 })), { maxLength: 60 }),
        (steps) => {
          const line = new TimestampLine();
          let now = 0;
          let last = -1;
          for (const [value, elapsed] of steps) {
            now += elapsed;
            const ticks = line.place(value, now);
            assert.ok(ticks > last && Number.isFinite(ticks));
            assert.ok(last < 0 || ticks - last <= Math.max(270_000, 2 * elapsed * 90));
            last = ticks;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('decoding times that a camera does not send (ITU-T H.264 C.4)', () => {
  /** I P B B P B B …: presentation times in decoding order. */
  const pattern = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11].map((frame) => frame * FRAME);

  it('are the presentation times when no frame is reordered', () => {
    const window = new DtsWindow(0);
    assert.deepEqual(
      frames(5, 900).map((pts) => window.next(pts, FRAME)),
      frames(5, 900),
    );
  });

  it('are the presentation times in order, as early as the reordering is deep', () => {
    const window = new DtsWindow(1);
    assert.deepEqual(
      pattern.map((pts) => window.next(pts, FRAME)),
      pattern.map((_, index) => (index - 1) * FRAME),
    );
  });

  it('are found with a depth that was told too small, after a few frames', () => {
    const window = new DtsWindow(0);
    const read = pattern.map((pts) => window.next(pts, FRAME));
    assert.equal(window.depth, 1);
    assert.deepEqual(
      read.slice(5),
      pattern.slice(5).map((_, index) => (index + 4) * FRAME),
    );
  });

  it('are never after the presentation time', () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 60 }),
        (depth, jitter) => {
          const window = new DtsWindow(depth);
          jitter.forEach((by, index) => {
            const pts = (index + by) * FRAME;
            assert.ok(window.next(pts, FRAME) <= pts);
          });
          assert.ok(window.depth <= 16);
        },
      ),
    );
  });

  for (const [title, step] of [
    ['forward', 5_000],
    ['back', -5_000],
  ] as const) {
    it(`begin anew when the clock is set ${title}`, () => {
      const window = new DtsWindow(1);
      for (const pts of pattern) window.next(pts, FRAME);
      const shifted = pattern.map((pts) => pts + step * FRAME);
      assert.deepEqual(
        shifted.map((pts) => window.next(pts, FRAME)),
        pattern.map((_, index) => (index - 1 + step) * FRAME),
      );
    });
  }
});
