import assert from 'node:assert/strict';
import { AudioIngest } from '../../../../bff/src/media-engine/audio/audio-ingest.ts';
import type { AacConfig } from '../../../../bff/src/media-engine/audio/audio-track.ts';
import { TimestampLine } from '../../../../bff/src/media-engine/flv/timestamp-line.ts';
import type { MappedStream } from '../../../../bff/src/media-engine/ps/program-stream-map.ts';
import { streamKindOf } from '../../../../bff/src/media-engine/ps/stream-type.ts';
import { adtsFrame } from '../../../support/media/adts-writer.ts';
import { bodyBytes } from '../../../support/media/nal-samples.ts';
import { AAC, AUDIO_ID, G711A } from '../../../support/media/ps-writer.ts';

const MS = 90;
const mapped = (streamType: number): MappedStream => ({
  psStreamId: AUDIO_ID,
  streamType,
  stream: streamKindOf(streamType),
});

interface Heard {
  readonly atMs: number;
  readonly data: string;
}

class Bench {
  readonly line = new TimestampLine();
  readonly configs: AacConfig[] = [];
  readonly heard: Heard[] = [];
  /** Blocks that went into the encoder: their first and last samples. */
  readonly coded: [number, number][] = [];
  readonly audio: AudioIngest;
  #picture = 0;

  constructor(streamType?: number | null) {
    this.audio = new AudioIngest({
      line: this.line,
      makeEncoder: () => ({
        encode: (samples) => {
          this.coded.push([samples[0] ?? 0, samples[1_023] ?? 0]);
          return Uint8Array.of(this.coded.length);
        },
      }),
      sink: {
        onAudioConfig: (config) => this.configs.push(config),
        onAudioFrame: (data, atTicks) => {
          this.heard.push({ atMs: Math.round(atTicks / MS), data: Buffer.from(data).toString('hex') });
        },
      },
    });
    if (streamType !== undefined) this.audio.onMap(streamType === null ? null : mapped(streamType));
  }

