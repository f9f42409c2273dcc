/**
 * `ps-flv`: bytes of RTP that the engine's pipeline turns into FLV tags per CPU second (RTP header, order, MPEG-PS, access
 * units, time, FLV), over reading each RTP header and copying the payload twice. Three clips; both sides take the same
 * packets in turn, in the same process.
 */
import { parseArgs } from 'node:util';
import { loadClip } from '../../bff/simulator/src/media/clip.ts';
import { AAC_FRAME_SAMPLES, AacEncoder } from '../../bff/src/media-engine/audio/aac-encoder.ts';
import { g711Table } from '../../bff/src/media-engine/audio/g711.ts';
import { IngestPipeline } from '../../bff/src/media-engine/ingest-pipeline.ts';
import type { FlvTag } from '../../bff/src/media-engine/flv/flv-tag.ts';
import { median, report } from '../support/bench/report.ts';
import { adtsFrame } from '../support/media/adts-writer.ts';
import { cameraUnits } from '../support/media/camera-stream.ts';
import { type ClipRecipe, type CodedFrame, hasProgram, makeClip } from '../support/media/clip-maker.ts';
import { rtpPackets } from '../support/media/rtp-packets.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '9' },
    megabytes: { type: 'string', default: '30' },
  },
});
const ROUNDS = Number(values.rounds);
const BYTES_A_ROUND = Number(values.megabytes) * 1e6;
const SSRC = 0x1234;
const WARM = Buffer.alloc(1024 * 1024);

interface BenchClip {
  readonly name: string;
  readonly recipe: ClipRecipe;
}

const shared = { seconds: Number(values.seconds), size: '1280x720' };
const CLIPS: readonly BenchClip[] = [
  { name: 'h264-1m-g711a', recipe: { ...shared, video: 'h264', videoBps: 1_000_000, audio: 'alaw' } },
  { name: 'h264-4m-aac', recipe: { ...shared, video: 'h264', videoBps: 4_000_000, audio: 'aac' } },
  { name: 'h265-0.85m-aac', recipe: { ...shared, video: 'h265', videoBps: 850_000, audio: 'aac' } },
];

const lowest: { ratio: number; name: string } = { ratio: Infinity, name: '' };
for (const { name, recipe } of CLIPS) {
  const frames = framesOf(recipe);
  if (!frames) {
    console.log(`skipped ${name}: ffmpeg is not here, and the simulator has no such clip`);
    continue;
  }
  const ratio = measureClip(name, recipe, rtpPackets(cameraUnits(frames, recipe), { ssrc: SSRC }));
  if (ratio < lowest.ratio) Object.assign(lowest, { ratio, name });
}
report('ps-flv', {
  figure: 'lowest',
  value: lowest.ratio,
  unit: 'ratio',
  detail: `the lowest of the clips' ratios, ${lowest.name}`,
});
measureEncoder();

function framesOf(recipe: ClipRecipe): CodedFrame[] | undefined {
  if (hasProgram('ffmpeg')) return makeClip(recipe);
  return recipe.video === 'h264' ? simulatorFrames(recipe.audio === 'aac') : undefined;
}

/** The simulator's clip, with its own sound or that coded to AAC. */
function simulatorFrames(asAac: boolean): CodedFrame[] {
  const { pictures, audio, framesPerSecond } = loadClip('ipc');
  const video = pictures.map(({ bytes, key }, index): CodedFrame => {
    const time = (index * 90_000) / framesPerSecond;
    return { kind: 'video', bytes, key, pts90k: time, dts90k: time };
  });
  const sound: CodedFrame[] = [];
  const step = asAac ? AAC_FRAME_SAMPLES : 320;
  const encoder = new AacEncoder();
  for (let at = 0; at + step <= audio.length; at += step) {
    const time = (at * 90_000) / 8_000;
    const piece = audio.subarray(at, at + step);
    const bytes = asAac ? adtsFrame(encoder.encode(expand(piece))) : piece;
    sound.push({ kind: 'audio', bytes, key: false, pts90k: time, dts90k: time });
  }
  return [...video, ...sound].sort((a, b) => a.dts90k - b.dts90k);
}

function expand(alaw: Uint8Array): Int16Array {
  const table = g711Table('pcma');
  return Int16Array.from(alaw, (code) => table[code] ?? 0);
}

