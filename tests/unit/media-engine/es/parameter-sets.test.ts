import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseH264PpsIds, parseH264Sps } from '../../../../bff/src/media-engine/es/h264.ts';
import { parseH265Sps } from '../../../../bff/src/media-engine/es/h265.ts';
import { ParameterSets } from '../../../../bff/src/media-engine/es/parameter-sets.ts';
import {
  H264_PPS,
  H264_SPS,
  H264_SPS_1080P,
  H265_PPS,
  H265_SPS,
  H265_VPS,
} from '../../../support/media/nal-samples.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** Written by x264: what it was told, the NAL unit, and what stands in it. */
const H264: readonly [string, Buffer, Partial<ReturnType<typeof parseH264Sps>>][] = [
  [
    'Baseline, 640×360',
    hex('6742c01ed900a02ff97011000003000100000300320f162e48'),
    { profileIdc: 66, levelIdc: 30, width: 640, height: 360, maxNumReorderFrames: 0, constraintFlags: 0xc0 },
  ],
  [
    'High, 1920×1080 (a cropped 1088), two B-frames',
    H264_SPS_1080P,
    { profileIdc: 100, levelIdc: 40, width: 1920, height: 1080, maxNumReorderFrames: 2 },
  ],
  ['High, 1280×720, no B-frames', H264_SPS, { width: 1280, height: 720, maxNumReorderFrames: 0 }],
  [
    'Main, 704×576, interlaced',
    hex('674d401eeca058126c0440000003004000000c87c50a6580'),
    { profileIdc: 77, width: 704, height: 576 },
  ],
  [
    'High 4:4:4, 322×242',
    hex('67f4000d919b282a10f1f1f808800000030080000019078a14cb'),
    { profileIdc: 244, chromaFormatIdc: 3, width: 322, height: 242 },
  ],
  [
    'High 10, 640×360, ten bits',
    hex('676e001ea6cd940a02ff97011000000300100000030320f162d960'),
    { profileIdc: 110, bitDepthLuma: 10, bitDepthChroma: 10, width: 640, height: 360 },
  ],
  [
    'High with an aspect ratio and HRD parameters',
    hex('6764001eacd940a02ff9701100000300010000030032604000f424001e84a4c30078b16cb0'),
    { width: 640, height: 360, maxNumReorderFrames: 2 },
  ],
];

