import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  REORDER_WINDOW_MS,
  REORDER_WINDOW_PACKETS,
  ReorderBuffer,
} from '../../../../bff/src/media-engine/rtp/reorder-buffer.ts';
import { parseRtpPacket, type RtpPacket } from '../../../../bff/src/media-engine/rtp/rtp-packet.ts';
import { sequenceDistance } from '../../../../bff/src/media-engine/rtp/sequence.ts';
import { rtpBytes } from '../../../support/media/rtp-bytes.ts';

function packet(sequence: number): RtpPacket {
  const parsed = parseRtpPacket(rtpBytes({ sequence, payload: Buffer.from(String(sequence & 0xffff)) }));
  assert.ok(parsed);
  return parsed;
}

interface Passed {
  readonly sequence: number;
  readonly gap: boolean;
  readonly payload: string;
}

function bench(): {
  readonly buffer: ReorderBuffer;
  readonly passed: Passed[];
  readonly push: (sequences: readonly number[], nowMs?: number) => void;
  /** What came out since the last look: numbers, a `!` behind those after a gap. */
  readonly took: () => string;
} {
  const passed: Passed[] = [];
  const buffer = new ReorderBuffer(({ sequenceNumber, bytes, payloadStart, payloadEnd }, gap) => {
    passed.push({
      sequence: sequenceNumber,
      gap,
      payload: Buffer.from(bytes.subarray(payloadStart, payloadEnd)).toString(),
    });
  });
  let seen = 0;
  return {
    buffer,
    passed,
    push(sequences, nowMs = 0) {
      for (const sequence of sequences) buffer.push(packet(sequence), nowMs);
    },
    took() {
      const fresh = passed.slice(seen);
      seen = passed.length;
      return fresh.map(({ sequence, gap }) => `${String(sequence)}${gap ? '!' : ''}`).join(' ');
    },
  };
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

describe('the reorder buffer', () => {
  const cases: readonly [title: string, input: readonly number[], output: string, stats: object][] = [
    ['lets packets in order pass at once', [7, 8, 9], '7 8 9', {}],
    ['goes on over the wrap', [65_534, 65_535, 0, 1], '65534 65535 0 1', {}],
    ['puts two that were swapped back in order', [1, 3, 2, 4], '1 2 3 4', { reordered: 1 }],
    ['orders across the wrap', [65_534, 0, 65_535, 1], '65534 65535 0 1', { reordered: 1 }],
    ['orders a run that came backwards', [1, 5, 4, 3, 2, 6], '1 2 3 4 5 6', { reordered: 3 }],
    ['drops what it has passed', [1, 2, 2, 1, 3], '1 2 3', { duplicates: 2 }],
    ['drops a second copy of what waits', [1, 3, 3, 2], '1 2 3', { duplicates: 1, reordered: 1 }],
    ['waits for one that is missing', [1, 3, 4], '1', {}],
  ];
  for (const [title, input, output, stats] of cases) {
    it(title, () => {
      const { push, took, buffer } = bench();
      push(input);
      assert.equal(took(), output);
      assert.deepEqual(buffer.stats, { lost: 0, reordered: 0, duplicates: 0, late: 0, ...stats });
    });
  }

  it('gives a packet up when those behind it have waited 200 ms, and marks the gap', () => {
    const { push, took, buffer } = bench();
    push([1]);
    push([3], 10);
    push([4], 10 + REORDER_WINDOW_MS);
    assert.equal(took(), '1');
    push([5], 11 + REORDER_WINDOW_MS);
    assert.equal(took(), '3! 4 5');
    assert.equal(buffer.stats.lost, 1);
    assert.equal(buffer.held, 0);
  });

  it('lets no packet wait longer than 200 ms, however many gaps are before it', () => {
    const { push, took, buffer } = bench();
    push([1], 0);
    push([3], 0);
    push([5], 100);
    push([7], 150);
    push([9], REORDER_WINDOW_MS + 1);
    assert.equal(took(), '1 3!');
    push([11], 100 + REORDER_WINDOW_MS + 1);
    assert.equal(took(), '5!');
    push([12], 150 + REORDER_WINDOW_MS + 1);
    assert.equal(took(), '7!');
    assert.equal(buffer.stats.lost, 3);
  });

  it('gives a packet up when 64 behind it wait', () => {
    const { push, took, buffer } = bench();
    push([0]);
    push(range(2, REORDER_WINDOW_PACKETS - 1));
    assert.equal(took(), '0');
    assert.equal(buffer.held, REORDER_WINDOW_PACKETS - 1);
    push([REORDER_WINDOW_PACKETS + 1]);
    assert.match(took(), /^2! 3 4/);
    assert.equal(buffer.held, 0);
    assert.equal(buffer.stats.lost, 1);
  });

  it('counts one that comes after it was given up as late, and drops it', () => {
    const { push, took, buffer } = bench();
    push([1, 3], 0);
    push([4], REORDER_WINDOW_MS + 1);
    push([2], REORDER_WINDOW_MS + 2);
    assert.equal(took(), '1 3! 4');
    assert.deepEqual(buffer.stats, { lost: 1, reordered: 0, duplicates: 0, late: 1 });
  });

  it('counts every packet of an outage that is longer than its ring', () => {
    const { push, took, buffer } = bench();
    push([1, 501, 502]);
    assert.equal(took(), '1 501! 502');
    assert.equal(buffer.stats.lost, 499);
  });

  it('hands out what waits before an outage that is longer than its ring', () => {
    const { push, took, buffer } = bench();
    push([1, 3, 4, 300]);
    assert.equal(took(), '1 3! 4 300!');
    assert.equal(buffer.stats.lost, 1 + 295);
  });

  it('keeps of a burst that runs ahead only what its ring holds', () => {
    const { push, took, buffer } = bench();
    push([0, 2, 120, 130]);
    assert.equal(took(), '0 2!');
    assert.equal(buffer.held, 2);
  });

  it('follows a sender that began anew, from its first packet on (RFC 3550 A.1)', () => {
    const { push, took, buffer } = bench();
    push([1_000, 1_001]);
    push([40_000, 40_001, 40_002]);
    assert.equal(took(), '1000 1001 40000! 40001 40002');
    assert.equal(buffer.stats.late, 0);
  });

  it('follows a sender that began anew below where it was', () => {
    const { push, took } = bench();
    push([20_000, 20_001, 5, 6, 7]);
    assert.equal(took(), '20000 20001 5! 6 7');
  });

  it('hands out what waits before it follows a sender that began anew', () => {
    const { push, took } = bench();
    push([1_000, 1_002, 1_003, 40_000, 40_001]);
    assert.equal(took(), '1000 1002! 1003 40000! 40001');
  });

  it('is not led astray by one packet from far off', () => {
    const { push, took, buffer } = bench();
    push([1, 2, 40_000, 3, 4, 30_000, 12_345, 5, 20_000]);
    assert.equal(took(), '1 2 3 4 5');
    assert.deepEqual(buffer.stats, { lost: 0, reordered: 0, duplicates: 0, late: 3 });
  });

  it('flush hands out all that waits', () => {
    const { push, took, buffer } = bench();
    push([1, 3, 5, 6]);
    took();
    buffer.flush();
    assert.equal(took(), '3! 5! 6');
    assert.equal(buffer.stats.lost, 2);
    buffer.flush();
    assert.equal(took(), '');
  });

  it('after reset begins with whatever comes, and remembers nothing', () => {
    const { push, took, buffer } = bench();
    push([1, 2, 4]);
    took();
    buffer.reset();
    assert.equal(buffer.held, 0);
    push([3, 4]);
    assert.equal(took(), '3 4');
    assert.equal(buffer.stats.duplicates, 0);
  });

  it('copies what waits: the bytes may be written over behind it', () => {
    const { buffer, passed } = bench();
    const shared = Buffer.alloc(64);
    const into = (sequence: number): RtpPacket => {
      const bytes = rtpBytes({ sequence, payload: Buffer.from(`payload ${String(sequence)}`) });
      bytes.copy(shared);
      const parsed = parseRtpPacket(shared.subarray(0, bytes.length));
      assert.ok(parsed);
      return parsed;
    };
    for (const sequence of [1, 3, 2]) buffer.push(into(sequence), 0);
    assert.deepEqual(
      passed.map(({ payload }) => payload),
      ['payload 1', 'payload 2', 'payload 3'],
    );
  });

  it('passes a packet in order without a copy', () => {
    const seen: Uint8Array[] = [];
    const buffer = new ReorderBuffer(({ bytes }) => seen.push(bytes));
    const first = packet(1);
    buffer.push(first, 0);
    assert.equal(seen[0], first.bytes);
  });

  it('gives out in order, each once, and loses nothing that was displaced by less than its window', () => {
    const displaced = fc
      .tuple(
        fc.integer({ min: 0, max: 65_535 }),
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 300 }),
      )
      .map(([first, shifts]) =>
        shifts
          .map((shift, index) => ({ at: index + shift, sequence: (first + index) & 0xffff }))
          .sort((a, b) => a.at - b.at),
      );
    fc.assert(
      fc.property(displaced, (order) => {
        const { buffer, passed } = bench();
        const [start] = order.map(({ sequence }) => sequence);
        if (start === undefined) return;
        order.forEach(({ sequence }) => {
          buffer.push(packet(sequence), 0);
        });
        buffer.flush();
        const behindStart = order.filter(({ sequence }) => sequenceDistance(start, sequence) >= 0);
        assert.deepEqual(
          passed.map(({ sequence }) => sequence),
          behindStart
            .map(({ sequence }) => sequence)
            .sort((a, b) => sequenceDistance(start, a) - sequenceDistance(start, b)),
        );
        assert.ok(passed.every(({ gap }) => !gap));
        assert.equal(buffer.stats.lost, 0);
      }),
    );
  });

  it('whatever comes: never more than 64 wait, nothing twice, and every gap is marked', () => {
    const step = fc.record({
      move: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: -5, max: 8 }) },
        { weight: 2, arbitrary: fc.integer({ min: -200, max: 200 }) },
        { weight: 1, arbitrary: fc.integer({ min: -40_000, max: 40_000 }) },
      ),
      ms: fc.integer({ min: 0, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const { buffer, passed } = bench();
        let nowMs = 0;
        let sequence = 30_000;
        for (const { move, ms } of steps) {
          nowMs += ms;
          sequence = (sequence + move) & 0xffff;
          buffer.push(packet(sequence), nowMs);
          assert.ok(buffer.held <= REORDER_WINDOW_PACKETS);
        }
        buffer.flush();
        assert.equal(buffer.held, 0);
        passed.forEach((now, index) => {
          const before = passed[index - 1];
          if (!before) return;
          if (!now.gap) assert.equal(sequenceDistance(before.sequence, now.sequence), 1);
          assert.equal(now.payload, String(now.sequence));
        });
      }),
      { numRuns: 300 },
    );
  });
});
