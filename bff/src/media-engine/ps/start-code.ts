/** stream_id values (ISO/IEC 13818-1 table 2-22) and the codes of §2.5. */
export const PROGRAM_END = 0xb9;
export const PACK_HEADER = 0xba;
export const SYSTEM_HEADER = 0xbb;
export const PROGRAM_STREAM_MAP = 0xbc;
const AUDIO_FIRST = 0xc0;
const AUDIO_LAST = 0xdf;
const VIDEO_FIRST = 0xe0;
const VIDEO_LAST = 0xef;

/** A start code prefix and the id after it. */
export const START_CODE_BYTES = 4;

/** The two elementary streams that are carried. */
export type PsTrack = 'video' | 'audio';

/** Which of the two carried kinds a stream_id names. */
export function trackOf(psStreamId: number): PsTrack | undefined {
  if (psStreamId >= VIDEO_FIRST && psStreamId <= VIDEO_LAST) return 'video';
  if (psStreamId >= AUDIO_FIRST && psStreamId <= AUDIO_LAST) return 'audio';
  return undefined;
}
