import { rateOfIndex } from './bands.ts';
import { BitReader } from './bit-reader.ts';

const LC = 2;
const SBR = 5;
const PS = 29;
const ESCAPED_TYPE = 31;
const WRITTEN_RATE = 15;

/** What an AudioSpecificConfig says of the core of the sound. */
export interface AudioConfig {
  readonly rateHz: number;
  /** channel_configuration. */
  readonly channels: number;
}

/** AudioSpecificConfig (§1.6.2.1) of AAC-LC, SBR and PS left out; a text that says why when it is something else. */
export function readAudioConfig(bytes: Uint8Array): AudioConfig | string {
  const bits = new BitReader();
  bits.open(bytes);
  let type = readType(bits);
  const rateHz = readRate(bits);
  const channels = bits.read(4);
  if (type === SBR || type === PS) {
    readRate(bits);
    type = readType(bits);
  }
  if (type !== LC) return `it is MPEG-4 audio of type ${String(type)}, not AAC-LC`;
  if (bits.readFlag()) return 'its blocks have 960 samples';
  if (bits.readFlag()) return 'it needs a core coder';
  if (bits.overrun || rateHz === undefined) return 'its configuration is cut off';
  return { rateHz, channels };
}

function readType(bits: BitReader): number {
  const type = bits.read(5);
  return type === ESCAPED_TYPE ? 32 + bits.read(6) : type;
}

function readRate(bits: BitReader): number | undefined {
  const index = bits.read(4);
  return index === WRITTEN_RATE ? bits.read(24) : rateOfIndex(index);
}
