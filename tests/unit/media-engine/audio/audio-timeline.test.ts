import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AudioTimeline } from '../../../../bff/src/media-engine/audio/audio-timeline.ts';
import { TimestampLine } from '../../../../bff/src/media-engine/flv/timestamp-line.ts';

const MS = 90;
const PIECE_MS = 40;
const WRAP = 2 ** 33;

/** Pictures each 40 ms from a camera clock that begins at `from`, and the sound beside them. */
class Stream {
  readonly line = new TimestampLine();
  readonly audio = new AudioTimeline(this.line);
  #pictures = 0;
  #from: number;

  constructor(fromTicks = 500_000_000) {
    this.#from = fromTicks;
  }

  picture(): void {
    this.line.place(this.#from + this.#pictures * PIECE_MS * MS, this.#pictures * PIECE_MS);
    this.#pictures += 1;
  }

  /** One piece whose stamp says `ms` after the first picture; arrives with the last picture. */
  piece(
    ms: number | undefined,
    options: { readonly raw?: number; readonly lengthMs?: number } = {},
  ): string | number {
    const stamp = options.raw ?? (ms === undefined ? undefined : (this.#from + ms * MS + WRAP) % WRAP);
    const arrival = Math.max(0, this.#pictures - 1) * PIECE_MS;
    const placed = this.audio.place(stamp, (options.lengthMs ?? PIECE_MS) * MS, arrival);
    if (!placed) return 'left out';
    const at = Math.round(placed.atTicks / MS);
    return placed.silenceTicks > 0
      ? `${String(Math.round(placed.silenceTicks / MS))} ms of silence, ${String(at)}`
      : at;
  }

  run(count: number, stampOf: (index: number) => number | undefined): (string | number)[] {
    return Array.from({ length: count }, (_, index) => {
      this.picture();
      return this.piece(stampOf(index));
    });
  }
}

const even = (index: number): number => index * PIECE_MS;

describe('the time of sound beside the pictures', () => {
  it('is what its stamps say, on the line of the pictures', () => {
    assert.deepEqual(new Stream().run(5, even), [0, 40, 80, 120, 160]);
  });

  it('is not before the first picture, and what belongs there is left out', () => {
    const stream = new Stream();
    assert.equal(stream.piece(0), 'left out');
    stream.picture();
    assert.equal(stream.piece(-100), 'left out');
    assert.equal(stream.piece(-50), 'left out');
    assert.equal(stream.piece(10), 10);
  });

  it('goes over a wrap of 33 bits as the pictures do', () => {
    const stream = new Stream(WRAP - 100 * MS);
    let stamp = 0;
    const line = stream.line;
    const times = Array.from({ length: 6 }, (_, index) => {
      line.place(WRAP - 100 * MS + index * 40 * MS, index * 40);
      stamp = (WRAP - 100 * MS + index * 40 * MS) % WRAP;
      return Math.round((stream.audio.place(stamp, 40 * MS, index * 40)?.atTicks ?? -1) / MS);
    });
    assert.deepEqual(times, [0, 40, 80, 120, 160, 200]);
  });

  it('is counted by the length of the pieces: stamps that jitter do not shake it', () => {
    const jitter = [0, 15, -15, 20, -20, 10, -10, 0];
    const times = new Stream().run(200, (index) => even(index) + (jitter[index % jitter.length] ?? 0));
    times.forEach((time, index) => {
      assert.ok(Math.abs(Number(time) - even(index)) <= 5, `piece ${String(index)} at ${String(time)}`);
    });
  });

  it('follows a sound clock that runs off the picture clock by a part in a thousand, within 10 ms', () => {
    for (const drift of [1.001, 0.999]) {
      const times = new Stream().run(2_000, (index) => even(index) * drift);
      times.forEach((time, index) => {
        assert.ok(Math.abs(Number(time) - even(index) * drift) < 10);
      });
    }
  });

  it('comes back within 50 ms when it is 150 ms off, without a jump', () => {
    const stream = new Stream();
    stream.run(20, even);
    const times = stream.run(120, (index) => even(index + 20) + 150).map(Number);
    for (let i = 1; i < times.length; i += 1) {
      const step = (times[i] ?? 0) - (times[i - 1] ?? 0);
      assert.ok(step >= 38 && step <= 42);
    }
    assert.ok(Math.abs((times[119] ?? 0) - (even(139) + 150)) < 50);
  });

  it('is made up for with silence when it lacks more than 200 ms', () => {
    const stream = new Stream();
    stream.run(10, even);
    for (let i = 0; i < 20; i += 1) stream.picture();
    assert.equal(stream.piece(even(30)), '800 ms of silence, 1200');
    stream.picture();
    assert.equal(stream.piece(even(31)), 1_240);
  });

  it('has no more than three seconds of silence made for it; time jumps over the rest', () => {
    const stream = new Stream();
    stream.run(10, even);
    for (let i = 0; i < 200; i += 1) stream.picture();
    assert.equal(stream.piece(even(210)), '3000 ms of silence, 8400');
  });

  it('never goes back: pieces too early by more than 200 ms are left out until it fits again', () => {
    const stream = new Stream();
    stream.run(10, even);
    // The camera sends 600 ms of sound at once.
    for (let i = 0; i < 15; i += 1) stream.piece(even(10 + i));
    const repeated = Array.from({ length: 12 }, (_, i) => stream.piece(even(10) + i * 40 + 1));
    assert.deepEqual(repeated.slice(0, 10), new Array(10).fill('left out'));
    assert.equal(typeof repeated[10], 'number');
  });

  it('goes on when sound has a clock of its own', () => {
    const stream = new Stream();
    const times = Array.from({ length: 50 }, (_, index) => {
      stream.picture();
      return stream.piece(undefined, { raw: 7_000_000_000 + index * 40 * MS });
    });
    assert.deepEqual(
      times,
      Array.from({ length: 50 }, (_, index) => even(index)),
    );
  });

  it('goes on when the clock of the camera is set, whether sound or pictures say so first', () => {
    for (const step of [3_600_000, -3_600_000, 10_000]) {
      const line = new TimestampLine();
      const audio = new AudioTimeline(line);
      const times: number[] = [];
      for (let i = 0; i < 40; i += 1) {
        const device = 5_000_000 + i * 40 + (i >= 20 ? step : 0);
        const early = 5_000_000 + i * 40 + (i >= 19 ? step : 0);
        line.place(device * MS, i * 40);
        const placed = audio.place((early * MS) % WRAP, 40 * MS, i * 40);
        times.push(Math.round((placed?.atTicks ?? -1) / MS));
      }
      for (const [index, time] of times.entries())
        assert.ok(Math.abs(time - even(index)) < 50, `${String(step)}: ${String(time)}`);
    }
  });

  it('goes on when every piece is stamped 0, as some cameras do', () => {
    const stream = new Stream();
    const times = Array.from({ length: 300 }, () => {
      stream.picture();
      return stream.piece(undefined, { raw: 0 });
    });
    times.forEach((time, index) => {
      assert.ok(Math.abs(Number(time) - even(index)) <= 80, `piece ${String(index)} at ${String(time)}`);
    });
  });

  it('is the time of arrival when no piece has a stamp', () => {
    const stream = new Stream();
    const times = stream.run(400, () => undefined);
    for (const [index, time] of times.slice(2).entries())
      assert.ok(Math.abs(Number(time) - even(index + 1)) <= 120);
  });

  it('follows on where a few pieces have no stamp among others that do', () => {
    const times = new Stream().run(12, (index) => (index % 3 === 0 ? even(index) : undefined));
    assert.deepEqual(
      times,
      Array.from({ length: 12 }, (_, index) => even(index)),
    );
  });

  it('goes by count when stamps advance too slowly or too fast', () => {
    for (const pace of [0.5, 0.09, 2]) {
      const times = new Stream().run(500, (index) => even(index) * pace);
      const numbers = times.filter((time) => typeof time === 'number');
      assert.ok(numbers.length > 450);
      assert.ok(Math.abs((numbers.at(-1) ?? 0) - even(499)) <= 1_300, String(numbers.at(-1)));
    }
  });

  it('never goes back or stands still, whatever the stamps are', () => {
    const step = fc.record({
      stamp: fc.option(fc.oneof(fc.nat(20_000_000), fc.nat(WRAP - 1), fc.constantFrom(0, WRAP - 1)), {
        nil: undefined,
      }),
      picture: fc.boolean(),
      jump: fc.constantFrom(0, 0, 0, 40_000_000, -40_000_000),
      elapsed: fc.integer({ min: -50, max: 4_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const line = new TimestampLine();
        const audio = new AudioTimeline(line);
        let device = 100_000;
        let now = 0;
        let last = -1;
        for (const { stamp, picture, jump, elapsed } of steps) {
          now += elapsed;
          device += 3_600 + jump;
          if (picture) line.place(device, now);
          const placed = audio.place(stamp, 3_600, now);
          if (!placed) continue;
          assert.ok(placed.atTicks >= 0 && placed.atTicks > last && Number.isFinite(placed.atTicks));
          assert.ok(placed.silenceTicks >= 0 && placed.silenceTicks <= 270_000);
          last = placed.atTicks;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
