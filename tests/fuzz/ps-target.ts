import assert from 'node:assert/strict';
import type { FlvTag } from '../../bff/src/media-engine/flv/flv-tag.ts';
import { IngestPipeline } from '../../bff/src/media-engine/ingest-pipeline.ts';
import { PsDemuxer } from '../../bff/src/media-engine/ps/ps-demuxer.ts';

const SSRC = 0x1234;
const RTP_HEADER_BYTES = 12;
const PAYLOAD_BYTES = 97;
/** A gap of sound is filled with three seconds of silence at most. */
const MAX_SILENT_FRAMES = 60;

/**
 * Gives octets to everything that reads a camera's program stream and holds what comes out against what is promised:
 * nothing throws, any cut gives the same, tags are well formed, time never goes back, and no more comes out than went
 * in. Tells in words what came out.
 */
export function fuzzPs(input: Uint8Array): readonly string[] {
  const before = Buffer.from(input);
  const whole = demux(input, input.length);
  // Byte by byte is dear: each eighth input, and a cut of its own for each other.
  const piece = input.length % 8 === 0 ? 1 : 2 + (input.length % 61);
  const cut = demux(input, piece);
  assert.equal(cut.events.join('\n'), whole.events.join('\n'), `in pieces of ${String(piece)}`);
  assert.deepEqual([cut.resyncs, cut.atRest], [whole.resyncs, whole.atRest]);
  const features = [...featuresOf(whole), ...play(input)];
  assert.ok(before.equals(input), 'the input is left as it was');
  return features;
}

interface Trace {
  /** What was told, in words. */
  readonly events: string[];
  readonly resyncs: number;
  readonly atRest: boolean;
}

function demux(input: Uint8Array, piece: number): Trace {
  const events: string[] = [];
  let data = '';
  const tell = (event: string): void => {
    if (data !== '') events.push(data);
    data = '';
    events.push(event);
  };
  const demuxer = new PsDemuxer({
    onPesStart: (track, pts, dts) => {
      tell(`${track} ${String(pts)} ${String(dts)}`);
    },
    onPesData: (_track, bytes, start, end) => {
      assert.ok(start < end && end <= bytes.length);
      data += Buffer.from(bytes.subarray(start, end)).toString('latin1');
    },
    onPesEnd: (track) => {
      tell(`end ${track}`);
    },
    onMap: ({ streams }) => {
      tell(`map ${streams.map(({ streamType }) => streamType).join()}`);
    },
    onDamage: () => {
      tell('damage');
    },
  });
  for (let at = 0; at < input.length; at += piece)
    demuxer.push(input, at, Math.min(input.length, at + piece));
  tell('over');
  return { events, resyncs: demuxer.resyncs, atRest: demuxer.atRest };
}

function featuresOf({ events, resyncs, atRest }: Trace): string[] {
  const count = (start: string): number => events.filter((event) => event.startsWith(start)).length;
  return [
    `resyncs-${bucket(resyncs)}`,
    `video-pes-${bucket(count('video '))}`,
    `audio-pes-${bucket(count('audio '))}`,
    `maps-${bucket(count('map '))}`,
    `damages-${bucket(count('damage'))}`,
    atRest ? 'at-rest' : 'open',
  ];
}

function play(input: Uint8Array): string[] {
  const features: string[] = [];
  const last = { video: -1, audio: -1 };
  let tags = 0;
  let told = false;
  let now = 0;
  const pipeline = new IngestPipeline({
    ssrc: SSRC,
    clock: { monotonicMs: () => now },
    makeEncoder: () => ({ encode: () => Uint8Array.of(1) }),
    sink: {
      onTracks: ({ video, audio, audioFault, width, height }) => {
        told = true;
        assert.ok((width ?? 1) > 0 && (height ?? 1) > 0);
        features.push(`tracks-${String(video)}-${String(audio)}`);
        if (audioFault !== undefined) features.push(`fault-${audioFault.slice(0, 8)}`);
      },
      onTag: (tag) => {
        assert.ok(told, 'tags before tracks');
        checkTag(tag, last);
        tags += 1;
      },
    },
  });
  for (const packet of packetsOf(input)) {
    pipeline.pushRtp(packet);
    now += 7;
  }
  pipeline.flush();
  const { frames, damagedFrames, audioFrames, audioDropped } = pipeline.stats;
  assert.ok(frames <= input.length / 8 + 1);
  assert.ok(tags <= input.length + MAX_SILENT_FRAMES * (frames + 1));
  return [
    ...features,
    `frames-${bucket(frames)}`,
    `damaged-${bucket(damagedFrames)}`,
    `sound-${bucket(audioFrames)}`,
    `dropped-${bucket(audioDropped)}`,
  ];
}

function* packetsOf(input: Uint8Array): Generator<Buffer> {
  let sequence = 0;
  for (let at = 0; at < input.length; at += PAYLOAD_BYTES) {
    const payload = input.subarray(at, at + PAYLOAD_BYTES);
    const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + payload.length);
    packet.set([0x80, 96 | (sequence % 3 === 0 ? 0x80 : 0), sequence >> 8, sequence & 0xff]);
    packet.writeUInt32BE((sequence * 630) >>> 0, 4);
    packet.writeUInt32BE(SSRC, 8);
    packet.set(payload, RTP_HEADER_BYTES);
    sequence += 1;
    yield packet;
  }
}

function checkTag(
  { bytes, kind, timestampMs, config }: FlvTag,
  last: { video: number; audio: number },
): void {
  const tag = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = tag.readUIntBE(1, 3);
  assert.equal(tag.length, size + 15);
  assert.equal(tag.readUInt32BE(size + 11), size + 11);
  assert.ok(timestampMs >= 0 && Number.isInteger(timestampMs));
  if (config || kind === 'script') return;
  assert.ok(timestampMs > last[kind], `${kind} at ${String(timestampMs)} after ${String(last[kind])}`);
  last[kind] = timestampMs;
  if (kind === 'video') checkNals(tag.subarray(16, 11 + size));
}

function checkNals(data: Buffer): void {
  assert.ok(data.length > 4);
  let at = 0;
  while (at < data.length) {
    const length = data.readUInt32BE(at);
    assert.ok(length > 0);
    at += 4 + length;
  }
  assert.equal(at, data.length);
}

/** 0, 1, 2, 4, 8 and so on: the power of two that is not above it. */
function bucket(count: number): string {
  return String(count === 0 ? 0 : 2 ** Math.floor(Math.log2(count)));
}
