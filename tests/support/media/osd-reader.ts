import { BitReader } from '../../../bff/simulator/src/media/h264/bits.ts';
import { unescapeNal } from '../../../bff/simulator/src/media/h264/nal.ts';
import { sliceHeaderBits } from '../../../bff/simulator/src/media/h264/slice-header.ts';
import { CELL, lit } from '../../../bff/simulator/src/media/osd/font.ts';

const COLUMNS = 40;
const MACROBLOCK = 16;
const SAMPLES = MACROBLOCK * MACROBLOCK;
const RAW_BYTES = SAMPLES + 128;
const I_PCM = 25;
const CHARACTERS = '0123456789:-.+PTZ';

const VIDEO_TAG = 9;
const KEY_OF_H264 = 0x17;
const NAL_LENGTHS_AT = 16;
const TRAILER_BYTES = 4;

/**
 * The line that the simulator's camera writes into its key pictures, read from the coded samples of an FLV tag;
 * undefined for any other tag. The upper half of each character is read, which tells them all apart.
 */
function osdOfTag(tag: Buffer): string | undefined {
  if (tag[0] !== VIDEO_TAG || tag[11] !== KEY_OF_H264 || tag[12] !== 1) return undefined;
  let last: Buffer = Buffer.alloc(0);
  for (let at = NAL_LENGTHS_AT; at + 4 <= tag.length - TRAILER_BYTES;) {
    const length = tag.readUInt32BE(at);
    last = tag.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return readOsd(unescapeNal(last, last.length));
}

/** When the picture of a tag was recorded, UTC ms; undefined when it does not say. */
export function recordedAt(tag: Buffer): number | undefined {
  const line = osdOfTag(tag);
  const match = line === undefined ? null : /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(line);
  return match === null ? undefined : new Date(`${match[1] ?? ''}T${match[2] ?? ''}`).getTime();
}

function readOsd(nal: Uint8Array): string {
  const reader = new BitReader(nal);
  reader.bits(8);
  skipTo(reader, sliceHeaderBits(nal));
  const raw: boolean[] = [];
  let text = '';
  for (let at = 0; at < COLUMNS; at += 1) {
    const isRaw = reader.unsigned() === I_PCM;
    raw.push(isRaw);
    if (isRaw) {
      skipTo(reader, Math.ceil(reader.position / 8) * 8);
      text += characterOf(nal.subarray(reader.position / 8, reader.position / 8 + SAMPLES));
      skipTo(reader, reader.position + RAW_BYTES * 8);
      continue;
    }
    reader.unsigned();
    reader.unsigned();
    // coeff_token of no coefficients: the left neighbour alone matters in the first row.
    reader.bits(raw[at - 1] === true ? 6 : 1);
    text += ' ';
  }
  return text.trimEnd();
}

function skipTo(reader: BitReader, position: number): void {
  while (reader.position < position) reader.bits(1);
}

function characterOf(samples: Uint8Array): string {
  const isLit = (x: number, y: number): boolean => (samples[y * MACROBLOCK + x] ?? 0) > 128;
  for (const character of CHARACTERS) {
    let same = true;
    for (let at = 0; at < CELL.width * MACROBLOCK && same; at += 1) {
      const x = at % CELL.width;
      const y = Math.floor(at / CELL.width);
      same = lit(character, x, y) === isLit(x, y);
    }
    if (same) return character;
  }
  return ' ';
}
