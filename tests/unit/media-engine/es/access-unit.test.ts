import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  AccessUnitAssembler,
  MAX_ACCESS_UNIT_BYTES,
  MAX_NALS_PER_UNIT,
} from '../../../../bff/src/media-engine/es/access-unit.ts';
import type { VideoFrame } from '../../../../bff/src/media-engine/es/frame.ts';
import type { VideoConfig } from '../../../../bff/src/media-engine/es/parameter-sets.ts';
import {
  annexB,
  bodyBytes,
  H264_PPS,
  H264_PPS_1080P,
  H264_SPS,
  H264_SPS_1080P,
  h264Nals,
  h265Nals,
  lengthPrefixed,
} from '../../../support/media/nal-samples.ts';

interface Pes {
  readonly bytes: Buffer;
  readonly pts?: number;
  readonly dts?: number;
  readonly rtp?: number;
}

interface Told {
  /** Order in which things were told: `config`, `key`, `frame`, `broken`. */
  readonly order: string[];
  readonly frames: VideoFrame[];
  readonly configs: VideoConfig[];
  readonly units: AccessUnitAssembler;
}

function assembler(): Told {
  const order: string[] = [];
  const frames: VideoFrame[] = [];
  const configs: VideoConfig[] = [];
  const units = new AccessUnitAssembler({
    onVideoConfig: (config) => {
      order.push('config');
      configs.push(config);
    },
    onVideoFrame: (frame) => {
      order.push(frame.keyFrame ? 'key' : 'frame');
      frames.push({ ...frame, data: Uint8Array.from(frame.data) });
    },
    onBrokenUnit: () => order.push('broken'),
  });
  return { order, frames, configs, units };
}

function push(units: AccessUnitAssembler, pes: readonly Pes[], piece = 1400): void {
  for (const { bytes, pts, dts, rtp } of pes) {
    units.beginPes({ ptsTicks90k: pts, dtsTicks90k: dts, rtpTimestamp: rtp });
    for (let at = 0; at < bytes.length; at += piece)
      units.data(bytes, at, Math.min(bytes.length, at + piece));
    units.endPes();
  }
}

function assemble(pes: readonly Pes[], piece?: number): Told {
  const told = assembler();
  push(told.units, pes, piece);
  told.units.finishUnit();
  return told;
}

const key = (shape: Parameters<typeof h264Nals>[0] = {}): Buffer => annexB(h264Nals({ key: true, ...shape }));
const inter = (shape: Parameters<typeof h264Nals>[0] = {}): Buffer => annexB(h264Nals(shape));
const stamps = (frames: readonly VideoFrame[]): (number | undefined)[] =>
  frames.map(({ ptsTicks90k }) => ptsTicks90k);

