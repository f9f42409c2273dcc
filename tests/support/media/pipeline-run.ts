import { IngestPipeline } from '../../../bff/src/media-engine/ingest-pipeline.ts';
import type { FlvTag } from '../../../bff/src/media-engine/flv/flv-tag.ts';
import type {
  PipelineOptions,
  PipelineStats,
  PipelineTracks,
} from '../../../bff/src/media-engine/pipeline.ts';
import { lengthPrefixed } from './nal-samples.ts';

/** A tag as {@link runPipeline} reads it. */
export interface ReadTag {
  readonly kind: 'script' | 'video-config' | 'audio-config' | 'key' | 'picture' | 'sound';
  readonly atMs: number;
  /** Presentation, video only. */
  readonly shownMs: number;
  /** NAL units of a picture, or the bytes behind the head of the tag. */
  readonly parts: readonly string[];
}

/** What came of the packets. */
export interface PipelineRun {
  readonly pipeline: IngestPipeline;
  readonly tags: ReadTag[];
  readonly tracks: PipelineTracks[];
  readonly pictures: ReadTag[];
  readonly sounds: ReadTag[];
  readonly stats: PipelineStats;
}

/** Options of {@link openPipeline}. */
export interface RunOptions {
  readonly ssrc?: number;
  /** Time of arrival; stands still by default. */
  readonly nowMs?: () => number;
  readonly makeEncoder?: PipelineOptions['makeEncoder'];
}

/** A pipeline whose tags are read as they come. */
export function openPipeline({ ssrc = 0x1234, nowMs = () => 0, makeEncoder }: RunOptions = {}): PipelineRun {
  const tags: ReadTag[] = [];
  const tracks: PipelineTracks[] = [];
  const pipeline = new IngestPipeline({
    ssrc,
    clock: { monotonicMs: nowMs },
    ...(makeEncoder && { makeEncoder }),
    sink: { onTracks: (told) => tracks.push(told), onTag: (tag) => tags.push(readTag(tag)) },
  });
  return {
    pipeline,
    tags,
    tracks,
    get pictures() {
      return tags.filter(({ kind }) => kind === 'key' || kind === 'picture');
    },
    get sounds() {
      return tags.filter(({ kind }) => kind === 'sound');
    },
    get stats() {
      return pipeline.stats;
    },
  };
}

/** Pushes all packets, then ends. */
export function runPipeline(packets: readonly Uint8Array[], options?: RunOptions): PipelineRun {
  const run = openPipeline(options);
  for (const packet of packets) run.pipeline.pushRtp(packet);
  run.pipeline.flush();
  return run;
}

/** Reads a tag's bytes, not its fields: what viewers see. */
function readTag({ bytes }: FlvTag): ReadTag {
  const tag = Buffer.from(bytes);
  const size = tag.readUIntBE(1, 3);
  if (tag.length !== size + 15 || tag.readUInt32BE(size + 11) !== size + 11)
    throw new Error('lengths of a tag disagree');
  const atMs = tag.readUIntBE(4, 3) + tag.readUInt8(7) * 2 ** 24;
  const data = tag.subarray(11, 11 + size);
  const rest = (from: number): string[] => [data.subarray(from).toString('hex')];
  const type = tag.readUInt8(0);
  if (type === 18) return { kind: 'script', atMs, shownMs: atMs, parts: rest(0) };
  if (type === 8)
    return { kind: data[1] === 0 ? 'audio-config' : 'sound', atMs, shownMs: atMs, parts: rest(2) };
  if (data[1] === 0) return { kind: 'video-config', atMs, shownMs: atMs, parts: rest(5) };
  const parts = lengthPrefixed(data.subarray(5)).map((nal) => nal.toString('hex'));
  const shownMs = atMs + data.readIntBE(2, 3);
  return { kind: (data[0] ?? 0) >> 4 === 1 ? 'key' : 'picture', atMs, shownMs, parts };
}
