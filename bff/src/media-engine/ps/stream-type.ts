import type { AudioCodec, VideoCodec } from '../es/frame.ts';

/** What a stream_type value stands for; `codec` undefined = known by name, not carried. */
export type StreamKind =
  | { readonly kind: 'video'; readonly codec: VideoCodec | undefined; readonly name: string }
  | { readonly kind: 'audio'; readonly codec: AudioCodec | undefined; readonly name: string };

/** stream_type (ISO/IEC 13818-1 table 2-34) with the values that GB/T 28181-2016 C.2.3 adds. */
const STREAM_TYPES: ReadonlyMap<number, StreamKind> = new Map<number, StreamKind>([
  [0x03, { kind: 'audio', codec: undefined, name: 'mp3' }],
  [0x04, { kind: 'audio', codec: undefined, name: 'mp3' }],
  [0x0f, { kind: 'audio', codec: 'aac', name: 'aac' }],
  [0x10, { kind: 'video', codec: undefined, name: 'mpeg4' }],
  [0x11, { kind: 'audio', codec: undefined, name: 'aac-latm' }],
  [0x1b, { kind: 'video', codec: 'h264', name: 'h264' }],
  [0x24, { kind: 'video', codec: 'h265', name: 'h265' }],
  [0x80, { kind: 'video', codec: undefined, name: 'svac' }],
  [0x90, { kind: 'audio', codec: 'pcma', name: 'pcma' }],
  [0x91, { kind: 'audio', codec: 'pcmu', name: 'pcmu' }],
  [0x92, { kind: 'audio', codec: undefined, name: 'g722.1' }],
  [0x93, { kind: 'audio', codec: undefined, name: 'g723.1' }],
  [0x99, { kind: 'audio', codec: undefined, name: 'g729' }],
  [0x9b, { kind: 'audio', codec: undefined, name: 'svac-audio' }],
]);

/** Looks a stream_type up; undefined = not in the table. */
export function streamKindOf(streamType: number): StreamKind | undefined {
  return STREAM_TYPES.get(streamType);
}
