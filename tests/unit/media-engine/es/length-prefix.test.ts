import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FRAME_HEADROOM_BYTES, FRAME_TAILROOM_BYTES } from '../../../../bff/src/media-engine/es/frame.ts';
import { layOutNals, type NalSpan } from '../../../../bff/src/media-engine/es/length-prefix.ts';
import { classifyNal } from '../../../../bff/src/media-engine/es/nal.ts';
import { ParameterSets } from '../../../../bff/src/media-engine/es/parameter-sets.ts';
import {
  annexB,
  bodyBytes,
  H264_PPS,
  H264_SPS,
  h264Nals,
  lengthPrefixed,
} from '../../../support/media/nal-samples.ts';

interface Laid {
  readonly keyFrame: boolean;
  readonly nals: Buffer[];
  /** Bytes free before and after the data in its own buffer. */
  readonly headroom: number;
  readonly tailroom: number;
  readonly inPlace: boolean;
}

function layOut(unit: Buffer): Laid | undefined {
  const slab = new Uint8Array(FRAME_HEADROOM_BYTES + unit.length + FRAME_TAILROOM_BYTES);
  slab.set(unit, FRAME_HEADROOM_BYTES);
  const spans: NalSpan[] = [];
  const code = Buffer.from([0, 0, 1]);
  for (let at = unit.indexOf(code); at >= 0; at = unit.indexOf(code, at + 3)) {
    spans.push({ codeAt: at, nalAt: at + 3, nal: classifyNal('h264', unit, at + 3) });
  }
  const laid = layOutNals(slab, FRAME_HEADROOM_BYTES, unit.length, spans, new ParameterSets('h264'));
  if (!laid) return undefined;
  const { data, keyFrame } = laid;
  return {
    keyFrame,
    nals: lengthPrefixed(data),
    headroom: data.byteOffset,
    tailroom: data.buffer.byteLength - data.byteOffset - data.byteLength,
    inPlace: data.buffer === slab.buffer,
  };
}

describe('an access unit with lengths for start codes (ISO/IEC 14496-15 §5.3.2)', () => {
  it('has every NAL unit but delimiters, filler and parameter sets', () => {
    const [slice = Buffer.alloc(0)] = h264Nals();
    const sei = Buffer.from('0605028000000380', 'hex');
    const unit = annexB([
      Buffer.from('09f0', 'hex'),
      H264_SPS,
      H264_PPS,
      sei,
      slice,
      Buffer.from('0cffff', 'hex'),
    ]);
    assert.deepEqual(layOut(unit)?.nals, [sei, slice]);
  });

  it('is a key frame with an IDR slice, or with an intra slice right behind parameter sets', () => {
    const intra = Buffer.from('418880ff', 'hex');
    assert.equal(layOut(annexB(h264Nals({ key: true })))?.keyFrame, true);
    assert.equal(layOut(annexB([H264_SPS, H264_PPS, intra]))?.keyFrame, true);
    assert.equal(layOut(annexB([intra]))?.keyFrame, false);
    assert.equal(layOut(annexB(h264Nals()))?.keyFrame, false);
  });

  it('is laid out where it stands when its start codes have four bytes', () => {
    const laid = layOut(annexB(h264Nals({ key: true, slices: 4, bytes: 4_000 })));
    assert.equal(laid?.inPlace, true);
  });

  it('is laid out in a copy when so many short start codes make it too large for the room before it', () => {
    const slices = h264Nals({ slices: 60, bytes: 6_000 });
    const laid = layOut(annexB(slices, () => false));
    assert.ok(laid);
    assert.deepEqual(laid.nals, slices);
    assert.deepEqual([laid.inPlace, laid.headroom >= 24, laid.tailroom >= 8], [false, true, true]);
  });

  it('loses the zeros behind a NAL unit, which belong to the byte stream (annex B)', () => {
    const slice = Buffer.from('419a7f', 'hex');
    assert.deepEqual(layOut(Buffer.concat([annexB([slice]), Buffer.alloc(9)]))?.nals, [slice]);
  });

  it('of which nothing can be shown is none', () => {
    assert.equal(layOut(annexB([H264_SPS, H264_PPS])), undefined);
    assert.equal(layOut(Buffer.from([0, 0, 1, 0, 0])), undefined);
    assert.equal(layOut(Buffer.alloc(0)), undefined);
  });

  it('keeps its NAL units byte for byte in any mix of start codes and left-out units, with room around them', () => {
    const nal = fc.record({
      bytes: fc.integer({ min: 1, max: 300 }),
      long: fc.boolean(),
      kept: fc.boolean(),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(nal, { minLength: 1, maxLength: 60 }), (shapes) => {
        const nals = shapes.map(({ bytes, kept, seed }) =>
          Buffer.concat([Buffer.from([kept ? 0x41 : 0x0c, 0x9a]), bodyBytes(bytes, seed)]),
        );
        const laid = layOut(annexB(nals, (index) => shapes[index]?.long ?? true));
        const kept = nals.filter((_, index) => shapes[index]?.kept);
        assert.deepEqual(laid?.nals ?? [], kept);
        if (!laid) return;
        assert.ok(laid.headroom >= 24 && laid.tailroom >= FRAME_TAILROOM_BYTES);
      }),
      { numRuns: 1_000 },
    );
  });
});
