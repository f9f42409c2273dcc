import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { BitWriter } from '../../../../bff/src/media-engine/audio/bit-writer.ts';
import { BitReader } from '../../../../bff/src/media-engine/talk/sound/aac/bit-reader.ts';
import {
  BLOCK_SAMPLES,
  BlockDecoder,
} from '../../../../bff/src/media-engine/talk/sound/aac/block-decoder.ts';
import { AdtsFramer } from '../../../../bff/src/media-engine/talk/sound/aac/adts.ts';
import { decodeAdts, FrameDecoder } from '../../../../bff/src/media-engine/talk/sound/aac/decode-adts.ts';
import { decodeMp4 } from '../../../../bff/src/media-engine/talk/sound/aac/decode-mp4.ts';
import { type SoundBlock, SoundFault } from '../../../../bff/src/media-engine/talk/sound/sound.ts';
import { adtsFrame } from '../../../support/media/adts-writer.ts';

const CLIPS = fileURLToPath(new URL('../../../fixtures/aac/', import.meta.url));
/** Samples that an encoder puts before the sound; an edit list of MP4 says so, and the reference is without them. */
const PRIMING = 1_024;

interface Heard {
  readonly rateHz: number;
  readonly samples: readonly number[];
}

async function heard(blocks: AsyncIterable<SoundBlock>): Promise<Heard> {
  const samples: number[] = [];
  let rateHz = 0;
  for await (const block of blocks) {
    rateHz = block.rateHz;
    samples.push(...block.samples);
  }
  return { rateHz, samples };
}

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

function randomly(bytes: Buffer): Parameters<typeof decodeMp4>[0] {
  return {
    length: bytes.length,
    read: (at, count) => Promise.resolve(bytes.subarray(at, at + count)),
  };
}

function file(name: string): Buffer {
  return readFileSync(CLIPS + name);
}

function reference(name: string): readonly number[] {
  const bytes = file(`${name}.pcm`);
  return Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(index * 2) / 32_768);
}

function energy(samples: readonly number[]): number {
  return samples.reduce((sum, value) => sum + value * value, 0);
}

function assertSame(samples: readonly number[], expected: readonly number[]): void {
  assert.equal(samples.length, expected.length);
  const noise = energy(expected.map((value, index) => value - (samples[index] ?? 0)));
  const db = 10 * Math.log10(energy(expected) / noise);
  assert.ok(db >= 60, `${db.toFixed(1)} dB`);
}

