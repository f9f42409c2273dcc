import { interleaved, lengthFramed, rtpBytes } from '../support/media/rtp-bytes.ts';
import type { Chance } from './chance.ts';
import { spliced } from './spliced.ts';

const MAX_BYTES = 1_536;
const SSRC = 0x0102_0304;
const EHOME_PREFIX = Buffer.concat([Buffer.from([1, 0, 1]), Buffer.alloc(253, 7)]);

/** A stream of a camera, damaged in a few places. */
export function mutate(inputs: readonly Uint8Array[], chance: Chance): Buffer {
  let bytes: Buffer = chance.below(4) === 0 ? camera(chance) : Buffer.from(chance.of(inputs));
  for (let count = chance.below(6); count > 0; count -= 1) bytes = changed(bytes, inputs, chance);
  return bytes.subarray(0, MAX_BYTES);
}

/** A few packets, most of them in sequence. */
function camera(chance: Chance): Buffer {
  const dollar = chance.below(3) === 0;
  let sequence = chance.below(65_536);
  const frames = Array.from({ length: 1 + chance.below(24) }, () => {
    sequence += chance.below(5) === 0 ? chance.below(9) - 4 : 1;
    if (chance.below(40) === 0) sequence += chance.below(65_536);
    const packet = packetOf(sequence, chance);
    return dollar ? interleaved(packet, chance.below(4)) : lengthFramed(packet);
  });
  return Buffer.concat(chance.below(10) === 0 ? [EHOME_PREFIX, ...frames] : frames);
}

function packetOf(sequence: number, chance: Chance): Buffer {
  const payload = Buffer.alloc(chance.below(40), chance.below(256));
  const plain = { sequence, ssrc: SSRC, marker: chance.below(2) === 0, payload };
  switch (chance.below(8)) {
    case 0:
      return rtpBytes({ ...plain, csrc: [1, 2, 3].slice(0, 1 + chance.below(3)) });
    case 1:
      return rtpBytes({ ...plain, extensionWords: chance.below(3) });
    case 2:
      return rtpBytes({ ...plain, padding: chance.below(6) });
    case 3:
      return Buffer.from([0x80, 200 + chance.below(8), 0, 1, 0, 0, 0, 1]);
    default:
      return rtpBytes(plain);
  }
}

function changed(bytes: Buffer, inputs: readonly Uint8Array[], chance: Chance): Buffer {
  const at = chance.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + chance.below(chance.below(4) === 0 ? 300 : 8));
  switch (chance.below(7)) {
    case 0:
      return spliced(bytes, at, end, Buffer.alloc(0));
    case 1:
      return spliced(bytes, at, at, bytes.subarray(at, end));
    case 2:
      return spliced(bytes, at, end, Buffer.from([chance.below(256)]));
    case 3:
      return spliced(bytes, at, at, Buffer.from([0x24, chance.below(4), chance.below(2), chance.below(256)]));
    case 4:
      return spliced(bytes, at, at, Buffer.alloc(chance.below(16)));
    case 5:
      return spliced(bytes, at, at, lengthFramed(packetOf(chance.below(65_536), chance)));
    default: {
      const other = chance.of(inputs);
      return spliced(bytes, at, bytes.length, other.subarray(chance.below(other.length + 1)));
    }
  }
}
