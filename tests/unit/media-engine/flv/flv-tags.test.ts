import assert from 'node:assert/strict';
import { FRAME_HEADROOM_BYTES, FRAME_TAILROOM_BYTES } from '../../../../bff/src/media-engine/es/frame.ts';
import { ParameterSets, type VideoConfig } from '../../../../bff/src/media-engine/es/parameter-sets.ts';
import { encodeAmf0Event } from '../../../../bff/src/media-engine/flv/amf0.ts';
import { encodeDecoderConfig } from '../../../../bff/src/media-engine/flv/decoder-config.ts';
import {
  audioConfigTag,
  audioFrameTag,
  metaDataTag,
  videoConfigTag,
  videoFrameTag,
} from '../../../../bff/src/media-engine/flv/flv-muxer.ts';
import { flvFileHeader, type FlvTag, makeFlvTag } from '../../../../bff/src/media-engine/flv/flv-tag.ts';
import { H264_PPS, H264_SPS, H265_PPS, H265_SPS, H265_VPS } from '../../../support/media/nal-samples.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function configOf(codec: 'h264' | 'h265', ...nals: readonly Uint8Array[]): VideoConfig {
  const sets = new ParameterSets(codec);
  for (const nal of nals) sets.note(nal, 0, nal.length);
  const config = sets.takeChanged();
  assert.ok(config);
  return config;
}
const AVC = configOf('h264', H264_SPS, H264_PPS);
const HEVC = configOf('h265', H265_VPS, H265_SPS, H265_PPS);

interface Fields {
  readonly type: number;
  readonly timestampMs: number;
  readonly streamId: number;
  readonly data: string;
}

/** Reads a tag as FLV 10.1 E.4.1 says, and checks that its lengths agree. */
function read({ bytes }: FlvTag): Fields {
  const tag = Buffer.from(bytes);
  const size = tag.readUIntBE(1, 3);
  assert.equal(tag.length, 11 + size + 4);
  assert.equal(tag.readUInt32BE(11 + size), 11 + size);
  return {
    type: tag.readUInt8(0),
    timestampMs: tag.readUIntBE(4, 3) + tag.readUInt8(7) * 2 ** 24,
    streamId: tag.readUIntBE(8, 3),
    data: hex(tag.subarray(11, 11 + size)),
  };
}

describe('the header of an FLV file (FLV 10.1, E.2)', () => {
  it('says which tracks there are: a player that was promised sound never begins without', () => {
    const flags = (hasVideo: boolean, hasAudio: boolean): string =>
      hex(flvFileHeader({ hasVideo, hasAudio }));
    assert.equal(flags(true, true), '464c5601050000000900000000');
    assert.equal(flags(true, false), '464c5601010000000900000000');
    assert.equal(flags(false, true), '464c5601040000000900000000');
  });
});

describe('an FLV tag (FLV 10.1, E.4.1)', () => {
  it('has its lengths before and behind it, and 32 bits of time of which the highest come last', () => {
    const tag = makeFlvTag('audio', 0x89ab_cdef, { keyFrame: false, config: false }, [
      Uint8Array.of(1),
      Uint8Array.of(2, 3),
    ]);
    assert.deepEqual(read(tag), { type: 8, timestampMs: 0x89ab_cdef, streamId: 0, data: '010203' });
  });

  it('of sound has a fixed first byte, and its configuration or a frame', () => {
    assert.deepEqual(read(audioConfigTag(Uint8Array.of(0x15, 0x88), 7)), {
      type: 8,
      timestampMs: 7,
      streamId: 0,
      data: 'af001588',
    });
    assert.deepEqual(read(audioFrameTag(Uint8Array.of(9, 8), 0x0100_0000)), {
      type: 8,
      timestampMs: 0x0100_0000,
      streamId: 0,
      data: 'af010908',
    });
    assert.equal(audioConfigTag(Uint8Array.of(0), 0).config, true);
    assert.equal(audioFrameTag(Uint8Array.of(0), 0).config, false);
  });

  it('of video configuration carries the decoder configuration record', () => {
    assert.equal(read(videoConfigTag(AVC, 0)).data, `1700000000${hex(encodeDecoderConfig(AVC))}`);
    assert.equal(read(videoConfigTag(HEVC, 0)).data, `1c00000000${hex(encodeDecoderConfig(HEVC))}`);
    assert.equal(videoConfigTag(AVC, 0).config, true);
  });

  const times: readonly [number, string][] = [
    [0, '000000'],
    [40, '000028'],
    [0x7f_ffff, '7fffff'],
    [0x80_0000, '7fffff'],
    [-40, 'ffffd8'],
  ];
  for (const [compositionMs, text] of times) {
    it(`of a video frame shown ${String(compositionMs)} ms after decoding is written around the frame's own bytes`, () => {
      const room = new Uint8Array(FRAME_HEADROOM_BYTES + 3 + FRAME_TAILROOM_BYTES);
      const data = room.subarray(FRAME_HEADROOM_BYTES, FRAME_HEADROOM_BYTES + 3);
      data.set([0xa, 0xb, 0xc]);
      const tag = videoFrameTag('h264', { keyFrame: false, data }, { timestampMs: 5, compositionMs });
      assert.deepEqual(read(tag), { type: 9, timestampMs: 5, streamId: 0, data: `2701${text}0a0b0c` });
      assert.equal(tag.bytes.buffer, room.buffer);
      assert.deepEqual([tag.keyFrame, tag.config], [false, false]);
    });
  }

  it('of a key frame of H.265 has codec 12, which Chinese players take', () => {
    const room = new Uint8Array(FRAME_HEADROOM_BYTES + 1 + FRAME_TAILROOM_BYTES);
    const data = room.subarray(FRAME_HEADROOM_BYTES, FRAME_HEADROOM_BYTES + 1);
    const tag = videoFrameTag('h265', { keyFrame: true, data }, { timestampMs: 0, compositionMs: 0 });
    assert.equal(read(tag).data.slice(0, 4), '1c01');
  });
});

