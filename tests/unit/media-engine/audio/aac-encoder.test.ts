import assert from 'node:assert/strict';
import {
  AAC_8K_MONO_CONFIG,
  AAC_FRAME_SAMPLES,
  AacEncoder,
} from '../../../../bff/src/media-engine/audio/aac-encoder.ts';
import { audioSpecificConfig } from '../../../../bff/src/media-engine/es/adts.ts';
import { AacDecoder, readBlock } from '../../../support/media/aac-decoder.ts';
import {
  chord,
  pinkNoise,
  samplesOf,
  signalToNoiseDb,
  type Sound,
  speech,
  tone,
  whiteNoise,
} from '../../../support/media/sounds.ts';

const RATE = 8_000;
const FRAMES = 24;

interface Coded {
  readonly frames: Uint8Array[];
  readonly bps: number;
}

function encode(sound: Sound, frames = FRAMES): Coded {
  const samples = samplesOf(sound, frames * AAC_FRAME_SAMPLES);
  const encoder = new AacEncoder();
  const coded: Uint8Array[] = [];
  for (let at = 0; at < samples.length; at += AAC_FRAME_SAMPLES) {
    coded.push(encoder.encode(samples.subarray(at, at + AAC_FRAME_SAMPLES)));
  }
  const bytes = coded.reduce((sum, frame) => sum + frame.length, 0);
  return { frames: coded, bps: (8 * bytes * RATE) / samples.length };
}

/** What a decoder makes of it, without the frame that the first one holds. */
function decode(frames: readonly Uint8Array[]): number[] {
  const decoder = new AacDecoder();
  return frames.flatMap((frame) => [...decoder.decode(frame)]).slice(AAC_FRAME_SAMPLES);
}

describe('sound coded to AAC-LC and decoded again (ISO/IEC 14496-3 subpart 4)', () => {
  const sounds: readonly [string, () => Sound, number][] = [
    ['a tone', tone, 40],
    ['three tones', chord, 40],
    ['a tone of full loudness', () => tone(1_000, 32_767), 40],
    ['a voice', speech, 25],
    ['noise as of a street', pinkNoise, 22],
    ['white noise', whiteNoise, 17],
    ['white noise of full loudness', () => whiteNoise(32_767), 17],
  ];
  for (const [title, sound, leastDb] of sounds) {
    it(`is ${title}, its noise at least ${String(leastDb)} dB below it, at 32 kbit/s at most`, () => {
      const { frames, bps } = encode(sound());
      const decoded = decode(frames);
      const samples = samplesOf(sound(), decoded.length);
      // The second half of the last frame waits for a next one; the first begins out of nothing.
      assert.ok(signalToNoiseDb(samples.subarray(0, decoded.length), decoded) >= leastDb);
      assert.ok(bps <= 32_700, `${String(bps)} bit/s`);
    });
  }

  it('comes a frame later than it went in: frame n is what frame n + 1 completes', () => {
    const samples = samplesOf(
      (index) => (index < AAC_FRAME_SAMPLES ? 8_000 * Math.sin(index / 3) : 0),
      4_096,
    );
    const encoder = new AacEncoder();
    const decoder = new AacDecoder();
    const levels = [0, 1, 2, 3].map((frame) => {
      const block = encoder.encode(
        samples.subarray(frame * AAC_FRAME_SAMPLES, (frame + 1) * AAC_FRAME_SAMPLES),
      );
      return decoder.decode(block).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    });
    assert.ok(
      (levels[0] ?? 0) < 100 && (levels[1] ?? 0) > 7_000 && (levels[2] ?? 0) < 500 && (levels[3] ?? 0) < 10,
    );
  });
});

describe('what coded sound costs', () => {
  it('is four bytes a frame for silence', () => {
    const { frames } = encode(() => 0);
    assert.ok(frames.every((frame) => frame.length === 4));
    assert.ok(decode(frames).every((value) => value === 0));
  });

  it('is next to nothing for the silence of A-law, which is a constant 8', () => {
    const { bps } = encode(() => 8);
    assert.ok(bps < 1_500, `${String(bps)} bit/s`);
  });

  it('is never more than a decoder can take, 6144 bits a frame (§4.5.3.1)', () => {
    let turn = 0;
    const bursts: Sound = (index) => {
      turn = (Math.imul(turn, 1_664_525) + 1_013_904_223) >>> 0;
      return index % 8_192 < 2_048 ? turn / 65_536 - 32_768 : 0;
    };
    const { frames } = encode(bursts, 40);
    assert.ok(frames.every((frame) => frame.length <= 768));
    assert.ok(
      frames.some((frame) => frame.length > 512),
      'saved bits are spent',
    );
  });

  it('is the size that its own bits need, to a byte', () => {
    for (const sound of [speech(), whiteNoise(), tone()]) {
      for (const frame of encode(sound, 10).frames)
        assert.equal(frame.length, Math.ceil(readBlock(frame).bits / 8));
    }
  });
});

describe('the AudioSpecificConfig of coded G.711', () => {
  it('says AAC-LC, 8 kHz, one channel', () => {
    assert.deepEqual(AAC_8K_MONO_CONFIG, audioSpecificConfig({ objectType: 2, rateIndex: 11, channels: 1 }));
  });
});
