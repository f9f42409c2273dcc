import { byteAt, writeUint32 } from './bytes.ts';
import { FRAME_HEADROOM_BYTES } from './frame.ts';
import type { NalClass } from './nal.ts';
import type { ParameterSets } from './parameter-sets.ts';

const LENGTH_BYTES = 4;
/** Headroom that stays for the container when NAL units move down. */
const CONTAINER_HEADROOM_BYTES = 24;
const MAX_MOVE_DOWN_BYTES = FRAME_HEADROOM_BYTES - CONTAINER_HEADROOM_BYTES;

/** One NAL unit in an access unit: offsets of its start code prefix and of its header. */
export interface NalSpan {
  readonly codeAt: number;
  readonly nalAt: number;
  readonly nal: NalClass;
}

/** An access unit in the form of ISO/IEC 14496-15 §5.3.2. */
export interface LengthPrefixedUnit {
  readonly keyFrame: boolean;
  readonly data: Uint8Array;
}

/**
 * Turns the Annex B bytes `slab[start, start + length)` into length-prefixed NAL units where they stand: a start
 * code of four bytes becomes the length, and only what stands before a shorter one moves down by a byte. Notes
 * parameter sets; leaves them, delimiters and filler out. Undefined = nothing to show is left.
 */
export function layOutNals(
  slab: Uint8Array,
  start: number,
  length: number,
  nals: readonly NalSpan[],
  sets: ParameterSets,
): LengthPrefixedUnit | undefined {
  const kept: { readonly at: number; readonly size: number }[] = [];
  let keyFrame = false;
  let setsSeen = false;
  for (let i = 0; i < nals.length; i += 1) {
    const span = nals[i];
    if (!span) continue;
    const at = start + span.nalAt;
    const end = trimZeros(slab, at, start + (nals[i + 1]?.codeAt ?? length));
    const role = span.nal.role;
    if (role === 'parameter-set') {
      sets.note(slab, at, end);
      setsSeen = true;
    }
    if (role === 'parameter-set' || role === 'dropped' || end <= at) continue;
    if (role === 'key-slice' || (setsSeen && role === 'slice' && span.nal.intra)) keyFrame = true;
    kept.push({ at, size: end - at });
  }
  if (kept.length === 0) return undefined;
  const data = canStay(kept, start) ? prefixInPlace(slab, kept) : prefixInCopy(slab, kept);
  return { keyFrame, data };
}

/** Trailing zeros belong to the byte stream, not to the NAL unit (ITU-T H.264 annex B). */
function trimZeros(slab: Uint8Array, at: number, end: number): number {
  let trimmed = end;
  while (trimmed > at && byteAt(slab, trimmed - 1) === 0) trimmed -= 1;
  return trimmed;
}

type Kept = readonly { readonly at: number; readonly size: number }[];

function canStay(kept: Kept, start: number): boolean {
  const last = kept[kept.length - 1];
  if (!last) return false;
  const total = kept.reduce((sum, nal) => sum + nal.size + LENGTH_BYTES, 0);
  return last.at + last.size - total >= start - MAX_MOVE_DOWN_BYTES;
}

/**
 * Closes the NAL units up to the last one, which stays. What moves up moves before what stands below it, what moves
 * down after it: so none is overrun by its neighbour.
 */
function prefixInPlace(slab: Uint8Array, kept: Kept): Uint8Array {
  const last = kept[kept.length - 1];
  const end = last ? last.at + last.size : 0;
  const targets: number[] = [];
  let target = end;
  for (let i = kept.length - 1; i >= 0; i -= 1) {
    const nal = kept[i];
    if (!nal) continue;
    target -= nal.size;
    targets[i] = target;
    if (target > nal.at) moveBehindLength(slab, nal, target);
    target -= LENGTH_BYTES;
  }
  kept.forEach((nal, i) => {
    const to = targets[i] ?? nal.at;
    if (to <= nal.at) moveBehindLength(slab, nal, to);
  });
  return slab.subarray(target, end);
}

function moveBehindLength(slab: Uint8Array, { at, size }: Kept[number], to: number): void {
  if (to !== at) slab.copyWithin(to, at, at + size);
  writeUint32(slab, to - LENGTH_BYTES, size);
}

function prefixInCopy(slab: Uint8Array, kept: Kept): Uint8Array {
  const total = kept.reduce((sum, nal) => sum + nal.size + LENGTH_BYTES, 0);
  const room = new Uint8Array(total + 2 * FRAME_HEADROOM_BYTES);
  const data = room.subarray(FRAME_HEADROOM_BYTES, FRAME_HEADROOM_BYTES + total);
  let at = 0;
  for (const nal of kept) {
    writeUint32(data, at, nal.size);
    data.set(slab.subarray(nal.at, nal.at + nal.size), at + LENGTH_BYTES);
    at += LENGTH_BYTES + nal.size;
  }
  return data;
}