describe('onMetaData (FLV 10.1, E.5; AMF0 §2)', () => {
  const NOTHING = {
    width: undefined,
    height: undefined,
    videoCodec: undefined,
    audioSampleRateHz: undefined,
    audioChannels: undefined,
  };
  const text = (tag: FlvTag): string => Buffer.from(tag.bytes).toString('latin1');

  it('tells size and codecs of what there is', () => {
    const tag = metaDataTag(
      { width: 1280, height: 720, videoCodec: 'h264', audioSampleRateHz: 8_000, audioChannels: 1 },
      0,
    );
    assert.equal(read(tag).type, 18);
    for (const name of [
      'width',
      'height',
      'videocodecid',
      'audiocodecid',
      'audiosamplerate',
      'audiosamplesize',
      'stereo',
    ]) {
      assert.ok(text(tag).includes(name), name);
    }
  });

  it('names no sound where there is none', () => {
    const tag = metaDataTag({ ...NOTHING, width: 1280, height: 720, videoCodec: 'h265' }, 0);
    assert.equal(text(tag).includes('audio'), false);
    assert.equal(text(metaDataTag(NOTHING, 0)).includes('width'), false);
  });

  it('is a string and an array of numbers, booleans and strings', () => {
    const bytes = encodeAmf0Event(
      'e',
      new Map<string, number | boolean | string>([
        ['n', 1],
        ['b', true],
        ['s', 'x'],
      ]),
    );
    assert.equal(
      hex(bytes),
      '0200016508000000030001' + '6e003ff0000000000000' + '0001620101' + '00017302000178' + '000009',
    );
  });
});

describe('a decoder configuration record (ISO/IEC 14496-15)', () => {
  it('of H.264 has profile, level, 4-byte lengths, the parameter sets, and what High adds (§5.3.3.1.2)', () => {
    assert.equal(
      hex(encodeDecoderConfig(AVC)),
      `0164001fffe1${H264_SPS.length.toString(16).padStart(4, '0')}${hex(H264_SPS)}01${H264_PPS.length
        .toString(16)
        .padStart(4, '0')}${hex(H264_PPS)}fdf8f800`,
    );
  });

  it('of H.264 Baseline ends with its parameter sets', () => {
    const sps = Buffer.from('6742c01ed900a02ff97011000003000100000300320f162e48', 'hex');
    const pps = Buffer.from('68cb83cb20', 'hex');
    const record = hex(encodeDecoderConfig(configOf('h264', sps, pps)));
    assert.ok(record.startsWith('0142c01effe10019') && record.endsWith(hex(pps)));
  });

  it('of H.265 repeats profile, tier and level of its SPS and has the three arrays (§8.3.3.1)', () => {
    const record = Buffer.from(encodeDecoderConfig(HEVC));
    assert.equal(record.readUInt8(0), 1);
    assert.equal(hex(record.subarray(1, 13)), '01600000009000000000005d');
    assert.equal(hex(record.subarray(13, 23)), 'f000fcfdf8f800000f03'.slice(0, 20));
    assert.deepEqual(
      [H265_VPS, H265_SPS, H265_PPS].map((nal) => record.includes(nal)),
      [true, true, true],
    );
    assert.equal(record.length, 23 + 3 * 5 + H265_VPS.length + H265_SPS.length + H265_PPS.length);
  });
});