  /** So many pictures, 40 ms each, and 40 ms of sound with each where `payload` gives some. */
  run(pictures: number, payload: (index: number) => Uint8Array | undefined = () => undefined): this {
    for (let i = 0; i < pictures; i += 1) {
      const atMs = this.#picture * 40;
      this.line.place(atMs * MS, atMs);
      this.audio.onPicture();
      const bytes = payload(this.#picture);
      if (bytes) this.pes(bytes, atMs);
      this.#picture += 1;
    }
    return this;
  }

  pes(bytes: Uint8Array, atMs: number): void {
    this.audio.beginPes(atMs * MS);
    this.audio.data(bytes, 0, bytes.length);
    this.audio.endPes(atMs);
  }

  get times(): number[] {
    return this.heard.map(({ atMs }) => atMs);
  }
}

const pcm = Buffer.alloc(320, 0xaa);

describe('G.711 of a camera', () => {
  it('becomes AAC of 8 kHz, one channel, each 128 ms, from the time of its first sample on', () => {
    const { configs, times, audio } = new Bench(G711A).run(26, () => pcm);
    assert.deepEqual(
      configs.map(({ specific, rateHz, channels }) => [
        Buffer.from(specific).toString('hex'),
        rateHz,
        channels,
      ]),
      [['1588', 8_000, 1]],
    );
    assert.deepEqual(times, [0, 128, 256, 384, 512, 640, 768]);
    assert.deepEqual([audio.coding, audio.outlook, audio.fault], ['pcma', 'known', undefined]);
    assert.equal(audio.stats.frames, 7);
  });

  it('is known as soon as one packet is there, before it fills a frame', () => {
    const bench = new Bench(G711A);
    assert.equal(bench.audio.outlook, 'awaited');
    bench.run(1, () => pcm);
    assert.deepEqual([bench.audio.outlook, bench.heard.length], ['known', 0]);
  });

  it('comes in pieces of any size', () => {
    const bench = new Bench(G711A).run(1);
    const whole = bodyBytes(20_480);
    const cuts = [0, 1, 161, 162, 3_000, 9_000, 9_001, 20_480];
    for (let i = 1; i < cuts.length; i += 1) {
      const piece = whole.subarray(cuts[i - 1], cuts[i]);
      bench.pes(piece, (cuts[i - 1] ?? 0) / 8);
    }
    assert.equal(bench.coded.length, 20);
    assert.deepEqual(
      bench.times,
      Array.from({ length: 19 }, (_, i) => i * 128),
    );
  });

  it('goes on in silence when it stops for more than a second, and by itself when it comes again (Q54)', () => {
    const bench = new Bench(G711A);
    bench
      .run(50, () => pcm)
      .run(100)
      .run(50, () => pcm);
    const steps = bench.times.slice(1).map((time, index) => time - (bench.times[index] ?? 0));
    assert.ok(
      steps.every((step) => step >= 124 && step <= 132),
      String(steps),
    );
    assert.ok((bench.times.at(-1) ?? 0) > 200 * 40 - 128 * 3);
    const silent = bench.coded.filter(([first, last]) => first === 0 && last === 0).length;
    assert.ok(silent >= 28 && silent <= 32, String(silent));
  });

  it('while it is stopped never lags more than 0.6 s behind the pictures', () => {
    const bench = new Bench(G711A);
    bench.run(50, () => pcm).run(30);
    for (let i = 0; i < 100; i += 1) {
      bench.run(1);
      const end = (bench.times.at(-1) ?? 0) + 2 * 128;
      assert.ok(bench.line.lastTicks / MS - end <= 600);
    }
  });

  it('that was promised and does not come is silence from when that is decided', () => {
    const bench = new Bench(G711A).run(26);
    assert.equal(bench.audio.startSilent(), true);
    bench.run(50);
    assert.equal(bench.configs.length, 1);
    assert.ok(bench.coded.every(([first, last]) => first === 0 && last === 0));
    assert.deepEqual(bench.times.slice(0, 3), [0, 128, 256]);
    bench.run(20, () => pcm);
    assert.equal(bench.configs.length, 1);
  });

  it('with bytes missing loses what is begun, and no more', () => {
    const bench = new Bench(G711A).run(1, () => pcm);
    bench.audio.beginPes(3_600);
    bench.audio.data(pcm, 0, 100);
    bench.audio.lose();
    bench.audio.data(pcm, 100, 320);
    bench.audio.endPes(40);
    bench.run(30, () => pcm);
    assert.ok(bench.heard.length >= 7);
    assert.equal(bench.audio.stats.dropped, 0);
  });
});

describe('AAC of a camera', () => {
  const bodies = Array.from({ length: 40 }, (_, index) => bodyBytes(60 + index, index + 1));
  const frames = bodies.map((body) => adtsFrame(body, { rateIndex: 8 }));
  const texts = bodies.map((body) => body.toString('hex'));

  it('is passed on byte for byte, without its ADTS headers, each frame 64 ms at 16 kHz', () => {
    const bench = new Bench(AAC).run(1);
    frames.forEach((frame, index) => {
      bench.pes(frame, index * 64);
    });
    assert.deepEqual(
      bench.heard.map(({ data }) => data),
      texts,
    );
    assert.deepEqual(
      bench.times,
      frames.map((_, index) => index * 64),
    );
    assert.equal(Buffer.from(bench.configs[0]?.specific ?? []).toString('hex'), '1408');
  });

  it('may be several frames in a packet, one after the other in time', () => {
    const bench = new Bench(AAC).run(1);
    for (let i = 0; i < 40; i += 4) bench.pes(Buffer.concat(frames.slice(i, i + 4)), i * 64);
    assert.deepEqual(
      bench.times,
      frames.map((_, index) => index * 64),
    );
  });

  it('is told anew when its form changes', () => {
    const bench = new Bench(AAC).run(1);
    bench.pes(adtsFrame(bodyBytes(50), { rateIndex: 8 }), 0);
    bench.pes(adtsFrame(bodyBytes(50), { rateIndex: 8 }), 64);
    bench.pes(adtsFrame(bodyBytes(50), { rateIndex: 4, channels: 2 }), 128);
    assert.deepEqual(
      bench.configs.map(({ rateHz, channels }) => [rateHz, channels]),
      [
        [16_000, 1],
        [44_100, 2],
      ],
    );
  });

  it('of several blocks in a frame, or of channels that only the frame tells, is dropped and counted', () => {
    const bench = new Bench(AAC).run(1);
    bench.pes(adtsFrame(bodyBytes(50), { blocks: 2 }), 0);
    bench.pes(adtsFrame(bodyBytes(50), { channels: 0 }), 0);
    assert.deepEqual([bench.heard.length, bench.configs.length, bench.audio.stats.dropped], [0, 0, 2]);
  });

  it('goes on in silent frames of its own form when it stops', () => {
    const bench = new Bench(AAC);
    bench.run(1);
    frames.slice(0, 10).forEach((frame, index) => {
      bench.pes(frame, index * 64);
    });
    bench.run(100);
    const silent = bench.heard.slice(10);
    assert.ok(
      silent.length > 40 && silent.every(({ data }) => data === silent[0]?.data && data.length === 8),
    );
    for (let i = 1; i < bench.times.length; i += 1) {
      const step = (bench.times[i] ?? 0) - (bench.times[i - 1] ?? 0);
      assert.ok(step >= 60 && step < 128);
    }
  });

  it('has no silence made for it when it has more than two channels', () => {
    const bench = new Bench(AAC).run(1);
    bench.pes(adtsFrame(bodyBytes(50), { channels: 6 }), 0);
    bench.run(100);
    assert.equal(bench.heard.length, 1);
  });

  it('that the map calls G.711 is passed on as AAC, and G.711 that comes after it as AAC of 8 kHz', () => {
    const bench = new Bench(G711A);
    bench.run(10, (index) => frames[index]);
    assert.deepEqual([bench.audio.coding, bench.configs.length], ['aac', 1]);
    bench.audio.onMap(mapped(0x91));
    bench.run(40, () => pcm);
    assert.deepEqual(
      bench.configs.map(({ rateHz }) => rateHz),
      [16_000, 8_000],
    );
    assert.ok(bench.coded.length > 5);
  });

  it('with bytes between its frames that belong to none is passed on, and that is counted', () => {
    const bench = new Bench(AAC).run(1);
    bench.pes(Buffer.concat([...frames.slice(0, 2), bodyBytes(30), ...frames.slice(2, 4)]), 0);
    assert.deepEqual(
      bench.heard.map(({ data }) => data),
      texts.slice(0, 4),
    );
    assert.equal(bench.audio.stats.dropped, 1);
  });

  it('with bytes missing loses the frame that is cut', () => {
    const bench = new Bench(AAC).run(1);
    bench.pes(Buffer.concat([frames[0] ?? pcm, (frames[1] ?? pcm).subarray(0, 20)]), 0);
    bench.audio.lose();
    bench.pes(frames[2] ?? pcm, 128);
    assert.deepEqual(
      bench.heard.map(({ data }) => data),
      [texts[0], texts[2]],
    );
  });
});

describe('sound that is not there or cannot be carried', () => {
  it('is none when the map names none', () => {
    const bench = new Bench(null);
    assert.deepEqual([bench.audio.outlook, bench.audio.startSilent()], ['none', false]);
    bench.run(100);
    assert.equal(bench.heard.length, 0);
  });

  it('is none, with the reason told, when it is of a kind that players do not take', () => {
    const bench = new Bench(0x99).run(10, () => pcm);
    assert.deepEqual(
      [bench.audio.outlook, bench.audio.fault, bench.audio.coding],
      ['none', 'g729', undefined],
    );
    assert.deepEqual([bench.heard.length, bench.audio.stats.dropped], [0, 10]);
  });

  it('is dropped and counted when it belongs before the first picture', () => {
    const bench = new Bench(G711A);
    bench.pes(pcm, 0);
    assert.deepEqual([bench.audio.outlook, bench.audio.stats.dropped], ['known', 1]);
  });

  it('costs no memory: packets larger than there can be are dropped and counted', () => {
    const bench = new Bench(G711A).run(1);
    bench.audio.beginPes(0);
    for (let i = 0; i < 300; i += 1) bench.audio.data(pcm, 0, 320);
    bench.audio.endPes(0);
    assert.deepEqual([bench.heard.length, bench.audio.stats.dropped], [0, 1]);
  });
});
