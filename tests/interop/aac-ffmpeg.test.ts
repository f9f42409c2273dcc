import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { AAC_FRAME_SAMPLES, AacEncoder } from '../../bff/src/media-engine/audio/aac-encoder.ts';
import { LONG_WINDOW_BANDS_8K } from '../../bff/src/media-engine/audio/aac-tables.ts';
import { BitWriter } from '../../bff/src/media-engine/audio/bit-writer.ts';
import { SCALE_FACTOR_BOOK, SPECTRAL_BOOKS } from '../../bff/src/media-engine/audio/codebook.ts';
import { silentAacFrame } from '../../bff/src/media-engine/audio/silent-frame.ts';
import { AacDecoder } from '../support/media/aac-decoder.ts';
import { adtsFrame } from '../support/media/adts-writer.ts';
import { hasProgram } from '../support/media/clip-maker.ts';
import { skipSuite } from '../support/skip.ts';
import {
  chord,
  pinkNoise,
  samplesOf,
  signalToNoiseDb,
  type Sound,
  speech,
  tone,
  whiteNoise,
} from '../support/media/sounds.ts';

const BANDS = LONG_WINDOW_BANDS_8K.length - 1;

/** What ffmpeg, which has its own tables, makes of AAC frames; it may not complain. */
function ffmpegDecode(blocks: readonly Uint8Array[], channels = 1): Int16Array {
  const args = ['-v', 'warning', '-f', 'aac', '-i', '-', '-f', 's16le', '-'];
  const input = Buffer.concat(blocks.map((block) => adtsFrame(block, { channels })));
  const { stdout, stderr } = spawnSync('ffmpeg', args, { input, maxBuffer: 1 << 26 });
  assert.equal(stderr.toString(), '');
  return new Int16Array(Uint8Array.from(stdout).buffer);
}

/** Our reading of the standard, frame after frame. */
function ownDecode(blocks: readonly Uint8Array[]): number[] {
  const decoder = new AacDecoder();
  return blocks.flatMap((block) => [...decoder.decode(block)]);
}

function checkSame(blocks: readonly Uint8Array[]): void {
  const own = ownDecode(blocks);
  const other = ffmpegDecode(blocks);
  assert.ok(other.length >= own.length - AAC_FRAME_SAMPLES);
  let largest = 0;
  for (let i = 0; i < other.length; i += 1) {
    const expected = Math.max(-32_768, Math.min(32_767, own[i] ?? 0));
    assert.ok(
      Math.abs((other[i] ?? 0) - expected) <= 1.5,
      `sample ${String(i)}: ${String(other[i])}, not ${String(expected)}`,
    );
    largest = Math.max(largest, Math.abs(expected));
  }
  assert.ok(largest > 1_000 && largest < 32_767, `a loudest sample of ${String(largest)}`);
}

/** A raw_data_block of one section of one book with these values, as many as fit; all scale factors alike. */
function blockOf(number: number, symbols: readonly number[], globalGain: number): Uint8Array {
  const book = SPECTRAL_BOOKS[number - 1];
  assert.ok(book);
  const writer = openBlock(number, globalGain);
  for (let band = 0; band < BANDS; band += 1) writer.write(0, 1);
  writer.write(0, 3);
  for (let at = 0, index = 0; at < AAC_FRAME_SAMPLES; at += book.dimension, index += 1) {
    const symbol = symbols[index % symbols.length] ?? 0;
    writer.write(book.words[symbol] ?? 0, book.lengths[symbol] ?? 0);
    if (!book.signed) writeSignsAndEscapes(writer, digitsOf(number, symbol), index);
  }
  writer.write(7, 3);
  return writer.take();
}

function digitsOf(number: number, symbol: number): number[] {
  const { dimension = 2, signed = false, largest = 0 } = SPECTRAL_BOOKS[number - 1] ?? {};
  const base = signed ? 2 * largest + 1 : largest + 1;
  return Array.from({ length: dimension }, (_, i) => Math.floor(symbol / base ** (dimension - 1 - i)) % base);
}

function writeSignsAndEscapes(writer: BitWriter, digits: readonly number[], index: number): void {
  digits.forEach((digit, i) => {
    if (digit !== 0) writer.write((index + i) & 1, 1);
  });
  for (const digit of digits) if (digit === 16) writer.write(0, 5); // 16 itself: no ones, a zero, four bits
}

