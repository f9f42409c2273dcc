import { adtsFrame } from '../support/media/adts-writer.ts';
import type { Chance } from './chance.ts';
import { spliced } from './spliced.ts';

const MAX_BYTES = 2_048;

/** A clip damaged in a few places, cut to a piece of it, or blocks of chance in frames that are right. */
export function mutateAac(inputs: readonly Uint8Array[], chance: Chance): Buffer {
  if (chance.below(4) === 0) return frames(chance);
  let bytes: Buffer = Buffer.from(chance.of(inputs));
  for (let count = chance.below(8); count > 0; count -= 1) bytes = changed(bytes, inputs, chance);
  return bytes.subarray(0, MAX_BYTES);
}

function frames(chance: Chance): Buffer {
  const options = {
    rateIndex: chance.below(14),
    channels: chance.below(4),
    objectType: 2 - (chance.below(8) === 0 ? 1 : 0),
    crc: chance.below(3) === 0,
    blocks: 1 + (chance.below(4) === 0 ? chance.below(4) : 0),
  };
  const count = 2 + chance.below(3);
  return Buffer.concat(Array.from({ length: count }, () => adtsFrame(block(chance), options)));
}

/** Chance, behind the first bits of an element, so that it is not all refused at once. */
function block(chance: Chance): Buffer {
  const bytes = Buffer.from(Array.from({ length: 4 + chance.below(200) }, () => chance.below(256)));
  bytes[0] = (chance.below(2) << 5) | (chance.below(256) & 0x1f);
  if (chance.below(2) === 0) bytes[2] = (bytes[2] ?? 0) & 0x3f;
  return bytes;
}

function changed(bytes: Buffer, inputs: readonly Uint8Array[], chance: Chance): Buffer {
  const at = chance.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + chance.below(chance.below(4) === 0 ? 300 : 8));
  switch (chance.below(6)) {
    case 0:
      return spliced(bytes, at, end, Buffer.alloc(0));
    case 1:
      return spliced(bytes, at, at, bytes.subarray(at, end));
    case 2: {
      const other = chance.of(inputs);
      return spliced(bytes, at, bytes.length, other.subarray(chance.below(other.length + 1)));
    }
    default:
      return spliced(bytes, at, Math.min(bytes.length, at + 1), Buffer.from([chance.below(256)]));
  }
}
