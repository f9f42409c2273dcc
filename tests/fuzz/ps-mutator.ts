import { adtsFrame } from '../support/media/adts-writer.ts';
import { annexB, bodyBytes, h264Nals, h265Nals } from '../support/media/nal-samples.ts';
import {
  AUDIO_ID,
  mpeg1PackHeader,
  mpeg1PesPacket,
  packHeader,
  pesPacket,
  programStreamMap,
  systemHeader,
  VIDEO_ID,
} from '../support/media/ps-writer.ts';
import type { Chance } from './chance.ts';
import { spliced } from './spliced.ts';

const MAX_BYTES = 2_048;
const VIDEO_TYPES = [0x1b, 0x24, 0x10, 0x80];
const AUDIO_TYPES = [0x0f, 0x90, 0x91, 0x92, 0x99, 0xd9, 0x03];
const STARTS = [
  0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xc0, 0xc1, 0xe0, 0xe1, 0x00, 0x65, 0x67, 0x41, 0x09, 0x26, 0x40,
];
const CLOCKS = [0, 900_000, 2 ** 33 - 4_000, 2 ** 32 - 3_600, 8_589_934_591];

/** A stream of a camera, damaged in a few places. */
export function mutate(inputs: readonly Uint8Array[], chance: Chance): Buffer {
  let bytes: Buffer = chance.below(3) === 0 ? camera(chance) : Buffer.from(chance.of(inputs));
  for (let count = chance.below(5); count > 0; count -= 1) bytes = changed(bytes, inputs, chance);
  return bytes.subarray(0, MAX_BYTES);
}

/** A few small pictures and some sound. */
function camera(chance: Chance): Buffer {
  const h265 = chance.below(4) === 0;
  const mpeg1 = chance.below(12) === 0;
  const soundType = chance.of(AUDIO_TYPES);
  const parts: Buffer[] = [];
  let clock = chance.of(CLOCKS);
  const pictures = 1 + chance.below(8);
  for (let index = 0; index < pictures; index += 1) {
    clock = nextClock(clock, chance);
    const key = index === 0 || chance.below(6) === 0;
    parts.push(mpeg1 ? mpeg1PackHeader() : packHeader(clock, chance.below(10) === 0 ? chance.below(8) : 0));
    if (key && chance.below(6) > 0) parts.push(systemHeader(), mapOf(soundType, chance));
    parts.push(picture(key, h265, mpeg1, clock, chance));
    if (chance.below(2) === 0) parts.push(sound(soundType, clock, chance));
  }
  if (chance.below(3) === 0) parts.push(packHeader(clock));
  return Buffer.concat(parts);
}

function nextClock(clock: number, chance: Chance): number {
  const step = chance.below(12) === 0 ? chance.below(40_000_000) : 3_600;
  return (clock + step) % 2 ** 33;
}

function mapOf(soundType: number, chance: Chance): Buffer {
  const entries = [{ streamType: chance.of(VIDEO_TYPES), id: VIDEO_ID }];
  if (chance.below(4) > 0) entries.push({ streamType: soundType, id: AUDIO_ID });
  return programStreamMap(entries, chance.below(4));
}

function picture(key: boolean, h265: boolean, mpeg1: boolean, clock: number, chance: Chance): Buffer {
  const shape = {
    key,
    bytes: 4 + chance.below(60),
    seed: chance.below(9_999),
    slices: 1 + chance.below(3),
    delimiter: chance.below(3) === 0,
    sei: chance.below(3) === 0,
  };
  const nals = h265 ? h265Nals(shape) : h264Nals(shape);
  const bytes = annexB(nals, () => chance.below(3) > 0);
  const pts = chance.below(8) === 0 ? undefined : clock;
  const dts =
    pts !== undefined && chance.below(3) === 0 ? Math.max(0, clock - chance.below(20_000)) : undefined;
  if (mpeg1) return mpeg1PesPacket(bytes, { pts, dts });
  if (chance.below(6) === 0)
    return pesPacket(bytes, { pts, dts, saysLength: chance.of([0, 0xffff, bytes.length]) });
  const cut = chance.below(5) === 0 ? chance.below(bytes.length + 1) : bytes.length;
  const first = pesPacket(bytes.subarray(0, cut), { pts, dts });
  return cut === bytes.length ? first : Buffer.concat([first, pesPacket(bytes.subarray(cut))]);
}

function sound(type: number, clock: number, chance: Chance): Buffer {
  const asAdts = type === 0x0f ? chance.below(8) > 0 : chance.below(6) === 0;
  const frame = (): Buffer =>
    adtsFrame(bodyBytes(1 + chance.below(40), chance.below(9_999)), {
      rateIndex: chance.below(10) === 0 ? chance.below(13) : 11,
      channels: 1 + chance.below(2),
      crc: chance.below(4) === 0,
    });
  const payload = asAdts
    ? Buffer.concat(Array.from({ length: 1 + chance.below(3) }, frame))
    : bodyBytes(1 + chance.below(chance.below(4) === 0 ? 700 : 80), chance.below(9_999));
  return pesPacket(payload, { id: AUDIO_ID, pts: chance.below(5) === 0 ? undefined : clock });
}

function changed(bytes: Buffer, inputs: readonly Uint8Array[], chance: Chance): Buffer {
  const at = chance.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + chance.below(chance.below(4) === 0 ? 300 : 8));
  switch (chance.below(8)) {
    case 0:
      return spliced(bytes, at, end, Buffer.alloc(0));
    case 1:
      return spliced(bytes, at, at, bytes.subarray(at, end));
    case 2:
      return spliced(bytes, at, end, Buffer.from([chance.below(256)]));
    case 3:
      return spliced(bytes, at, at, Buffer.from([0, 0, 1, chance.of(STARTS)]));
    case 4:
      return spliced(bytes, at, at, Buffer.alloc(chance.below(20), chance.of([0, 0xff])));
    case 5:
      return spliced(
        bytes,
        at,
        at,
        chance.of([packHeader(), systemHeader(), mapOf(0x90, chance), Buffer.from([0, 0, 1, 0xba])]),
      );
    case 6:
      return spliced(bytes, at, at, camera(chance));
    default: {
      const other = chance.of(inputs);
      return spliced(bytes, at, bytes.length, other.subarray(chance.below(other.length + 1)));
    }
  }
}
