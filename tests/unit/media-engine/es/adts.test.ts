import assert from 'node:assert/strict';
import fc from 'fast-check';
import { audioSpecificConfig, isAdts, parseAdtsHeader } from '../../../../bff/src/media-engine/es/adts.ts';
import { type AacFrame, AdtsReader } from '../../../../bff/src/media-engine/es/adts-reader.ts';
import { SAMPLING_RATES_HZ } from '../../../../bff/src/media-engine/es/sampling-rates.ts';
import { adtsFrame } from '../../../support/media/adts-writer.ts';
import { bodyBytes } from '../../../support/media/nal-samples.ts';

describe('an ADTS header (ISO/IEC 14496-3 §1.A.3.2)', () => {
  it('tells object type, sampling rate, channels and length', () => {
    for (const [rateIndex, rate] of SAMPLING_RATES_HZ.entries()) {
      const frame = adtsFrame(bodyBytes(100), { rateIndex, channels: 2 });
      assert.deepEqual(
        parseAdtsHeader(frame, 0),
        { headerBytes: 7, frameBytes: 107, objectType: 2, rateIndex, channels: 2, blocks: 1 },
        `${String(rate)} Hz`,
      );
    }
  });

  it('is two bytes longer with a CRC', () => {
    const frame = adtsFrame(bodyBytes(100), { crc: true });
    assert.deepEqual(
      [parseAdtsHeader(frame, 0)?.headerBytes, parseAdtsHeader(frame, 0)?.frameBytes],
      [9, 109],
    );
  });

  it('is none with another layer, a reserved rate, or a length shorter than itself', () => {
    const frame = adtsFrame(bodyBytes(100));
    for (const spoil of [
      (bytes: Buffer) => bytes.writeUInt8(0xf3, 1),
      (bytes: Buffer) => bytes.writeUInt8(0x7c, 2),
      (bytes: Buffer) => bytes.writeUInt8(0xfe, 0),
      (bytes: Buffer) => bytes.fill(0, 3, 6),
    ]) {
      const bytes = Buffer.from(frame);
      spoil(bytes);
      assert.equal(parseAdtsHeader(bytes, 0), undefined);
    }
  });

  const configs: readonly [string, Parameters<typeof audioSpecificConfig>[0], string][] = [
    ['AAC-LC, 8 kHz, mono', { objectType: 2, rateIndex: 11, channels: 1 }, '1588'],
    ['AAC-LC, 16 kHz, mono', { objectType: 2, rateIndex: 8, channels: 1 }, '1408'],
    ['AAC-LC, 44.1 kHz, stereo', { objectType: 2, rateIndex: 4, channels: 2 }, '1210'],
    ['AAC-LC, 48 kHz, 5.1', { objectType: 2, rateIndex: 3, channels: 6 }, '11b0'],
    ['AAC Main, 96 kHz, mono', { objectType: 1, rateIndex: 0, channels: 1 }, '0808'],
  ];
  for (const [title, facts, bytes] of configs) {
    it(`of ${title} gives the AudioSpecificConfig ${bytes} (§1.6.2.1)`, () => {
      assert.equal(Buffer.from(audioSpecificConfig(facts)).toString('hex'), bytes);
    });
  }
});

describe('bytes that are ADTS', () => {
  const one = adtsFrame(bodyBytes(100, 1));
  const two = adtsFrame(bodyBytes(57, 2));

  it('are frames from the first byte to the last, the last perhaps cut off', () => {
    assert.equal(isAdts(one), true);
    assert.equal(isAdts(Buffer.concat([one, two])), true);
    assert.equal(isAdts(Buffer.concat([one, two.subarray(0, 30)])), true);
  });

  it('are not a header alone, G.711, or a frame with something behind it', () => {
    assert.equal(isAdts(one.subarray(0, 50)), false);
    assert.equal(isAdts(Buffer.concat([one, Buffer.alloc(20, 0x55)])), false);
    assert.equal(isAdts(Buffer.alloc(320, 0xd5)), false);
    assert.equal(isAdts(Buffer.alloc(320, 0xff)), false);
    assert.equal(isAdts(Buffer.alloc(0)), false);
  });
});

