import { annexB, h264Nals, h265Nals, type PictureShape } from './nal-samples.ts';
import {
  AUDIO_ID,
  G711A,
  H264,
  H265,
  type MapEntry,
  type PesOptions,
  packHeader,
  pesPacket,
  pesPackets,
  programStreamMap,
  systemHeader,
  VIDEO_ID,
} from './ps-writer.ts';
import type { TimedUnit } from './rtp-packets.ts';

const TICKS_PER_PICTURE = 3_600;
const PICTURES_PER_KEY = 10;

/** What {@link syntheticCamera} sends; everything that is left out is as most cameras do. */
export interface SyntheticCamera {
  readonly codec?: 'h264' | 'h265';
  readonly pictures?: number;
  /** Ticks of the camera's clock at the first picture. */
  readonly startTicks?: number;
  readonly shape?: (index: number) => PictureShape;
  /** Presentation of each picture, in pictures after the first; with it the PES has a DTS unless `withoutDts`. */
  readonly shownAt?: (index: number) => number;
  readonly withoutDts?: boolean;
  readonly stamped?: boolean;
  readonly map?: (key: number) => readonly MapEntry[] | undefined;
  /** 40 ms of sound beside a picture. */
  readonly sound?: (index: number) => Uint8Array | undefined;
  readonly soundPts?: (index: number) => number | undefined;
  /** Writes the PES packets of a picture. */
  readonly pes?: (bytes: Buffer, stamps: PesOptions) => Buffer;
}

const usualMap = (codec: 'h264' | 'h265'): MapEntry[] => [
  { streamType: codec === 'h264' ? H264 : H265, id: VIDEO_ID },
  { streamType: G711A, id: AUDIO_ID },
];

/** The shape of a picture of {@link syntheticCamera}: a key picture in ten, and none like another. */
export function usualShape(index: number): PictureShape {
  const key = index % PICTURES_PER_KEY === 0;
  return { key, bytes: key ? 9_000 : 1_500 + (index % 7) * 300, seed: index + 1 };
}

/** A camera of made-up bytes, 25 pictures a second: packs, maps before key pictures, one PES a picture and 40 ms of sound. */
export function syntheticCamera(options: SyntheticCamera = {}): TimedUnit[] {
  const { pictures = 50, startTicks = 900_000 } = options;
  const units: TimedUnit[] = [];
  for (let index = 0; index < pictures; index += 1) {
    const time90k = startTicks + index * TICKS_PER_PICTURE;
    units.push({ bytes: pictureUnit(options, index, time90k), time90k });
    const sound = options.sound?.(index);
    if (!sound) continue;
    const pts = options.soundPts ? options.soundPts(index) : time90k;
    units.push({
      bytes: Buffer.concat([packHeader(time90k), pesPacket(sound, { id: AUDIO_ID, pts })]),
      time90k,
    });
  }
  return units;
}

function pictureUnit(options: SyntheticCamera, index: number, time90k: number): Buffer {
  const { codec = 'h264', shape = usualShape, map = () => usualMap(codec), stamped = true } = options;
  const one = shape(index);
  const bytes = annexB(codec === 'h264' ? h264Nals(one) : h265Nals(one));
  const entries = one.key === true ? map(index / PICTURES_PER_KEY) : undefined;
  const head = entries
    ? [packHeader(time90k), systemHeader(), programStreamMap(entries)]
    : [packHeader(time90k)];
  const shown = options.shownAt?.(index);
  const pts = time90k + ((shown ?? index) - index) * TICKS_PER_PICTURE;
  const dts = shown === undefined || options.withoutDts === true ? undefined : time90k;
  const write = options.pes ?? pesPackets;
  return Buffer.concat([...head, write(bytes, stamped ? { pts, dts } : {})]);
}
