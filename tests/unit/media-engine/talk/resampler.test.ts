import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Resampler } from '../../../../bff/src/media-engine/talk/resampler.ts';
import { toneAmplitude, toneToNoiseDb } from '../../../support/media/ear.ts';

const OUT_HZ = 8_000;

function tone(hz: number, rateHz: number, seconds = 1): Float32Array {
  return Float32Array.from({ length: rateHz * seconds }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rateHz));
}

function resampled(input: Float32Array, rateHz: number, cut = input.length): Float32Array {
  const resampler = new Resampler(rateHz, OUT_HZ);
  const parts: Float32Array[] = [];
  for (let at = 0; at < input.length; at += cut)
    parts.push(resampler.push(input.slice(at, at + cut)).slice());
  parts.push(resampler.flush());
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

/** Without the ends, where the filter hears silence. */
function middle(samples: Float32Array): Float32Array {
  return samples.slice(800, 7_200);
}

describe('sound of any rate at 8 kHz', () => {
  for (const rateHz of [
    8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 44_099, 6_000,
  ]) {
    const hz = 1_000;
    it(`from ${String(rateHz)} Hz keeps a tone clean and in its place`, () => {
      const output = resampled(tone(hz, rateHz), rateHz);
      assert.ok(Math.abs(output.length - OUT_HZ) <= 1, `${String(output.length)} samples`);
      assert.ok(toneToNoiseDb(middle(output), hz) > 60, `${String(toneToNoiseDb(middle(output), hz))} dB`);
      const late = Math.max(
        ...middle(output).map((value, i) =>
          Math.abs(value - Math.sin((2 * Math.PI * hz * (i + 800)) / OUT_HZ)),
        ),
      );
      assert.ok(late < 0.005, `off by ${String(late)}`);
    });
  }

  for (const [hz, atLeastDb] of [
    [4_400, 70],
    [7_000, 75],
    [12_000, 75],
  ] as const)
    it(`lets nothing of ${String(hz)} Hz fold into the band`, () => {
      const output = middle(resampled(tone(hz, 48_000), 48_000));
      const power = output.reduce((sum, value) => sum + value * value, 0) / output.length;
      assert.ok(10 * Math.log10(0.5 / power) > atLeastDb, `${String(10 * Math.log10(0.5 / power))} dB`);
    });

  it('passes the band of telephony on with its level', () => {
    for (const hz of [300, 1_000, 3_000, 3_400])
      assert.ok(
        Math.abs(20 * Math.log10(toneAmplitude(middle(resampled(tone(hz, 44_100), 44_100)), hz))) < 0.1,
      );
  });

  it('gives the same however the input is cut', () => {
    const input = tone(700, 22_050, 0.1);
    const whole = resampled(input, 22_050);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), (cut) => {
        assert.deepEqual(resampled(input, 22_050, cut), whole);
      }),
      { numRuns: 30 },
    );
  });
});
