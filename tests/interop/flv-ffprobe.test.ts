import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { get } from 'node:http';
import { connect } from 'node:net';
import { IngestPipeline } from '../../bff/src/media-engine/ingest-pipeline.ts';
import type { PipelineTracks } from '../../bff/src/media-engine/pipeline.ts';
import { flvFileHeader } from '../../bff/src/media-engine/flv/flv-tag.ts';
import { cameraUnits } from '../support/media/camera-stream.ts';
import { type ClipRecipe, type CodedFrame, hasProgram, makeClip } from '../support/media/clip-maker.ts';
import { lengthFramed } from '../support/media/rtp-bytes.ts';
import { ENGINE_SSRC, RunningEngine } from '../support/media/running-engine.ts';
import { skipSuite } from '../support/skip.ts';
import { until } from '../support/until.ts';
import { rtpPackets } from '../support/media/rtp-packets.ts';
import { samplesOf, signalToNoiseDb, speech, tone } from '../support/media/sounds.ts';
import { alaw } from '../support/media/g711-coder.ts';

const SECONDS = 6;
const PICTURES = SECONDS * 25;
const WRAP = 2 ** 33;

interface Flv {
  readonly bytes: Buffer;
  readonly tracks: PipelineTracks;
}

/** What viewers of a camera get, as one file. */
function flvOf(
  frames: readonly CodedFrame[],
  recipe: Pick<ClipRecipe, 'video' | 'audio'>,
  startTicks = 900_000,
): Flv {
  const tags: Uint8Array[] = [];
  const tracks: PipelineTracks[] = [];
  let now = 0;
  const pipeline = new IngestPipeline({
    ssrc: 0x1234,
    clock: { monotonicMs: () => now },
    sink: {
      onTracks: (told) => tracks.push(told),
      onTag: ({ bytes }) => tags.push(Uint8Array.from(bytes)),
    },
  });
  const units = cameraUnits(frames, recipe, startTicks);
  for (const [index, packet] of rtpPackets(units).entries()) {
    now = index;
    pipeline.pushRtp(packet);
  }
  pipeline.flush();
  const [told] = tracks;
  assert.ok(told && tracks.length === 1);
  const header = flvFileHeader({ hasVideo: told.video !== undefined, hasAudio: told.audio !== undefined });
  return { bytes: Buffer.concat([header, ...tags]), tracks: told };
}

interface Probed {
  readonly streams: readonly Readonly<Record<string, string | number>>[];
  readonly packets: readonly {
    readonly codec_type: string;
    readonly dts: number;
    readonly pts: number;
    readonly flags: string;
  }[];
  readonly warnings: string;
}

function probe(bytes: Buffer): Probed {
  const args = ['-v', 'warning', '-count_frames', '-show_streams', '-show_packets', '-of', 'json', '-'];
  const { stdout, stderr } = spawnSync('ffprobe', args, { input: bytes, maxBuffer: 1 << 26 });
  return {
    ...(JSON.parse(stdout.toString()) as Pick<Probed, 'streams' | 'packets'>),
    warnings: stderr.toString(),
  };
}

/** The sound of a file at 8 kHz, with silence from time 0 on where it begins later. */
function decodeSound(bytes: Buffer): Int16Array {
  const args = [
    '-v',
    'warning',
    '-i',
    '-',
    '-vn',
    '-af',
    'aresample=async=1:first_pts=0',
    '-ar',
    '8000',
    '-ac',
    '1',
    '-f',
    's16le',
    '-',
  ];
  const { stdout, stderr } = spawnSync('ffmpeg', args, { input: bytes, maxBuffer: 1 << 26 });
  assert.equal(stderr.toString(), '');
  return new Int16Array(Uint8Array.from(stdout).buffer);
}

function checkOrder({ packets }: Probed, kind: string): void {
  const times = packets.filter(({ codec_type: type }) => type === kind).map(({ dts }) => dts);
  assert.ok(times.length > 0);
  for (let i = 1; i < times.length; i += 1)
    assert.ok((times[i] ?? 0) > (times[i - 1] ?? 0), `${kind} packet ${String(i)}`);
}