describe('what ffmpeg makes of our AAC', function () {
  this.timeout(120_000);
  before(function () {
    if (!hasProgram('ffmpeg')) skipSuite(this, 'ffmpeg is not here');
  });

  for (let number = 1; number <= 11; number += 1) {
    it(`every codeword of codebook ${String(number)} is read as we mean it`, () => {
      const count = SPECTRAL_BOOKS[number - 1]?.lengths.length ?? 0;
      const perBlock = AAC_FRAME_SAMPLES / (SPECTRAL_BOOKS[number - 1]?.dimension ?? 2);
      const order = Array.from({ length: count }, (_, symbol) => (symbol * 7 + 3) % count);
      assert.equal(new Set(order).size, count);
      // Loud enough that one value for another is heard, and not too loud.
      const gain = [0, 162, 162, 158, 158, 154, 154, 150, 150, 147, 147, 145][number] ?? 0;
      const blocks: Uint8Array[] = [];
      for (let from = 0; from < count; from += perBlock)
        blocks.push(blockOf(number, order.slice(from, from + perBlock), gain));
      checkSame([...blocks, ...blocks, ...blocks]);
    });
  }

  it('every scale factor difference, −60 to 60, is read as we mean it', () => {
    const blocks = [1, 21, 41].map((from) => scaleFactorsDownAndUp(from));
    checkSame([...blocks, ...blocks]);
  });

  const sounds: readonly [string, () => Sound, number][] = [
    ['a tone', tone, 40],
    ['three tones', chord, 40],
    ['a voice', speech, 25],
    ['noise as of a street', pinkNoise, 22],
    ['white noise', whiteNoise, 17],
  ];
  for (const [title, sound, leastDb] of sounds) {
    it(`${title} is heard at least ${String(leastDb)} dB above its noise`, () => {
      const samples = samplesOf(sound(), 40 * AAC_FRAME_SAMPLES);
      const encoder = new AacEncoder();
      const blocks: Uint8Array[] = [];
      for (let at = 0; at < samples.length; at += AAC_FRAME_SAMPLES) {
        blocks.push(encoder.encode(samples.subarray(at, at + AAC_FRAME_SAMPLES)));
      }
      const heard = ffmpegDecode(blocks).subarray(AAC_FRAME_SAMPLES);
      const db = signalToNoiseDb(samples.subarray(0, 36 * AAC_FRAME_SAMPLES), heard);
      assert.ok(db >= leastDb, `${db.toFixed(1)} dB`);
    });
  }

  it('silence is silent, in one channel and in two', () => {
    for (const channels of [1, 2]) {
      const frame = silentAacFrame(channels);
      assert.ok(frame);
      const heard = ffmpegDecode(
        Array.from({ length: 10 }, () => frame),
        channels,
      );
      assert.ok(heard.length >= 8 * AAC_FRAME_SAMPLES * channels);
      assert.ok(heard.every((sample) => sample === 0));
    }
  });
});

/**
 * A block whose scale factors go down by `from` and up again, down by one more and up again, and so on: a difference
 * that is read wrong makes all bands after it too loud or too quiet.
 */
function scaleFactorsDownAndUp(from: number): Uint8Array {
  const writer = openBlock(1, 170);
  for (let band = 0; band < BANDS; band += 1) {
    const step = from + (band >> 1);
    const symbol = 60 + (band % 2 === 0 ? -step : step);
    writer.write(SCALE_FACTOR_BOOK.words[symbol] ?? 0, SCALE_FACTOR_BOOK.lengths[symbol] ?? 0);
  }
  writer.write(0, 3);
  const book = SPECTRAL_BOOKS[0];
  assert.ok(book);
  for (let at = 0; at < AAC_FRAME_SAMPLES; at += 4) {
    const symbol = LONG_WINDOW_BANDS_8K.includes(at) ? 67 : 40; // 1, 0, 0, 0 or nothing
    writer.write(book.words[symbol] ?? 0, book.lengths[symbol] ?? 0);
  }
  writer.write(7, 3);
  return writer.take();
}

/** The begin of a block up to its scale factors: one section of one book over all bands. */
function openBlock(number: number, globalGain: number): BitWriter {
  const writer = new BitWriter(4_096);
  writer.write(0, 7);
  writer.write(globalGain, 8);
  writer.write(0, 4);
  writer.write(BANDS, 6);
  writer.write(0, 1);
  writer.write(number, 4);
  writer.write(31, 5);
  writer.write(BANDS - 31, 5);
  return writer;
}