describe('access units of H.264 (ITU-T H.264 §7.4.1.2.3)', () => {
  it('are one for each PES when cameras send them so, with configuration before the first', () => {
    const { order, frames, configs } = assemble([
      { bytes: key(), pts: 100 },
      { bytes: inter(), pts: 200 },
      { bytes: inter({ seed: 9 }), pts: 300 },
    ]);
    assert.deepEqual(order, ['config', 'key', 'frame', 'frame']);
    assert.deepEqual(stamps(frames), [100, 200, 300]);
    assert.equal(configs[0]?.parsed.width, 1280);
    assert.deepEqual(lengthPrefixed(frames[1]?.data ?? Buffer.alloc(0)), h264Nals());
  });

  it('of several slices are one frame', () => {
    const { frames } = assemble([
      { bytes: key({ slices: 4, bytes: 4_000 }), pts: 1 },
      { bytes: inter({ slices: 3, bytes: 900 }), pts: 2 },
    ]);
    assert.deepEqual(
      frames.map(({ data }) => lengthPrefixed(data).length),
      [4, 3],
    );
  });

  it('are one frame over many PES, of which only the first has a stamp', () => {
    const whole = key({ bytes: 200_000 });
    const pes: Pes[] = [];
    for (let at = 0; at < whole.length; at += 60_000) {
      const bytes = whole.subarray(at, at + 60_000);
      pes.push(at === 0 ? { bytes, pts: 77 } : { bytes });
    }
    const { frames } = assemble([...pes, { bytes: inter(), pts: 78 }]);
    assert.deepEqual(stamps(frames), [77, 78]);
    assert.deepEqual(
      lengthPrefixed(frames[0]?.data ?? Buffer.alloc(0)),
      h264Nals({ key: true, bytes: 200_000 }).slice(2),
    );
  });

  it('are several in one PES; its stamp is that of the first which begins in it', () => {
    const { frames } = assemble([
      { bytes: Buffer.concat([key(), inter(), inter({ seed: 5 })]), pts: 10 },
      { bytes: inter({ seed: 6 }), pts: 20 },
    ]);
    assert.deepEqual(stamps(frames), [10, undefined, undefined, 20]);
  });

  it('that begin in the middle of a PES take its stamp', () => {
    const first = key({ bytes: 3_000 });
    const { frames } = assemble([
      { bytes: first.subarray(0, 2_000), pts: 10 },
      { bytes: Buffer.concat([first.subarray(2_000), inter()]), pts: 20 },
    ]);
    assert.deepEqual(stamps(frames), [10, 20]);
  });

  it('keep the stamp of the parameter sets that a camera sends as a PES of their own', () => {
    const slice = annexB(h264Nals({ key: true, sets: [] }));
    const { frames, order } = assemble([
      { bytes: annexB([H264_SPS]), pts: 50, rtp: 7 },
      { bytes: annexB([H264_PPS]) },
      { bytes: slice, rtp: 8 },
      { bytes: inter(), pts: 60 },
    ]);
    assert.deepEqual(order, ['config', 'key', 'frame']);
    assert.deepEqual(stamps(frames), [50, 60]);
  });

  it('carry the RTP timestamp of the packet in which they began', () => {
    const { frames } = assemble([
      { bytes: key(), rtp: 1_000 },
      { bytes: inter(), rtp: 4_600 },
    ]);
    assert.deepEqual(
      frames.map(({ rtpTimestamp }) => rtpTimestamp),
      [1_000, 4_600],
    );
  });

  const forms: readonly [string, (nals: Buffer[]) => Buffer][] = [
    ['start codes of three bytes', (nals) => annexB(nals, () => false)],
    ['start codes of three and four bytes', (nals) => annexB(nals, (index) => index % 2 === 0)],
    ['more zeros than it needs before a PES', (nals) => Buffer.concat([Buffer.alloc(5), annexB(nals)])],
    ['zeros behind its NAL units', (nals) => Buffer.concat([annexB(nals), Buffer.alloc(7)])],
  ];
  for (const [title, write] of forms) {
    it(`are the same with ${title}`, () => {
      const shapes = [{ key: true }, {}, { seed: 2 }, { seed: 3, slices: 2, sei: true, delimiter: true }];
      const plain = assemble(shapes.map((shape, index) => ({ bytes: annexB(h264Nals(shape)), pts: index })));
      const other = assemble(shapes.map((shape, index) => ({ bytes: write(h264Nals(shape)), pts: index })));
      assert.deepEqual(other.frames, plain.frames);
    });
  }

  it('are the same however the bytes come, and whether or not PES begin where units do', () => {
    const shape = fc.record({
      key: fc.boolean(),
      bytes: fc.integer({ min: 1, max: 3_000 }),
      slices: fc.integer({ min: 1, max: 3 }),
      delimiter: fc.boolean(),
      sei: fc.boolean(),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.nat(5_000),
        (shapes, piece, cut) => {
          const units = [{ key: true }, ...shapes].map((one) => annexB(h264Nals(one)));
          const expected = assemble(units.map((bytes) => ({ bytes })));
          assert.equal(expected.frames.length, units.length);
          const whole = Buffer.concat(units);
          const at = Math.min(whole.length, Math.max(40, cut));
          const other = assemble([{ bytes: whole.subarray(0, at) }, { bytes: whole.subarray(at) }], piece);
          assert.deepEqual(
            other.frames.map(({ data }) => data),
            expected.frames.map(({ data }) => data),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of a stream whose resolution changes come with the new configuration before them', () => {
    const { order, configs } = assemble([
      { bytes: key() },
      { bytes: inter() },
      { bytes: annexB(h264Nals({ key: true, sets: [H264_SPS_1080P, H264_PPS_1080P] })) },
      { bytes: inter() },
    ]);
    assert.deepEqual(order, ['config', 'key', 'frame', 'config', 'key', 'frame']);
    assert.equal(configs[1]?.parsed.width, 1920);
  });

  it('are not begun before parameter sets tell the coding', () => {
    const { order } = assemble([
      { bytes: inter() },
      { bytes: inter() },
      { bytes: key() },
      { bytes: inter() },
    ]);
    assert.deepEqual(order, ['config', 'key', 'frame']);
  });
});

describe('access units of H.265 (ITU-T H.265 §7.4.2.4.4)', () => {
  it('are grouped by first_slice_segment_in_pic_flag', () => {
    const { order, frames, configs } = assemble([
      { bytes: annexB(h265Nals({ key: true, slices: 3, bytes: 900, delimiter: true })), pts: 1 },
      { bytes: annexB(h265Nals({ slices: 2, sei: true })), pts: 2 },
      { bytes: annexB(h265Nals({ seed: 4 })), pts: 3 },
    ]);
    assert.deepEqual(order, ['config', 'key', 'frame', 'frame']);
    assert.equal(configs[0]?.codec, 'h265');
    assert.deepEqual(
      frames.map(({ data }) => lengthPrefixed(data).length),
      [3, 3, 1],
    );
  });

  it('follow ones of H.264 when the camera is set to another coding, and the other way round', () => {
    const { order, frames } = assemble([
      { bytes: key(), pts: 1 },
      { bytes: inter(), pts: 2 },
      { bytes: annexB(h265Nals({ key: true })), pts: 3 },
      { bytes: annexB(h265Nals()), pts: 4 },
      { bytes: key(), pts: 5 },
    ]);
    assert.deepEqual(order, ['config', 'key', 'frame', 'config', 'key', 'frame', 'config', 'key']);
    assert.deepEqual(
      frames.map(({ codec }) => codec),
      ['h264', 'h264', 'h265', 'h265', 'h264'],
    );
    assert.deepEqual(stamps(frames), [1, 2, 3, 4, 5]);
  });
});

describe('an access unit of which bytes are missing', () => {
  it('is not handed out, nor is what follows until a unit begins', () => {
    const { units, order, frames } = assembler();
    push(units, [{ bytes: key(), pts: 1 }]);
    const broken = inter({ bytes: 5_000 });
    units.beginPes({ ptsTicks90k: 2, dtsTicks90k: undefined, rtpTimestamp: undefined });
    units.data(broken, 0, 2_000);
    units.discard();
    units.data(broken, 3_000, 5_000);
    units.endPes();
    push(units, [{ bytes: broken.subarray(100) }, { bytes: inter({ seed: 3 }), pts: 3 }]);
    units.finishUnit();
    assert.deepEqual(order, ['config', 'key', 'frame']);
    assert.deepEqual(stamps(frames), [1, 3]);
    assert.equal(units.damaged, 1);
  });

  it('is dropped and told when it grows past 4 MiB', () => {
    const { units, order } = assembler();
    push(units, [{ bytes: key() }]);
    const body = bodyBytes(64 * 1024);
    units.beginPes({ ptsTicks90k: undefined, dtsTicks90k: undefined, rtpTimestamp: undefined });
    units.data(inter(), 0, 100);
    for (let bytes = 0; bytes <= MAX_ACCESS_UNIT_BYTES; bytes += body.length)
      units.data(body, 0, body.length);
    units.endPes();
    push(units, [{ bytes: inter() }]);
    units.finishUnit();
    assert.deepEqual(order, ['config', 'key', 'broken', 'frame']);
    assert.equal(units.damaged, 1);
  });

  it('is dropped and told when it has more NAL units than any has', () => {
    const { units, order } = assembler();
    const slices = Array.from({ length: MAX_NALS_PER_UNIT }, () => Buffer.from('414680', 'hex'));
    push(units, [{ bytes: key() }, { bytes: annexB([...h264Nals(), ...slices]) }, { bytes: inter() }]);
    units.finishUnit();
    assert.deepEqual(order, ['config', 'key', 'broken', 'frame']);
  });
});

describe('the marker of RTP as the end of an access unit', () => {
  function marked(units: AccessUnitAssembler, bytes: Buffer): void {
    push(units, [{ bytes }]);
    units.mark();
  }

  it('is believed after eight frames: from then on a frame does not wait for the next one', () => {
    const { units, frames } = assembler();
    const waiting: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      marked(units, i === 0 ? key() : inter({ seed: i }));
      waiting.push(i + 1 - frames.length);
    }
    assert.deepEqual(waiting, [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
  });

  it('is not believed when it stands behind every PES of a frame', () => {
    const { units, frames, order } = assembler();
    const large = key({ bytes: 4_000 });
    const first = { bytes: large.subarray(0, 2_000) };
    for (let i = 0; i < 20; i += 1) {
      push(units, [first]);
      units.mark();
      marked(units, large.subarray(2_000));
    }
    units.finishUnit();
    assert.equal(frames.length, 20);
    assert.equal(order.includes('broken'), false);
    assert.equal(units.damaged, 0);
  });

  it('costs one frame when it was believed and then stands in the middle of one; it is told, and never again', () => {
    const { units, order } = assembler();
    for (let i = 0; i < 10; i += 1) marked(units, i === 0 ? key() : inter({ seed: i }));
    const large = inter({ bytes: 4_000 });
    for (let i = 0; i < 3; i += 1) {
      marked(units, large.subarray(0, 2_000));
      marked(units, large.subarray(2_000));
    }
    units.finishUnit();
    assert.equal(order.filter((what) => what === 'broken').length, 1);
    assert.equal(units.damaged, 1);
    assert.deepEqual(order.slice(-3), ['broken', 'frame', 'frame']);
  });

  it('behind parameter sets alone ends nothing', () => {
    const { units, order } = assembler();
    for (let i = 0; i < 10; i += 1) marked(units, i === 0 ? key() : inter({ seed: i }));
    marked(units, annexB([H264_SPS, H264_PPS]));
    marked(units, annexB(h264Nals({ key: true, sets: [] })));
    assert.equal(order.includes('broken'), false);
    assert.equal(order.at(-1), 'key');
  });
});

describe('whatever bytes come as video', () => {
  it('nothing throws, and what is handed out is length-prefixed', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .array(fc.constantFrom(0, 0, 0, 1, 0x65, 0x67, 0x41, 0x09, 0x26, 0x42), { maxLength: 200 })
        .map((values) => Uint8Array.from(values)),
      fc.constant(key()),
      fc.constant(annexB(h265Nals({ key: true }))),
    );
    const step = fc.record({
      bytes: piece,
      then: fc.constantFrom('end', 'mark', 'discard', 'finish', 'go on'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const { units, frames } = assembler();
        for (const { bytes, then } of steps) {
          units.beginPes({ ptsTicks90k: 1, dtsTicks90k: undefined, rtpTimestamp: 1 });
          units.data(bytes, 0, bytes.length);
          if (then === 'discard') units.discard();
          if (then !== 'go on') units.endPes();
          if (then === 'mark') units.mark();
          if (then === 'finish') units.finishUnit();
        }
        units.finishUnit();
        for (const { data } of frames) assert.ok(lengthPrefixed(data).length > 0);
      }),
      { numRuns: 500 },
    );
  });
});
