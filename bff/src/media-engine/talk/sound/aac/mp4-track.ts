import { type AudioConfig, readAudioConfig } from './audio-config.ts';
import { boxesIn, contentOf } from './mp4-boxes.ts';

const SAMPLE_ENTRY_BYTES = 28;
/** QuickTime's sample entries of versions 1 and 2 say more. */
const MORE_OF_VERSION = [0, 16, 36] as const;
const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_INFO = 5;
const MPEG4_AUDIO = 0x40;
const MPEG2_LC = 0x67;

/** The AAC of an MP4 file. */
export interface Mp4Track {
  readonly config: AudioConfig;
  /** Where the blocks lie in the file, in their order. */
  readonly samples: Iterable<Mp4Sample>;
}

export interface Mp4Sample {
  readonly at: number;
  readonly length: number;
}

/** The first AAC track that a `moov` box describes (ISO/IEC 14496-12, -14); a text that says why there is none. */
export function readTrack(moov: Buffer): Mp4Track | string {
  let reason = 'there is no AAC track in it';
  for (const { name, content } of boxesIn(moov)) {
    if (name !== 'trak') continue;
    const table = contentOf(content, 'mdia', 'minf', 'stbl');
    const entry = table && contentOf(table, 'stsd')?.subarray(8);
    const mp4a = entry && contentOf(entry, 'mp4a');
    if (table === undefined || mp4a === undefined) continue;
    const config = configOf(mp4a);
    if (typeof config !== 'string') return { config, samples: samplesOf(table) };
    reason = config;
  }
  return reason;
}

function configOf(entry: Buffer): AudioConfig | string {
  if (entry.length < SAMPLE_ENTRY_BYTES) return 'its sample entry is cut off';
  const inside = entry.subarray(SAMPLE_ENTRY_BYTES + (MORE_OF_VERSION[entry.readUInt16BE(8)] ?? 0));
  const esds = contentOf(inside, 'esds') ?? contentOf(inside, 'wave', 'esds');
  const stream = esds && descriptor(esds.subarray(4), ES_DESCRIPTOR);
  if (stream === undefined || stream.length < 3) return 'its esds box cannot be read';
  const flags = stream[2] ?? 0;
  const url = (flags & 0x40) === 0 ? 0 : 1 + (stream[3 + ((flags & 0x80) === 0 ? 0 : 2)] ?? 0);
  const start = 3 + ((flags & 0x80) === 0 ? 0 : 2) + url + ((flags & 0x20) === 0 ? 0 : 2);
  const decoder = descriptor(stream.subarray(start), DECODER_CONFIG);
  if (decoder === undefined || decoder.length < 13) return 'its esds box cannot be read';
  const type = decoder[0] ?? 0;
  if (type !== MPEG4_AUDIO && type !== MPEG2_LC) return `its object type ${String(type)} is not AAC-LC`;
  const info = descriptor(decoder.subarray(13), DECODER_INFO);
  return info === undefined ? 'its esds box cannot be read' : readAudioConfig(info);
}

/** Content of a descriptor of ISO/IEC 14496-1 (§8.3.3), if it is the one with `tag`. */
function descriptor(bytes: Buffer, tag: number): Buffer | undefined {
  if (bytes[0] !== tag) return undefined;
  let length = 0;
  for (let at = 1; at <= 4; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    length = length * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) return bytes.subarray(at + 1, at + 1 + length);
  }
  return undefined;
}

/** Goes through stsc, stsz and stco (co64) together; ends where one of them does. */
function* samplesOf(table: Buffer): Generator<Mp4Sample> {
  const sizes = contentOf(table, 'stsz');
  const runs = contentOf(table, 'stsc');
  const near = contentOf(table, 'stco');
  const far = contentOf(table, 'co64');
  const places = near ?? far;
  if (sizes === undefined || runs === undefined || places === undefined) return;
  if (sizes.length < 12 || runs.length < 8 || places.length < 8) return;
  const equal = sizes.readUInt32BE(4);
  const count = sizes.readUInt32BE(8);
  const width = near === undefined ? 8 : 4;
  let sample = 0;
  let run = 0;
  for (let chunk = 0; 8 + (chunk + 1) * width <= places.length; chunk += 1) {
    while (firstOf(runs, run + 1) <= chunk + 1) run += 1;
    const inChunk = 8 + run * 12 + 8 <= runs.length ? runs.readUInt32BE(8 + run * 12 + 4) : 0;
    let at = placeAt(places, 8 + chunk * width, width);
    for (let i = 0; i < inChunk && sample < count; i += 1) {
      if (equal === 0 && 12 + (sample + 1) * 4 > sizes.length) return;
      const length = equal === 0 ? sizes.readUInt32BE(12 + sample * 4) : equal;
      yield { at, length };
      at += length;
      sample += 1;
    }
  }
}

/** The chunk, counted from 1, with which a run of stsc begins. */
function firstOf(runs: Buffer, run: number): number {
  const at = 8 + run * 12;
  return at + 12 <= runs.length ? runs.readUInt32BE(at) : Number.POSITIVE_INFINITY;
}

function placeAt(places: Buffer, at: number, width: number): number {
  return width === 4
    ? places.readUInt32BE(at)
    : places.readUInt32BE(at) * 2 ** 32 + places.readUInt32BE(at + 4);
}
