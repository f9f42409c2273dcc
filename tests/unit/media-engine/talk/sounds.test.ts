import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { FrameCutter } from '../../../../bff/src/media-engine/talk/frames.ts';
import { openSound } from '../../../../bff/src/media-engine/talk/sound/open-sound.ts';
import {
  SoundFault,
  type SoundBlock,
  type SoundFormat,
} from '../../../../bff/src/media-engine/talk/sound/sound.ts';
import { decodeMp3 } from '../../../../bff/src/media-engine/talk/sound/mp3.ts';
import { decodeWav } from '../../../../bff/src/media-engine/talk/sound/wav.ts';
import { toneToNoiseDb } from '../../../support/media/ear.ts';
import { alaw } from '../../../support/media/g711-coder.ts';
import { wavFile } from '../../../support/media/wav-file.ts';

const CLIPS = fileURLToPath(new URL('../../../fixtures/voice/', import.meta.url));

/** All of a sound as the packets would carry it. */
async function spoken(blocks: AsyncIterable<SoundBlock>): Promise<Int16Array> {
  const cutter = new FrameCutter();
  const all: number[] = [];
  const keep = (frame: Int16Array): void => {
    all.push(...frame);
  };
  for await (const block of blocks) cutter.push(block, keep);
  cutter.flush(keep);
  return Int16Array.from(all);
}

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

/** The clips are 0.8 s of 1 kHz. */
async function assertTone(samples: Int16Array, atLeastDb: number): Promise<void> {
  assert.equal(samples.length % 160, 0);
  assert.ok(samples.length >= 6_400 && samples.length <= 7_200, `${String(samples.length)} samples`);
  const db = toneToNoiseDb(samples.slice(1_600, 5_600), 1_000);
  assert.ok(db > atLeastDb, `${String(db)} dB`);
  await Promise.resolve();
}

describe('clips as sound', () => {
  const clips: readonly (readonly [string, SoundFormat, number, number])[] = [
    ['tone-1k.mp3', 'mp3', 8_000, 40],
    ['tone-1k-44k-stereo.mp3', 'mp3', 8_000, 40],
    ['tone-1k.aac', 'aac', 8_000, 30],
    ['tone-1k.m4a', 'm4a', 8_000, 30],
    ['tone-1k.wav', 'wav', 8_000, 60],
    ['tone-1k.pcm', 'pcm', 8_000, 60],
  ];
  for (const [name, format, rateHz, atLeastDb] of clips)
    it(`${name} is the tone that it was made of`, async () => {
      await assertTone(await spoken(openSound({ path: CLIPS + name, format, rateHz })), atLeastDb);
    });

  for (const format of ['aac', 'm4a'] as const)
    it(`what is no ${format} is refused`, async () => {
      const path = `${CLIPS}tone-1k.pcm`;
      await assert.rejects(spoken(openSound({ path, format, rateHz: 8_000 })), { why: 'unreadable' });
    });

  it('a WAV file may hold PCM of 8 to 32 bits, floats and G.711, behind other chunks', async () => {
    const tone = Float64Array.from(
      { length: 6_400 },
      (_, i) => 0.5 * Math.sin((2 * Math.PI * 1_000 * i) / 8_000),
    );
    const plain = wavFile({ tag: 1, bits: 16 }, tone);
    const codes = alaw(Int16Array.from(tone, (value) => Math.round(value * 32_767)));
    const files: readonly (readonly [string, Buffer, number])[] = [
      ['8 bits', wavFile({ tag: 1, bits: 8 }, tone), 40],
      ['16 bits', plain, 60],
      ['24 bits', wavFile({ tag: 1, bits: 24 }, tone), 60],
      ['32 bits', wavFile({ tag: 1, bits: 32 }, tone), 60],
      ['floats', wavFile({ tag: 3, bits: 32 }, tone), 60],
      ['extensible', wavFile({ tag: 1, bits: 16, extensible: true }, tone), 60],
      ['two channels', wavFile({ tag: 1, bits: 16, channels: 2 }, tone), 60],
      ['G.711A', wavFile({ tag: 6, bits: 8, codes }, tone), 30],
      ['a list before', wavFile({ tag: 1, bits: 16, junk: Buffer.alloc(101) }, tone), 60],
      ['an unknown length', wavFile({ tag: 1, bits: 16, length: 0 }, tone), 60],
    ];
    for (const [name, file, atLeastDb] of files)
      for (const size of [1, 7, 4_096]) {
        const samples = await spoken(decodeWav(cut(file, size)));
        assert.equal(samples.length, 6_400, name);
        assert.ok(toneToNoiseDb(samples, 1_000) > atLeastDb, name);
      }
  });

  it('what cannot be read is refused and says why', async () => {
    const wav = readFileSync(`${CLIPS}tone-1k.wav`);
    const endless = Buffer.from(wav);
    endless.writeUInt32LE(0x7fffffff, 16);
    for (const file of [
      Buffer.alloc(0),
      Buffer.from('RIFF'),
      wav.subarray(0, 30),
      endless,
      Buffer.alloc(2_000),
    ])
      await assert.rejects(spoken(decodeWav(cut(file, 512))), SoundFault);
    await assert.rejects(spoken(decodeMp3(cut(Buffer.from('no sound at all'.repeat(100)), 512))), SoundFault);
  });

  it('any octets give sound or a fault, and nothing else', async () => {
    const wav = readFileSync(`${CLIPS}tone-1k.wav`).subarray(0, 2_000);
    const mp3 = readFileSync(`${CLIPS}tone-1k.mp3`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1_999), fc.nat(255)), { maxLength: 20 }),
        fc.constantFrom<'wav' | 'mp3'>('wav', 'mp3'),
        async (changes, format) => {
          const bytes = Buffer.from(format === 'wav' ? wav : mp3);
          for (const [at, value] of changes) bytes[at] = value;
          const decode = format === 'wav' ? decodeWav : decodeMp3;
          try {
            for await (const { samples } of decode(cut(bytes, 700)))
              assert.ok(samples.every((value) => Number.isFinite(value)));
          } catch (error) {
            assert.ok(error instanceof SoundFault, String(error));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
