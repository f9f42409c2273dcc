import type { CodedFrame } from './clip-maker.ts';
import {
  AAC,
  AUDIO_ID,
  G711A,
  G711U,
  H264,
  H265,
  type MapEntry,
  packHeader,
  pesPacket,
  pesPackets,
  programStreamMap,
  systemHeader,
  VIDEO_ID,
} from './ps-writer.ts';
import type { TimedUnit } from './rtp-packets.ts';

const STREAM_TYPES = { h264: H264, h265: H265, aac: AAC, alaw: G711A, mulaw: G711U, none: 0 } as const;

/** The program stream of a clip as a camera sends it: pack, map before key frames, one PES a frame. */
export function cameraUnits(
  frames: readonly CodedFrame[],
  codings: { readonly video: 'h264' | 'h265'; readonly audio: 'alaw' | 'mulaw' | 'aac' | 'none' },
  startTicks = 0,
): TimedUnit[] {
  const entries: MapEntry[] = [{ streamType: STREAM_TYPES[codings.video], id: VIDEO_ID }];
  if (codings.audio !== 'none') entries.push({ streamType: STREAM_TYPES[codings.audio], id: AUDIO_ID });
  const map = programStreamMap(entries);
  return frames.map(({ kind, bytes, key, pts90k, dts90k }) => {
    const time90k = Math.round(dts90k + startTicks);
    const pts = Math.round(pts90k + startTicks) % 2 ** 33;
    const pack = packHeader(time90k);
    if (kind === 'audio') {
      return { bytes: Buffer.concat([pack, pesPacket(bytes, { id: AUDIO_ID, pts })]), time90k };
    }
    const head = key ? [pack, systemHeader(), map] : [pack];
    const dts = pts90k === dts90k ? undefined : time90k % 2 ** 33;
    return { bytes: Buffer.concat([...head, pesPackets(bytes, { pts, dts })]), time90k };
  });
}