function measureClip(name: string, recipe: ClipRecipe, packets: readonly Buffer[]): number {
  const bytes = packets.reduce((sum, packet) => sum + packet.length, 0);
  const withoutCoding = { encode: (): Uint8Array => new Uint8Array(400) };
  const sides = {
    pipeline: (): void => {
      throughPipeline(packets, recipe, withoutCoding);
    },
    copies: (): void => {
      copyTwice(packets);
    },
    warm: (): void => {
      copyTwiceWarm(packets);
    },
  };
  for (let i = 0; i < 20; i += 1) for (const side of Object.values(sides)) side();
  const rates = { pipeline: [] as number[], copies: [] as number[], warm: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const side of ['pipeline', 'copies', 'warm'] as const) rates[side].push(rate(sides[side], bytes));
  }
  const ratio = median(rates.pipeline.map((one, round) => one / (rates.copies[round] ?? NaN)));
  const kbps = Math.round((bytes * 8) / 1000 / shared.seconds);
  const sound =
    recipe.audio === 'aac' ? 'AAC passed on' : 'G.711 decoded and gathered, its coding to AAC left out';
  report('ps-flv', {
    figure: name,
    value: ratio,
    unit: 'ratio',
    detail:
      `RTP bytes per CPU second through the whole pipeline to FLV tags (${sound}), over reading each RTP header and ` +
      `copying its payload into a new buffer and from there into another; ${String(kbps)} kbit/s in packets of 1412 bytes, ` +
      `median of ${String(ROUNDS)} rounds in turn`,
  });
  const rateOf = (figure: string, all: readonly number[], detail: string): void => {
    report('ps-flv', {
      figure: `${name}-${figure}`,
      value: median(all) / 1e6,
      unit: 'MB per CPU second',
      detail,
    });
  };
  rateOf('pipeline', rates.pipeline, 'what stands above the line');
  rateOf('two-copies', rates.copies, 'what stands below the line');
  rateOf(
    'two-warm-copies',
    rates.warm,
    'the same two copies into one buffer of 1 MiB that stays in the cache, for comparison',
  );
  return ratio;
}

/** Bytes per CPU second. */
function rate(run: () => void, bytes: number): number {
  const before = process.cpuUsage();
  let done = 0;
  for (; done < BYTES_A_ROUND; done += bytes) run();
  const { user, system } = process.cpuUsage(before);
  return (done * 1e6) / (user + system);
}

/** The engine's own pipeline; its tags are kept until the next key frame, as for a viewer who comes later. */
function throughPipeline(
  packets: readonly Buffer[],
  recipe: ClipRecipe,
  encoder: { encode(samples: Int16Array): Uint8Array } | undefined,
): void {
  let kept: FlvTag[] = [];
  let pictures = 0;
  const pipeline = new IngestPipeline({
    ssrc: SSRC,
    clock: { monotonicMs: () => 0 },
    ...(encoder && { makeEncoder: () => encoder }),
    sink: {
      onTracks: () => undefined,
      onTag: (tag) => {
        if (tag.keyFrame) kept = [];
        kept.push(tag);
        if (tag.kind === 'video') pictures += 1;
      },
    },
  });
  for (const packet of packets) pipeline.pushRtp(packet);
  pipeline.flush();
  if (pictures < recipe.seconds) throw new Error('the pipeline gave no pictures');
}

/** The limit: header fields read, payload copied twice. */
function copyTwice(packets: readonly Buffer[]): void {
  let sum = 0;
  for (const packet of packets) {
    sum += readHeader(packet);
    const first = Buffer.from(packet.subarray(12));
    const second = Buffer.from(first);
    sum += second[second.length - 1] ?? 0;
  }
  if (sum < 0) throw new Error('never');
}

function copyTwiceWarm(packets: readonly Buffer[]): void {
  let sum = 0;
  let at = 0;
  for (const packet of packets) {
    sum += readHeader(packet);
    const payload = packet.subarray(12);
    if (at + 2 * payload.length > WARM.length) at = 0;
    WARM.set(payload, at);
    WARM.set(payload, at + payload.length);
    at += 2 * payload.length;
  }
  if (sum < 0) throw new Error('never');
}

function readHeader(packet: Buffer): number {
  const marker = (packet[1] ?? 0) >> 7;
  const payloadType = (packet[1] ?? 0) & 0x7f;
  return marker + payloadType + packet.readUInt16BE(2) + packet.readUInt32BE(4) + packet.readUInt32BE(8);
}

/** What the coding of G.711 to AAC costs one stream. */
function measureEncoder(): void {
  const seconds = 60;
  const samples = Int16Array.from({ length: seconds * 8_000 }, (_, index) => {
    const voice = Math.sin(index / 7 + 3 * Math.sin(index / 900)) + 0.5 * Math.sin(index / 2.7);
    return 6_000 * voice * Math.max(0, Math.sin(index / 1_300)) + 400 * Math.sin(index * index);
  });
  const shares: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const encoder = new AacEncoder();
    const before = process.cpuUsage();
    for (let at = 0; at + AAC_FRAME_SAMPLES <= samples.length; at += AAC_FRAME_SAMPLES) {
      encoder.encode(samples.subarray(at, at + AAC_FRAME_SAMPLES));
    }
    const { user, system } = process.cpuUsage(before);
    if (round > 0) shares.push((user + system) / 1e4 / seconds);
  }
  report('ps-flv', {
    figure: 'g711-to-aac',
    value: median(shares),
    unit: '% of a core per stream',
    detail: 'coding of 8 kHz sound to AAC-LC at 32 kbit/s in real time: voice-like sound with noise',
  });
}
