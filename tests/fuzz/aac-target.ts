import assert from 'node:assert/strict';
import { type AdtsFrame, AdtsFramer } from '../../bff/src/media-engine/talk/sound/aac/adts.ts';
import { BitReader } from '../../bff/src/media-engine/talk/sound/aac/bit-reader.ts';
import { BLOCK_SAMPLES, BlockDecoder } from '../../bff/src/media-engine/talk/sound/aac/block-decoder.ts';
import { FrameDecoder } from '../../bff/src/media-engine/talk/sound/aac/decode-adts.ts';
import { boxesIn } from '../../bff/src/media-engine/talk/sound/aac/mp4-boxes.ts';
import { readTrack } from '../../bff/src/media-engine/talk/sound/aac/mp4-track.ts';
import { SoundFault } from '../../bff/src/media-engine/talk/sound/sound.ts';

const MAX_FRAME_BYTES = 8_191;
const MAX_TABLE_SAMPLES = 10_000;

/**
 * Gives octets to the ADTS framer, the boxes of MP4 and the block decoder, and holds what comes out against what is
 * promised: nothing throws but refusals, any cut gives the same frames, samples are in −1…1, and nothing is held
 * beyond a frame. Tells in words what came out.
 */
export function fuzzAac(input: Uint8Array): readonly string[] {
  const before = Buffer.from(input);
  const whole = cut(input, input.length);
  assert.deepEqual(cut(input, 61), whole, 'any cut gives the same frames');
  const features = [...soundOf(input), ...trackOf(Buffer.from(input)), blockOf(input)];
  assert.ok(before.equals(input), 'the octets are left as they were');
  return [...new Set([`frames-${String(Math.min(whole.length, 2))}`, ...features])];
}

function cut(input: Uint8Array, size: number): readonly string[] {
  const framer = new AdtsFramer();
  const frames: string[] = [];
  const keep = ({ rateHz, channels, blocks, payload }: AdtsFrame): void => {
    frames.push(`${[rateHz, channels, blocks].join(' ')} ${Buffer.from(payload).toString('base64')}`);
  };
  for (let at = 0; at < input.length; at += size) {
    for (const frame of framer.push(input.subarray(at, at + size))) keep(frame);
    assert.ok(framer.heldBytes <= MAX_FRAME_BYTES + 7);
  }
  for (const frame of framer.finish()) keep(frame);
  return frames;
}

function soundOf(input: Uint8Array): readonly string[] {
  const framer = new AdtsFramer();
  const decoder = new FrameDecoder();
  try {
    for (const frame of framer.push(input))
      for (const { samples } of decoder.decode(frame)) assertInRange(samples);
  } catch (error) {
    assert.ok(error instanceof SoundFault, String(error));
    return [error.message];
  }
  assert.ok(framer.lostBytes <= input.length);
  return [decoder.isSound ? 'sound' : 'no-sound', decoder.faults > 0 ? 'faults' : 'no-faults'];
}

function trackOf(input: Buffer): readonly string[] {
  const moov = boxesIn(input).find(({ name }) => name === 'moov')?.content;
  const track = moov === undefined ? 'no moov' : readTrack(moov);
  if (typeof track === 'string') return [track.replaceAll(/\d+/g, 'n')];
  let count = 0;
  for (const { at, length } of track.samples) {
    assert.ok(at >= 0 && length >= 0);
    count += 1;
    if (count === MAX_TABLE_SAMPLES) break;
  }
  return [count > 0 ? 'samples' : 'no-samples', `track-channels-${String(track.config.channels)}`];
}

/** As if it were a raw_data_block. */
function blockOf(input: Uint8Array): string {
  const bits = new BitReader();
  const samples = new Float32Array(BLOCK_SAMPLES);
  bits.open(input.subarray(7));
  const fault = new BlockDecoder(44_100).decode(bits, samples);
  assertInRange(samples);
  return `block-${fault ?? 'right'}`;
}

function assertInRange(samples: Float32Array): void {
  assert.ok(samples.every((value) => value >= -1 && value <= 1));
}
