import assert from 'node:assert/strict';
import { FRAME_SAMPLES } from '../../../../bff/src/media-engine/talk/frames.ts';
import { VoicePacer } from '../../../../bff/src/media-engine/talk/voice-pacer.ts';
import { VoicePackets } from '../../../../bff/src/media-engine/talk/voice-packets.ts';
import { LiveSource, type VoiceSource } from '../../../../bff/src/media-engine/talk/voice-source.ts';
import type { VoiceWay } from '../../../../bff/src/media-engine/talk/voice-way.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** So many pieces, each filled with its number. */
class Numbered implements VoiceSource {
  readonly dropped = 0;
  #next = 0;
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  get ended(): boolean {
    return this.#next >= this.#count;
  }

  next(): Int16Array | undefined {
    if (this.ended) return undefined;
    this.#next += 1;
    return new Int16Array(FRAME_SAMPLES).fill(this.#next);
  }

  close(): void {
    this.#next = this.#count;
  }
}

describe('a voice paced by the clock', () => {
  let clock: FakeClock;
  let sent: { readonly atMs: number; readonly packet: Buffer }[];
  let way: VoiceWay & { ready: boolean; waitingBytes: number };
  let ends: number;

  beforeEach(() => {
    clock = new FakeClock();
    sent = [];
    ends = 0;
    way = {
      port: 1,
      ready: true,
      waitingBytes: 0,
      heard: 0,
      aim: () => undefined,
      send: (packet) => sent.push({ atMs: clock.monotonicMs(), packet }),
      close: () => undefined,
    };
  });

  function pacer(source: VoiceSource): VoicePacer {
    const packets = new VoicePackets({
      codec: 'pcma',
      payloadType: 8,
      ssrc: 7,
      firstSequence: 0xfffe,
      firstTimestamp: 0xffff_ff00,
    });
    return new VoicePacer({ source, way, packets, clock, onEnd: () => (ends += 1) });
  }

  it('leaves one packet of 160 octets every 20 ms, in sequence, and ends after the last (Q48)', async () => {
    pacer(new Numbered(50)).start();
    await clock.advance(5_000);
    assert.deepEqual(
      sent.map(({ atMs }) => atMs),
      Array.from({ length: 50 }, (_, n) => n * 20),
    );
    for (const [n, { packet }] of sent.entries()) {
      assert.equal(packet.length, 172);
      assert.equal(packet[1], n === 0 ? 0x88 : 0x08);
      assert.equal(packet.readUInt16BE(2), (0xfffe + n) & 0xffff);
      assert.equal(packet.readUInt32BE(4), (0xffff_ff00 + n * 160) >>> 0);
      assert.equal(packet.readUInt32BE(8), 7);
    }
    assert.equal(ends, 1);
    assert.equal(clock.pending, 0);
  });

  it('does not drift: a timer that comes late makes no later packet late', async () => {
    const slow = new FakeClock();
    // Each call comes 7 ms after it was due.
    const late = Object.assign(Object.create(slow) as FakeClock, {
      monotonicMs: () => slow.monotonicMs(),
      after: (delayMs: number, run: () => void) => slow.after(delayMs + 7, run),
    });
    const packets = new VoicePackets({
      codec: 'pcma',
      payloadType: 8,
      ssrc: 7,
      firstSequence: 0,
      firstTimestamp: 0,
    });
    const at: number[] = [];
    way.send = () => at.push(slow.monotonicMs());
    new VoicePacer({ source: new Numbered(500), way, packets, clock: late, onEnd: () => undefined }).start();
    await slow.advance(11_000);
    assert.equal(at.length, 500);
    for (const [n, atMs] of at.entries())
      assert.ok(atMs - n * 20 >= 0 && atMs - n * 20 <= 20, `${String(n)} ${String(atMs)}`);
  });

  it('goes on from now after a long stop, instead of saying everything at once', async () => {
    const source = new Numbered(1_000);
    let isStuck = false;
    const next = source.next.bind(source);
    source.next = () => {
      if (!isStuck && clock.monotonicMs() >= 1_000) {
        isStuck = true;
        // The thread is held up for 3 s.
        const base = clock.monotonicMs.bind(clock);
        clock.monotonicMs = () => base() + 3_000;
      }
      return next();
    };
    pacer(source).start();
    await clock.advance(1_200);
    const after = sent.filter(({ atMs }) => atMs > 1_000);
    assert.ok(after.length <= 12, `${String(after.length)} packets`);
  });

  it('waits for somebody to hear, and for what still has to leave', async () => {
    way.ready = false;
    pacer(new Numbered(10)).start();
    await clock.advance(1_000);
    assert.equal(sent.length, 0);
    way.ready = true;
    way.waitingBytes = 100;
    await clock.advance(1_000);
    assert.equal(sent.length, 10);
    assert.equal(ends, 0);
    way.waitingBytes = 0;
    await clock.advance(300);
    assert.equal(ends, 1);
  });

  it('is silent where a live voice has nothing ready, and stops at once (Q48)', async () => {
    const live = new LiveSource();
    const running = pacer(live);
    running.start();
    await clock.advance(100);
    assert.equal(sent.length, 6);
    assert.ok(sent.every(({ packet }) => packet.subarray(12).every((code) => code === 0xd5)));
    live.feed({ rateHz: 8_000, samples: new Float32Array(160).fill(0.5) });
    await clock.advance(20);
    assert.notEqual(sent.at(-1)?.packet[12], 0xd5);
    running.stop();
    await clock.advance(1_000);
    assert.equal(sent.length, 7);
    assert.equal(ends, 0);
    assert.equal(clock.pending, 0);
  });

  it('drops the oldest of a live voice that comes faster than it can be said, and says what waits at its end', () => {
    const live = new LiveSource();
    for (let n = 0; n < 150; n += 1)
      live.feed({ rateHz: 8_000, samples: new Float32Array(160).fill(n / 1_000) });
    assert.equal(live.dropped, 50);
    assert.equal(live.next()?.[0], Math.round(0.05 * 32_768));
    live.feed({ rateHz: 8_000, samples: new Float32Array(80).fill(0.5) });
    live.finish();
    let count = 0;
    let last: Int16Array | undefined;
    for (let frame = live.next(); frame !== undefined; frame = live.next()) {
      last = frame;
      count += 1;
    }
    assert.equal(count, 100);
    assert.equal(last?.[79], 16_384);
    assert.equal(last[80], 0);
    assert.equal(live.ended, true);
  });
});
