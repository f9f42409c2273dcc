import type { Archive } from '../archive/archive.ts';
import { ArchiveSender } from '../media/archive-sender.ts';
import { loadClip } from '../media/clip.ts';
import type { PacketSink } from '../media/packet-sink.ts';
import type { ChannelProfile } from './profile.ts';
import type { Offer } from './sdp.ts';

const RECORD_KINDS: Readonly<Record<string, string>> = { '1': 'manual', '2': 'alarm', '3': 'time' };

/** What an offer asks of an archive. */
export interface Playback {
  readonly files: ReturnType<Archive>;
  /** Bytes of all of it, about. */
  readonly fileSize: number;
}

/** Whether an offer is for a recording. */
export function isForHistory({ session }: Offer): boolean {
  return session === 'Playback' || session === 'Download';
}

/** What there is of the period that an offer names; `undefined` when there is nothing. */
export function findPlayback(
  archive: Archive,
  { gbId, clip }: ChannelProfile,
  { beginS, endS, recordType }: Offer,
): Playback | undefined {
  const kind = RECORD_KINDS[recordType ?? ''];
  const files = archive(gbId, beginS * 1_000, endS * 1_000).filter(
    (file) => kind === undefined || file.kind === kind,
  );
  if (files.length === 0) return undefined;
  const { pictures, framesPerSecond, audio } = loadClip(clip);
  const clipBytes = pictures.reduce((sum, { bytes }) => sum + bytes.length, audio.length);
  const bytesPerMs = (clipBytes * framesPerSecond) / (pictures.length * 1_000);
  const lengthMs = files.reduce(
    (sum, file) => sum + Math.min(file.endMs, endS * 1_000) - Math.max(file.beginMs, beginS * 1_000),
    0,
  );
  return { files, fileSize: Math.round(lengthMs * bytesPerMs) };
}

/** What sends it. */
export function playbackSender(options: {
  readonly playback: Playback;
  readonly channel: ChannelProfile;
  readonly offer: Offer;
  readonly sink: PacketSink;
  readonly ssrc: number;
  readonly display: (atMs: number) => string;
  readonly onEnd: () => void;
}): ArchiveSender {
  const { playback, channel, offer, sink, ssrc, display, onEnd } = options;
  return new ArchiveSender({
    clip: loadClip(channel.clip),
    files: playback.files,
    beginMs: offer.beginS * 1_000,
    endMs: offer.endS * 1_000,
    speed: offer.session === 'Download' ? offer.downloadSpeed : 1,
    ...{ sink, ssrc, display, onEnd },
  });
}