describe('AAC frames in PES packets', () => {
  interface Read {
    readonly data: string;
    readonly pts: number | undefined;
  }
  function reader(): {
    readonly push: (bytes: Uint8Array, pts?: number) => void;
    readonly frames: Read[];
    readonly adts: AdtsReader;
  } {
    const adts = new AdtsReader();
    const frames: Read[] = [];
    const note = ({ data, ptsTicks90k }: AacFrame): void => {
      frames.push({ data: Buffer.from(data).toString('hex'), pts: ptsTicks90k });
    };
    return {
      push: (bytes, pts) => {
        adts.push(bytes, pts, note);
      },
      frames,
      adts,
    };
  }
  const bodies = Array.from({ length: 6 }, (_, index) => bodyBytes(40 + index, index + 1));
  const texts = bodies.map((body) => body.toString('hex'));
  const frames = bodies.map((body, index) => adtsFrame(body, { crc: index % 2 === 1 }));

  it('are several in a packet; the first one has its stamp (ISO/IEC 13818-1 §2.4.3.7)', () => {
    const { push, frames: read } = reader();
    push(Buffer.concat(frames.slice(0, 3)), 900);
    assert.deepEqual(read, [
      { data: texts[0], pts: 900 },
      { data: texts[1], pts: undefined },
      { data: texts[2], pts: undefined },
    ]);
  });

  it('go on in the next packet; its stamp is that of the first frame which begins in it', () => {
    const { push, frames: read } = reader();
    const bytes = Buffer.concat(frames.slice(0, 3));
    push(bytes.subarray(0, 70), 900);
    push(bytes.subarray(70), 1_800);
    assert.deepEqual(
      read.map(({ pts }) => pts),
      [900, undefined, 1_800],
    );
  });

  it('are the same in any cut', () => {
    const whole = Buffer.concat(frames);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 30 }), (cuts) => {
        const { push, frames: read } = reader();
        const edges = [0, ...cuts.sort((a, b) => a - b), whole.length];
        for (let i = 1; i < edges.length; i += 1) push(whole.subarray(edges[i - 1], edges[i]));
        assert.deepEqual(
          read.map(({ data }) => data),
          texts,
        );
      }),
    );
  });

  it('are found again behind bytes that are none', () => {
    const { push, frames: read, adts } = reader();
    push(Buffer.concat([bodyBytes(300, 9), ...frames.slice(0, 2)]));
    assert.deepEqual(
      read.map(({ data }) => data),
      texts.slice(0, 2),
    );
    assert.equal(adts.skippedBytes, 300);
  });

  it('that are cut off by a loss are dropped, and the next ones are found', () => {
    const { push, frames: read, adts } = reader();
    push(frames[0]?.subarray(0, 30) ?? Buffer.alloc(0));
    adts.lose();
    push(Buffer.concat(frames.slice(1, 3)));
    assert.deepEqual(
      read.map(({ data }) => data),
      texts.slice(1, 3),
    );
  });

  it('come out of no bytes at all without harm, and hold no more than one unfinished frame', () => {
    const storm = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }),
      fc.constant(Buffer.alloc(5_000, 0xff)),
      fc.constant(Buffer.concat(Array.from({ length: 500 }, () => Buffer.from([0xff, 0xf1, 0x60, 0x40])))),
    );
    fc.assert(
      fc.property(fc.array(storm, { maxLength: 12 }), (pieces) => {
        const { push, frames: read } = reader();
        for (const piece of pieces) push(piece);
        const before = read.length;
        push(Buffer.concat([Buffer.alloc(8_200), ...frames]));
        assert.deepEqual(
          read
            .slice(before)
            .map(({ data }) => data)
            .slice(-frames.length),
          texts,
        );
      }),
      { numRuns: 200 },
    );
  });
});