describe('AAC-LC (ISO/IEC 14496-3 subpart 4)', () => {
  const clips: readonly (readonly [string, string, number])[] = [
    ['mono-8000', 'one channel at 8 kHz', 8_000],
    ['mono-16000', 'one channel at 16 kHz', 16_000],
    ['mono-48000', 'one channel at 48 kHz, windows of both shapes', 48_000],
    ['stereo-ms', 'two channels as middle and side', 44_100],
    ['stereo-intensity', 'two channels, high bands by intensity', 44_100],
    ['castanets', 'eight short windows, and the start and stop windows around them', 44_100],
    ['tns', 'temporal noise shaping in long windows', 44_100],
    ['tns-short', 'temporal noise shaping in short windows', 32_000],
  ];
  for (const [name, what, rateHz] of clips)
    it(`${what}: the samples of the reference decoder`, async () => {
      const sound = await heard(decodeAdts(cut(file(`${name}.aac`), 4_096)));
      assert.equal(sound.rateHz, rateHz);
      assertSame(sound.samples, reference(name));
    });

  it('noise of which only the energy is known has that energy', async () => {
    const { samples } = await heard(decodeAdts(cut(file('noise.aac'), 4_096)));
    const expected = reference('noise');
    assert.equal(samples.length, expected.length);
    const db = 10 * Math.log10(energy(samples) / energy(expected));
    assert.ok(Math.abs(db) < 0.5, `${db.toFixed(2)} dB`);
  });

  it('any cut of the octets gives the same', async () => {
    const clip = file('castanets.aac');
    const whole = await heard(decodeAdts(cut(clip, clip.length)));
    for (const size of [1, 7, 300]) assert.deepEqual(await heard(decodeAdts(cut(clip, size))), whole);
  });

  describe('MP4', () => {
    for (const name of ['mono-44100', 'moov-first'])
      it(`moov ${name === 'moov-first' ? 'before' : 'behind'} the sound`, async () => {
        const { rateHz, samples } = await heard(decodeMp4(randomly(file(`${name}.m4a`))));
        assert.equal(rateHz, 44_100);
        const expected = reference('mono-44100');
        assertSame(samples.slice(PRIMING, PRIMING + expected.length), expected);
      });

    it('what has no AAC in it is refused and says why', async () => {
      const clip = file('mono-44100.m4a');
      const other = Buffer.from(clip);
      other.write('alac', other.indexOf('mp4a'), 'latin1');
      for (const [bytes, why] of [
        [Buffer.alloc(0), /no moov/],
        [clip.subarray(0, 900), /no moov/],
        [other, /no AAC track/],
      ] as const)
        await assert.rejects(heard(decodeMp4(randomly(bytes))), { why: 'unreadable', message: why });
    });
  });

  describe('blocks written by hand', () => {
    /** One channel, long sine window, one band of 8 kHz with book 11 and a first pair of values. */
    function block(more: {
      readonly before?: (bits: BitWriter) => void;
      readonly pulse?: number;
      readonly after?: (bits: BitWriter) => void;
    }): Uint8Array {
      const bits = new BitWriter(512);
      more.before?.(bits);
      bits.write(0, 3 + 4);
      bits.write(160, 8);
      bits.write(0, 1 + 2 + 1);
      bits.write(1, 6);
      bits.write(0, 1);
      bits.write(11, 4);
      bits.write(1, 5);
      bits.write(0, 1);
      bits.write(more.pulse === undefined ? 0 : 1, 1);
      if (more.pulse !== undefined) {
        bits.write(0, 2 + 6);
        bits.write(3, 5);
        bits.write(more.pulse, 4);
      }
      bits.write(0, 2);
      // Book 11: 0000 is the pair of zeros.
      bits.write(0, 4 * 6);
      more.after?.(bits);
      bits.write(7, 3);
      return bits.take();
    }

    function decoded(bytes: Uint8Array): Float32Array {
      const samples = new Float32Array(BLOCK_SAMPLES);
      const bits = new BitReader();
      bits.open(bytes);
      const decoder = new BlockDecoder(8_000);
      assert.equal(decoder.decode(bits, samples), undefined);
      assert.equal(bits.position, bytes.length * 8);
      return samples;
    }

    it('a pulse is added to the coefficient that it names', () => {
      assert.ok(decoded(block({})).every((value) => value === 0));
      const samples = decoded(block({ pulse: 5 }));
      const gain = -(5 ** (4 / 3)) * 2 ** ((160 - 100) / 4);
      for (const n of [0, 100, 511, 1_023]) {
        const cosine = Math.cos(((2 * Math.PI) / 2_048) * (n + 512.5) * 3.5);
        const window = Math.sin((Math.PI * (n + 0.5)) / 2_048);
        const expected = (gain * cosine * window) / 1_024 / 32_768;
        assert.ok(Math.abs((samples[n] ?? 0) - expected) < 1e-6, String(n));
      }
    });

    it('data and fill elements are passed over, aligned, long and short', () => {
      const plain = decoded(block({ pulse: 9 }));
      const data = (bits: BitWriter): void => {
        bits.write(4, 3);
        bits.write(0, 4);
        bits.write(1, 1);
        bits.write(255, 8);
        bits.write(2, 8);
        for (let i = 0; i < 257; i += 1) bits.write(0xa5, 8);
      };
      const fill = (bits: BitWriter): void => {
        bits.write(6, 3);
        bits.write(15, 4);
        bits.write(3, 8);
        for (let i = 0; i < 17; i += 1) bits.write(0xff, 8);
        bits.write(6, 3);
        bits.write(1, 4);
        bits.write(0x7f, 8);
      };
      assert.deepEqual(decoded(block({ pulse: 9, before: data, after: fill })), plain);
    });

    it('channels that a program_config_element describes are refused, and so are more than two', async () => {
      const pce = Buffer.from([0xa0, 0, 0, 0]);
      for (const [options, payload, why] of [
        [{ channels: 0 }, block({}), /program_config_element/],
        [{ channels: 1 }, pce, /program_config_element/],
        [{ channels: 6 }, block({}), /more than two channels/],
      ] as const) {
        const frames = Buffer.concat([adtsFrame(payload, options), adtsFrame(payload, options)]);
        await assert.rejects(heard(decodeAdts(cut(frames, 64))), { why: 'no-decoder', message: why });
      }
    });

    it('a CRC is passed over, behind each block too when there are several', async () => {
      const one = Buffer.from(block({ pulse: 3 }));
      const crc = Buffer.from([0x12, 0x34]);
      const places = Buffer.alloc(2);
      const single = adtsFrame(one, { crc: true });
      const double = adtsFrame(Buffer.concat([places, one, crc, one, crc]), { crc: true, blocks: 2 });
      const plain = adtsFrame(one);
      const expected = await heard(decodeAdts(cut(Buffer.concat([plain, plain, plain]), 4_096)));
      assert.equal(expected.samples.length, 3 * BLOCK_SAMPLES);
      const sound = await heard(decodeAdts(cut(Buffer.concat([single, double]), 4_096)));
      assert.deepEqual(sound, expected);
    });
  });

  describe('hostile octets', () => {
    it('a damaged frame is silent and counted, and the sound goes on at the next one', () => {
      const clip = file('mono-8000.aac');
      const second = 7 + clip.indexOf(Buffer.from([0xff, 0xf1]), 7);
      const damaged = Buffer.from(clip).fill(0xff, second, second + 6);
      const framer = new AdtsFramer();
      const decoder = new FrameDecoder();
      const frames = (bytes: Buffer): number[] =>
        [...framer.push(bytes), ...framer.finish()].map((frame) => [...decoder.decode(frame)].length);
      assert.deepEqual(frames(damaged), [1, 1, 1]);
      assert.equal(decoder.faults, 1);
      assert.equal(framer.lostBytes, 0);
    });

    it('what stands before, between and behind frames is left out, a tag too', async () => {
      const clip = file('mono-8000.aac');
      const { samples } = await heard(decodeAdts(cut(clip, 4_096)));
      const tag = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x02\x00', 'latin1'), Buffer.alloc(256, 0xff)]);
      const junk = Buffer.from([0, 0xff, 0xf1, 0x6c, 0x40, 1, 0xff]);
      for (const bytes of [
        Buffer.concat([tag, clip]),
        Buffer.concat([junk, clip]),
        Buffer.concat([clip, junk]),
      ])
        for (const size of [1, 4_096]) {
          const sound = await heard(decodeAdts(cut(bytes, size)));
          assert.deepEqual(sound.samples, samples);
        }
      const twice = await heard(decodeAdts(cut(Buffer.concat([clip, junk, clip]), 100)));
      assert.equal(twice.samples.length, 2 * samples.length);
    });

    it('any octets give sound in −1…1 or a fault, and nothing else', async () => {
      const clips = ['castanets.aac', 'stereo-intensity.aac', 'mono-44100.m4a'].map(
        (name) => [name, file(name)] as const,
      );
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...clips),
          fc.array(fc.tuple(fc.nat(3_000), fc.nat(255)), { maxLength: 20 }),
          async ([name, clip], changes) => {
            const bytes = Buffer.from(clip);
            for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
            const blocks = name.endsWith('m4a') ? decodeMp4(randomly(bytes)) : decodeAdts(cut(bytes, 700));
            try {
              for await (const { samples } of blocks)
                assert.ok(samples.every((value) => value >= -1 && value <= 1));
            } catch (error) {
              assert.ok(error instanceof SoundFault, String(error));
            }
          },
        ),
        { numRuns: 150 },
      );
    });
  });
});
