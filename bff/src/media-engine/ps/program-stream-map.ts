import { byteAt, readUint16 } from '../es/bytes.ts';
import { trackOf } from './start-code.ts';
import { type StreamKind, streamKindOf } from './stream-type.ts';

const HEAD_BYTES = 10;
const ENTRY_BYTES = 4;
const MAX_ENTRIES = 16;

/** One elementary stream that the map names. */
export interface MappedStream {
  readonly psStreamId: number;
  readonly streamType: number;
  readonly stream: StreamKind | undefined;
}

/** Program stream map (ISO/IEC 13818-1 §2.5.4). */
export interface ProgramStreamMap {
  readonly streams: readonly MappedStream[];
}

/**
 * Reads the map that stands whole in `[at, end)`. Its CRC is not checked: devices send wrong ones. Undefined =
 * lengths contradict each other.
 */
export function parseProgramStreamMap(
  bytes: Uint8Array,
  at: number,
  end: number,
): ProgramStreamMap | undefined {
  if (end - at < HEAD_BYTES) return undefined;
  const mapLengthAt = at + HEAD_BYTES + readUint16(bytes, at + 8);
  if (mapLengthAt + 2 > end) return undefined;
  const entriesEnd = Math.min(end, mapLengthAt + 2 + readUint16(bytes, mapLengthAt));
  const streams: MappedStream[] = [];
  let entryAt = mapLengthAt + 2;
  while (entryAt + ENTRY_BYTES <= entriesEnd && streams.length < MAX_ENTRIES) {
    const streamType = byteAt(bytes, entryAt);
    streams.push({
      psStreamId: byteAt(bytes, entryAt + 1),
      streamType,
      stream: streamKindOf(streamType),
    });
    entryAt += ENTRY_BYTES + readUint16(bytes, entryAt + 2);
  }
  return { streams };
}

/** The sound that a map names: under the stream_id that is in use, or else the first; undefined = none. */
export function mappedAudio(
  { streams }: ProgramStreamMap,
  psStreamId: number | undefined,
): MappedStream | undefined {
  const sounds = streams.filter(({ stream, psStreamId: id }) => (stream?.kind ?? trackOf(id)) === 'audio');
  return sounds.find(({ psStreamId: id }) => id === psStreamId) ?? sounds[0];
}
