import type { AccessUnit } from '../clip.ts';
import { BitReader, BitWriter } from '../h264/bits.ts';
import { escapeNal, lastNalStart, unescapeNal } from '../h264/nal.ts';
import { sliceHeaderBits } from '../h264/slice-header.ts';
import { CELL, lit } from './font.ts';

/** Macroblocks per row of our clips, and so characters per line. */
export const OSD_COLUMNS = 40;

const MACROBLOCK = 16;
const ROWS = CELL.height / MACROBLOCK;
const BLANK = ' ';
const DARK = 16;
const BRIGHT = 235;
const NO_COLOUR = 128;
const CHROMA_BYTES = 128;
const HEADER_LIMIT = 64;
/** mb_type of an I slice (H.264 table 7-11), and what a P slice adds (table 7-13). */
const I_16X16_DC = 3;
const I_PCM = 25;
const INTRA_IN_P = 5;

/**
 * Writes a line of text into the lowest rows of a clip's pictures, as a camera's on-screen display does, without
 * an encoder: those rows are a slice of their own, which is made anew. Characters are raw samples (I_PCM),
 * what has not changed since the last picture is skipped.
 */
export class OsdWriter {
  #shown = '';

  /** The access unit with `text` in its band; every picture of the stream must pass here, in order. */
  picture(unit: AccessUnit, text: string): Buffer {
    const line = text.slice(0, OSD_COLUMNS).padEnd(OSD_COLUMNS, BLANK);
    const start = lastNalStart(unit.bytes);
    const original = unescapeNal(unit.bytes.subarray(start), HEADER_LIMIT);
    const writer = headerOf(original);
    if (unit.key) writeIntra(writer, line);
    else writeChanges(writer, this.#shown, line);
    this.#shown = line;
    return Buffer.concat([unit.bytes.subarray(0, start), escapeNal(writer.finish())]);
  }
}

/** The slice keeps its header bit by bit: picture number, type and place. */
function headerOf(nal: Uint8Array): BitWriter {
  const reader = new BitReader(nal);
  const writer = new BitWriter();
  const length = sliceHeaderBits(nal);
  for (let at = 0; at < length; at += 1) writer.bits(reader.bits(1), 1);
  return writer;
}

/** §7.3.4 for an I slice: blank cells are predicted from the dark ones beside them. */
function writeIntra(writer: BitWriter, line: string): void {
  for (let at = 0; at < OSD_COLUMNS * ROWS; at += 1) {
    const column = at % OSD_COLUMNS;
    const row = Math.floor(at / OSD_COLUMNS);
    // The first one has no neighbour to be predicted from.
    if (at === 0 || line[column] !== BLANK) {
      writer.unsigned(I_PCM);
      writeSamples(writer, line[column] ?? BLANK, row);
      continue;
    }
    writer.unsigned(I_16X16_DC);
    writer.unsigned(0); // intra_chroma_pred_mode: DC
    writer.unsigned(0); // mb_qp_delta
    writeNoCoefficients(writer, context(line, column, row));
  }
}

/** §7.3.4 for a P slice: runs of skipped macroblocks, and the changed ones as samples. */
function writeChanges(writer: BitWriter, before: string, line: string): void {
  let skipped = 0;
  for (let at = 0; at < OSD_COLUMNS * ROWS; at += 1) {
    const column = at % OSD_COLUMNS;
    if (before[column] === line[column]) {
      skipped += 1;
      continue;
    }
    writer.unsigned(skipped);
    skipped = 0;
    writer.unsigned(INTRA_IN_P + I_PCM);
    writeSamples(writer, line[column] ?? BLANK, Math.floor(at / OSD_COLUMNS));
  }
  if (skipped > 0) writer.unsigned(skipped);
}

function writeSamples(writer: BitWriter, character: string, row: number): void {
  const samples = new Uint8Array(MACROBLOCK * MACROBLOCK + CHROMA_BYTES).fill(NO_COLOUR);
  for (let at = 0; at < MACROBLOCK * MACROBLOCK; at += 1) {
    const y = row * MACROBLOCK + Math.floor(at / MACROBLOCK);
    samples[at] = lit(character, at % MACROBLOCK, y) ? BRIGHT : DARK;
  }
  writer.align();
  writer.bytes(samples);
}

/** nC of §9.2.1: coefficients of the neighbours, 16 for raw samples and none for predicted ones. */
function context(line: string, column: number, row: number): number {
  const coded = (index: number, ofRow: number): number =>
    line[index] !== BLANK || (index === 0 && ofRow === 0) ? 16 : 0;
  const left = column > 0 ? coded(column - 1, row) : undefined;
  const above = row > 0 ? coded(column, row - 1) : undefined;
  if (left === undefined) return above ?? 0;
  return above === undefined ? left : (left + above + 1) >> 1;
}

/** coeff_token for no coefficients (table 9-5). */
function writeNoCoefficients(writer: BitWriter, nC: number): void {
  if (nC < 2) writer.bits(1, 1);
  else if (nC < 4) writer.bits(3, 2);
  else if (nC < 8) writer.bits(15, 4);
  else writer.bits(3, 6);
}
