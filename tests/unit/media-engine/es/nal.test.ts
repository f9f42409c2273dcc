import assert from 'node:assert/strict';
import fc from 'fast-check';
import { classifyNal, provesOtherCodec, sniffCodec } from '../../../../bff/src/media-engine/es/nal.ts';
import {
  H264_PPS,
  H264_SPS,
  h264Nals,
  H265_PPS,
  H265_SPS,
  H265_VPS,
  h265Nals,
} from '../../../support/media/nal-samples.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const CLASSES: readonly ['h264' | 'h265', string, Buffer, string, boolean][] = [
  ['h264', 'the first slice of an IDR picture', hex('658880'), 'key-slice', true],
  ['h264', 'a further slice of an IDR picture', hex('654280'), 'key-slice', false],
  ['h264', 'the first slice of another picture', hex('419a00'), 'slice', true],
  ['h264', 'a further slice of it', hex('414600'), 'slice', false],
  ['h264', 'data partition A', hex('229a00'), 'slice', true],
  ['h264', 'a sequence parameter set', H264_SPS, 'parameter-set', true],
  ['h264', 'a picture parameter set', H264_PPS, 'parameter-set', true],
  ['h264', 'an access unit delimiter', hex('09f0'), 'dropped', true],
  ['h264', 'SEI', hex('0605'), 'prefix', true],
  ['h264', 'a prefix NAL unit of a scalable stream', hex('6e0000'), 'prefix', true],
  ['h264', 'filler', hex('0cff'), 'dropped', false],
  ['h264', 'end of sequence', hex('0a'), 'dropped', false],
  ['h264', 'data partition B', hex('239a'), 'other', false],
  ['h264', 'an unspecified type', hex('1f00'), 'other', false],
  ['h265', 'the first slice of an IDR picture', hex('2601d0'), 'key-slice', true],
  ['h265', 'the first slice of a CRA picture', hex('2a01d0'), 'key-slice', true],
  ['h265', 'a further slice of an IDR picture', hex('260150'), 'key-slice', false],
  ['h265', 'the first slice of a trailing picture', hex('0201d0'), 'slice', true],
  ['h265', 'a further slice of it', hex('020150'), 'slice', false],
  ['h265', 'a video parameter set', H265_VPS, 'parameter-set', true],
  ['h265', 'a sequence parameter set', H265_SPS, 'parameter-set', true],
  ['h265', 'a picture parameter set', H265_PPS, 'parameter-set', true],
  ['h265', 'an access unit delimiter', hex('460150'), 'dropped', true],
  ['h265', 'prefix SEI', hex('4e0105'), 'prefix', true],
  ['h265', 'suffix SEI', hex('500105'), 'other', false],
  ['h265', 'filler', hex('4c01ff'), 'dropped', false],
];

describe('a NAL unit (ITU-T H.264 table 7-1 and §7.4.1.2.3, H.265 table 7-1 and §7.4.2.4.4)', () => {
  for (const [codec, title, nal, role, startsUnit] of CLASSES) {
    it(`of ${codec}: ${title} is ${role}${startsUnit ? ' and may begin an access unit' : ''}`, () => {
      const found = classifyNal(codec, nal, 0);
      assert.deepEqual([found.role, found.startsUnit], [role, startsUnit]);
    });
  }

  it('that is an intra slice of no IDR picture is told from a predicted one', () => {
    assert.deepEqual(
      ['418880', '41b000', '419a00', '41e000'].map((nal) => classifyNal('h264', hex(nal), 0).intra),
      [true, true, false, false],
    );
  });

  it('has a class whatever its bytes are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('h264' as const, 'h265' as const),
        fc.uint8Array({ maxLength: 4 }),
        (codec, bytes) => {
          assert.ok(classifyNal(codec, bytes, 0).role.length > 0);
        },
      ),
    );
  });
});

describe('the coding of a stream', () => {
  it('is proved by parameter sets and delimiters', () => {
    for (const nal of [H264_SPS, H264_PPS, hex('09f0')]) assert.equal(sniffCodec(nal, 0), 'h264');
    for (const nal of [H265_VPS, H265_SPS, H265_PPS, hex('460150')]) assert.equal(sniffCodec(nal, 0), 'h265');
  });

  it('is not proved by slices, SEI, or bytes that are no NAL unit', () => {
    const slices = [h264Nals()[0], h265Nals()[0], h264Nals({ key: true, sets: [] })[0]];
    for (const nal of [...slices, hex('0605'), hex('4e0105'), hex('e701'), hex('0700'), hex('')]) {
      assert.equal(sniffCodec(nal ?? hex(''), 0), undefined);
    }
  });

  it('has changed when a NAL unit comes that only the other coding has', () => {
    assert.equal(provesOtherCodec('h264', H265_VPS, 0), true);
    assert.equal(provesOtherCodec('h265', H264_SPS, 0), true);
    for (const nal of [H264_SPS, ...h264Nals({ key: true, sei: true, delimiter: true })]) {
      assert.equal(provesOtherCodec('h264', nal, 0), false);
    }
    for (const nal of [H265_VPS, ...h265Nals({ key: true, sei: true, delimiter: true })]) {
      assert.equal(provesOtherCodec('h265', nal, 0), false);
    }
  });
});