describe('a sequence parameter set of H.264 (ITU-T H.264 §7.3.2.1.1)', () => {
  for (const [title, nal, facts] of H264) {
    it(`of ${title} is read`, () => {
      const parsed = parseH264Sps(nal);
      assert.ok(parsed);
      assert.deepEqual({ ...parsed, ...facts }, parsed);
    });
  }

  it('that is cut off anywhere before its size is none', () => {
    for (let length = 0; length < 10; length += 1) {
      assert.equal(parseH264Sps(H264_SPS.subarray(0, length)), undefined);
    }
  });

  it('is read without harm whatever its bits are, and sizes stay within what a picture can have', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom(66, 77, 100, 110, 244),
        (body, profile) => {
          const parsed = parseH264Sps(Buffer.from([0x67, profile, 0, 30, ...body]));
          if (!parsed) return;
          assert.ok(parsed.width > 0 && parsed.width <= 16_384);
          assert.ok(parsed.height > 0 && parsed.height <= 16_384);
          assert.ok(parsed.spsId <= 31);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('with scaling matrices and a frame number cycle is walked through', () => {
    const { nal } = bits()
      .u(8, 0x67)
      .u(8, 100)
      .u(8, 0)
      .u(8, 31)
      .ue(3) // seq_parameter_set_id
      .ue(1)
      .ue(0)
      .ue(0)
      .u(1, 0)
      .u(1, 1) // seq_scaling_matrix_present_flag
      .u(1, 1)
      .se(-8) // a list that ends at once
      .u(1, 1)
      .repeat(16, (writer) => writer.se(1))
      .u(6, 0)
      .ue(0)
      .ue(1) // pic_order_cnt_type 1
      .u(1, 0)
      .se(-3)
      .se(4)
      .ue(2)
      .se(1)
      .se(-1)
      .ue(1)
      .u(1, 0)
      .ue(19)
      .ue(14)
      .u(1, 1)
      .u(1, 1)
      .u(1, 0)
      .u(1, 0)
      .u(1, 1);
    const parsed = parseH264Sps(nal);
    assert.deepEqual([parsed?.spsId, parsed?.width, parsed?.height], [3, 320, 240]);
    assert.equal(parsed?.maxNumReorderFrames, undefined);
  });

  it('of a picture parameter set is named with it (§7.3.2.2)', () => {
    assert.deepEqual(parseH264PpsIds(H264_PPS), { ppsId: 0, spsId: 0 });
    assert.deepEqual(parseH264PpsIds(bits().u(8, 0x68).ue(5).ue(2).nal), { ppsId: 5, spsId: 2 });
  });
});

const H265: readonly [string, Buffer, Partial<ReturnType<typeof parseH265Sps>>][] = [
  [
    'Main, 1280×720',
    H265_SPS,
    {
      width: 1280,
      height: 720,
      chromaFormatIdc: 1,
      bitDepthLuma: 8,
      maxSubLayers: 1,
      maxNumReorderFrames: 0,
    },
  ],
  [
    'Main 10, 1920×1080, B-frames',
    hex('420101022000000300900000030000030078a003c08010e4d96565924caf016808000003000800000300c840'),
    { width: 1920, height: 1080, bitDepthLuma: 10, bitDepthChroma: 10, maxNumReorderFrames: 2 },
  ],
  [
    'Range extensions, 4:4:4, 328×248',
    hex('4201010408000003009e0800000300003c90014901f2cb2549265780b4040000030004000003006420'),
    { width: 328, height: 248, chromaFormatIdc: 3 },
  ],
];

describe('a sequence parameter set of H.265 (ITU-T H.265 §7.3.2.2)', () => {
  for (const [title, nal, facts] of H265) {
    it(`of ${title} is read`, () => {
      const parsed = parseH265Sps(nal);
      assert.ok(parsed);
      assert.deepEqual({ ...parsed, ...facts }, parsed);
      assert.equal(parsed.generalProfile.length, 11);
    });
  }

  it('with sub-layers that have profiles and levels of their own is walked through', () => {
    const writer = bits().u(16, 0x4201).u(4, 0).u(3, 2).u(1, 1);
    for (let i = 0; i < 11; i += 1) writer.u(8, i === 0 ? 1 : 0x80);
    writer.u(8, 93);
    writer.u(4, 0b1101).u(12, 0); // profile and level, level only; then reserved bits of six layers
    for (let i = 0; i < 12; i += 1) writer.u(8, 0xff);
    writer.u(8, 0xff);
    writer.ue(0).ue(1).ue(640).ue(368).u(1, 1).ue(0).ue(0).ue(0).ue(4).ue(0).ue(0);
    const parsed = parseH265Sps(writer.u(8, 0x80).u(8, 0x80).nal);
    assert.deepEqual([parsed?.width, parsed?.height, parsed?.maxSubLayers], [640, 360, 3]);
  });

  it('is read without harm whatever its bits are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (body) => {
        const parsed = parseH265Sps(Buffer.from([0x42, 1, ...body]));
        if (parsed) assert.ok(parsed.width > 0 && parsed.height > 0 && parsed.width <= 16_384);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('the parameter sets of a stream', () => {
  const note = (sets: ParameterSets, ...nals: readonly Uint8Array[]): void => {
    for (const nal of nals) sets.note(nal, 0, nal.length);
  };

  it('are told once they are complete, and then only when one of them differs', () => {
    const sets = new ParameterSets('h264');
    note(sets, H264_SPS);
    assert.equal(sets.takeChanged(), undefined);
    note(sets, H264_PPS);
    const config = sets.takeChanged();
    assert.deepEqual([config?.codec, config?.parsed.width], ['h264', 1280]);
    note(sets, H264_SPS, H264_PPS);
    assert.equal(sets.takeChanged(), undefined);
    note(sets, H264_SPS_1080P);
    assert.equal(sets.takeChanged()?.parsed.width, 1920);
  });

  it('of H.265 are complete with a VPS too', () => {
    const sets = new ParameterSets('h265');
    note(sets, H265_SPS, H265_PPS);
    assert.equal(sets.takeChanged(), undefined);
    note(sets, H265_VPS);
    assert.equal(sets.takeChanged()?.parsed.height, 720);
  });

  it('are copied: the bytes they came in may be written again', () => {
    const sets = new ParameterSets('h264');
    const sps = Buffer.from(H264_SPS);
    note(sets, sps, H264_PPS);
    sps.fill(0);
    const config = sets.takeChanged();
    assert.deepEqual(
      config?.sps.map((nal) => Buffer.from(nal)),
      [H264_SPS],
    );
  });

  it('that are broken, too long, or none at all change nothing', () => {
    const sets = new ParameterSets('h264');
    note(sets, hex('67ff'), Buffer.concat([H264_PPS, Buffer.alloc(1024, 1)]), hex('65888080'));
    assert.equal(sets.takeChanged(), undefined);
    note(sets, H264_SPS, H264_PPS);
    assert.ok(sets.takeChanged());
  });

  it('have ids, and no more than eight of a kind are kept', () => {
    const sets = new ParameterSets('h264');
    note(sets, H264_SPS);
    for (let id = 0; id < 20; id += 1) note(sets, bits().u(8, 0x68).ue(id).ue(0).u(8, 0xff).nal);
    const config = sets.takeChanged();
    assert.equal(config?.pps.length, 8);
  });
});

interface Bits {
  u(count: number, value: number): Bits;
  ue(value: number): Bits;
  se(value: number): Bits;
  repeat(times: number, write: (writer: Bits) => unknown): Bits;
  /** What was written, with emulation prevention. */
  readonly nal: Buffer;
}

function bits(): Bits {
  let text = '';
  const writer: Bits = {
    u(count, value) {
      text += value.toString(2).padStart(count, '0').slice(-count);
      return writer;
    },
    ue(value) {
      const code = (value + 1).toString(2);
      text += '0'.repeat(code.length - 1) + code;
      return writer;
    },
    se: (value) => writer.ue(value > 0 ? 2 * value - 1 : -2 * value),
    repeat(times, write) {
      for (let i = 0; i < times; i += 1) write(writer);
      return writer;
    },
    get nal() {
      const padded = `${text}1`.padEnd(Math.ceil((text.length + 1) / 8) * 8, '0');
      const bytes: number[] = [];
      for (let at = 0; at < padded.length; at += 8) {
        const value = parseInt(padded.slice(at, at + 8), 2);
        const two = bytes.slice(-2);
        if (two.length === 2 && two[0] === 0 && two[1] === 0 && value <= 3) bytes.push(3);
        bytes.push(value);
      }
      return Buffer.from(bytes);
    },
  };
  return writer;
}