const withSound = (frames: readonly CodedFrame[], samples: Int16Array): CodedFrame[] => {
  const coded = alaw(samples);
  const video = frames.filter(({ kind }) => kind === 'video');
  const sound: CodedFrame[] = [];
  for (let at = 0; at < coded.length; at += 320) {
    const time = (at * 90_000) / 8_000;
    sound.push({
      kind: 'audio',
      bytes: coded.subarray(at, at + 320),
      key: false,
      pts90k: time,
      dts90k: time,
    });
  }
  return [...video, ...sound].sort((a, b) => a.dts90k - b.dts90k);
};

describe('FLV of the engine as ffprobe and ffmpeg read it', function () {
  this.timeout(60_000);
  before(function () {
    if (!hasProgram('ffprobe') || !hasProgram('ffmpeg')) skipSuite(this, 'ffmpeg and ffprobe are not here');
  });

  const recipe = { videoBps: 400_000, seconds: SECONDS, size: '640x360' } as const;
  const cases: readonly [string, ClipRecipe, string | undefined, number | undefined, number][] = [
    ['H.264 and G.711 A-law', { ...recipe, video: 'h264', audio: 'alaw' }, 'aac', 8_000, 46],
    ['H.264 and G.711 µ-law', { ...recipe, video: 'h264', audio: 'mulaw' }, 'aac', 8_000, 46],
    ['H.264 and AAC', { ...recipe, video: 'h264', audio: 'aac' }, 'aac', 16_000, 94],
    [
      'H.264 with B-frames and AAC',
      { ...recipe, video: 'h264', audio: 'aac', bFrames: 2 },
      'aac',
      16_000,
      94,
    ],
    ['H.264 alone', { ...recipe, video: 'h264', audio: 'none' }, undefined, undefined, 0],
  ];
  for (const [title, one, audio, rate, soundFrames] of cases) {
    it(`${title}: no warning, right codecs, sizes, counts, and time that only grows`, () => {
      const { bytes } = flvOf(makeClip(one), one);
      const probed = probe(bytes);
      assert.equal(probed.warnings, '');
      const [video, sound] = ['video', 'audio'].map((type) =>
        probed.streams.find(({ codec_type: is }) => is === type),
      );
      assert.deepEqual(
        [video?.['codec_name'], video?.['width'], video?.['height'], Number(video?.['nb_read_frames'])],
        ['h264', 640, 360, PICTURES],
      );
      assert.equal(probed.streams.length, audio === undefined ? 1 : 2);
      assert.deepEqual([sound?.['codec_name'], sound && Number(sound['sample_rate'])], [audio, rate]);
      checkOrder(probed, 'video');
      if (!sound) return;
      checkOrder(probed, 'audio');
      assert.ok(
        Math.abs(Number(sound['nb_read_frames']) - soundFrames) <= 2,
        String(sound['nb_read_frames']),
      );
      const starts = [video, sound].map((stream) => Number(stream?.['start_time']));
      assert.ok(Math.abs((starts[0] ?? 0) - (starts[1] ?? 9)) <= 0.15, String(starts));
    });
  }

  it('the same through the thread and its sockets: RTP over TCP in, HTTP-FLV out', async () => {
    const one: ClipRecipe = { ...recipe, video: 'h264', audio: 'alaw' };
    const packets = rtpPackets(cameraUnits(makeClip(one), one), { ssrc: ENGINE_SSRC });
    const engine = await RunningEngine.start();
    try {
      const camera = connect(await engine.open('s', 'tcp-passive'), '127.0.0.1');
      const send = (from: number, to: number): void => {
        for (const packet of packets.slice(from, to)) camera.write(lengthFramed(packet));
      };
      const first = Math.floor(packets.length / (2 * SECONDS));
      send(0, first);
      await engine.untilEvent('up s h264 pcma');
      const received: Buffer[] = [];
      const over = new Promise<void>((resolve, reject) => {
        get(engine.url('s'), (response) => {
          response.on('data', (bytes: Buffer) => received.push(bytes));
          response.on('end', resolve);
        }).on('error', reject);
      });
      await engine.untilEvent('joined s grant');
      for (let at = first; at < packets.length; at += first) {
        const before = received.length;
        send(at, at + first);
        await until('more of the stream', () => received.length > before);
      }
      camera.end();
      await over;
      const probed = probe(Buffer.concat(received));
      assert.equal(probed.warnings, '');
      assert.deepEqual(
        probed.streams.map(({ codec_name: name, nb_read_frames: frames }) => [name, Number(frames) >= 45]),
        [
          ['h264', true],
          ['aac', true],
        ],
      );
      assert.equal(Number(probed.streams[0]?.['nb_read_frames']), PICTURES);
      checkOrder(probed, 'video');
      checkOrder(probed, 'audio');
    } finally {
      await engine.stop();
    }
  });

  it('33-bit stamps that wrap in mid-stream: the same times as without', () => {
    const one: ClipRecipe = { ...recipe, video: 'h264', audio: 'aac', bFrames: 2 };
    const frames = makeClip(one);
    const times = (bytes: Buffer): unknown =>
      probe(bytes).packets.map(({ codec_type: type, dts, pts }) => [type, dts, pts]);
    assert.deepEqual(times(flvOf(frames, one, WRAP - 3 * 90_000).bytes), times(flvOf(frames, one).bytes));
  });

  it('pictures decode to the very pictures of the camera', () => {
    const one: ClipRecipe = { ...recipe, video: 'h264', audio: 'alaw', bFrames: 2 };
    const frames = makeClip(one);
    const digest = (input: Buffer, format: string): string => {
      const args = [
        '-v',
        'warning',
        '-f',
        format,
        '-i',
        '-',
        '-an',
        '-fps_mode',
        'passthrough',
        '-f',
        'framemd5',
        '-',
      ];
      const { stdout } = spawnSync('ffmpeg', args, { input, maxBuffer: 1 << 26 });
      const lines = stdout
        .toString()
        .split('\n')
        .filter((line) => line.length > 0 && !line.startsWith('#'));
      return lines.map((line) => line.split(',').at(-1)?.trim()).join('\n');
    };
    const source = Buffer.concat(frames.filter(({ kind }) => kind === 'video').map(({ bytes }) => bytes));
    const shown = digest(flvOf(frames, one).bytes, 'flv');
    assert.equal(shown.split('\n').length, PICTURES);
    assert.equal(shown, digest(source, 'h264'));
  });

  const sounds: readonly [string, () => (index: number) => number, number][] = [
    ['a voice', speech, 22],
    ['a tone', tone, 33],
  ];
  for (const [title, sound, leastDb] of sounds) {
    it(`G.711 of ${title} is heard as it was sent, at its time to a sample, ${String(leastDb)} dB above its noise`, () => {
      const one: ClipRecipe = { ...recipe, video: 'h264', audio: 'alaw' };
      const samples = samplesOf(sound(), SECONDS * 8_000);
      const heard = decodeSound(flvOf(withSound(makeClip({ ...one, audio: 'none' }), samples), one).bytes);
      const [from, to] = [2 * 8_000, 5 * 8_000];
      const signal = samples.subarray(from, to);
      let best = { lag: 0, db: -Infinity };
      for (let lag = -100; lag <= 100; lag += 1) {
        const db = signalToNoiseDb(signal, heard.subarray(from + lag, to + lag));
        if (db > best.db) best = { lag, db };
      }
      // Times of FLV are whole milliseconds: 8 samples.
      assert.ok(Math.abs(best.lag) <= 8, `lag of ${String(best.lag)} samples`);
      assert.ok(best.db >= leastDb, `${best.db.toFixed(1)} dB`);
    });
  }

  it('a click and a flash that a camera sends together stay together within 20 ms', () => {
    const one: ClipRecipe = { ...recipe, video: 'h264', audio: 'alaw' };
    const clickAt = 3 * 8_000;
    const samples = samplesOf(
      (index) => (index >= clickAt && index < clickAt + 400 ? 12_000 * Math.sin(index) : 0),
      SECONDS * 8_000,
    );
    const heard = decodeSound(flvOf(withSound(makeClip({ ...one, audio: 'none' }), samples), one).bytes);
    let weight = 0;
    let moment = 0;
    heard.forEach((value, index) => {
      weight += value * value;
      moment += value * value * index;
    });
    const centre = moment / weight;
    assert.ok(Math.abs(centre - (clickAt + 200)) / 8 <= 20, `centre at ${String(centre / 8)} ms`);
  });
});
