import { loadClip } from '../../../bff/simulator/src/media/clip.ts';
import { ProgramStreamWriter } from '../../../bff/simulator/src/media/program-stream.ts';
import { RtpWriter } from '../../../bff/simulator/src/media/rtp-writer.ts';

const TICKS_PER_SECOND = 90_000;

/** The RTP packets of one picture of a clip. */
export interface PicturePackets {
  readonly key: boolean;
  readonly packets: readonly Buffer[];
}

/** So many pictures of the simulator's clip as a camera sends them: MPEG-PS in RTP, 1,400 bytes each. */
export function clipPictures(
  howMany: number,
  { ssrc = 0x0102_0304, firstSequence = 65_500, clip: name = 'ipc' } = {},
): PicturePackets[] {
  const clip = loadClip(name);
  const rtp = new RtpWriter(ssrc, firstSequence);
  const ps = new ProgramStreamWriter();
  return Array.from({ length: howMany }, (_, index) => {
    const unit = clip.pictures[index % clip.pictures.length];
    if (!unit) throw new Error('the clip is empty');
    const time = Math.round((index * TICKS_PER_SECOND) / clip.framesPerSecond);
    return { key: unit.key, packets: rtp.packets(ps.picture(unit.bytes, unit.key, time), time) };
  });
}

/** As {@link clipPictures}, one packet after the other. */
export function clipPackets(howMany: number, options: Parameters<typeof clipPictures>[1] = {}): Buffer[] {
  return clipPictures(howMany, options).flatMap(({ packets }) => packets);
}

/**
 * Pictures of a made-up camera: parameter sets of the clip and slices of so many bytes, each picture other bytes.
 * No decoder takes them; the engine passes them on as it does any picture.
 */
export function fatPictures(
  howMany: number,
  { bytes = 100_000, group = 25, ssrc = 0x0102_0304 } = {},
): PicturePackets[] {
  const [first] = loadClip('ipc').pictures;
  if (!first?.key) throw new Error('the clip does not begin with a key frame');
  const slice = first.bytes.indexOf(Buffer.from([0, 0, 1, 0x65]));
  const head = first.bytes.subarray(0, slice);
  const delimiter = Buffer.from([0, 0, 0, 1, 9, 0xf0]);
  const rtp = new RtpWriter(ssrc, 0);
  const ps = new ProgramStreamWriter();
  return Array.from({ length: howMany }, (_, index) => {
    const key = index % group === 0;
    const body = Buffer.alloc(bytes, (index % 200) + 1);
    const unit = Buffer.concat([
      key ? head : delimiter,
      Buffer.from([0, 0, 1, key ? 0x65 : 0x41, 0x88]),
      body,
    ]);
    const time = index * (TICKS_PER_SECOND / 25);
    return { key, packets: rtp.packets(ps.picture(unit, key, time), time) };
  });
}
