import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePesHeader, pesHeaderBytes } from '../../../../bff/src/media-engine/ps/pes-packet.ts';
import {
  mappedAudio,
  parseProgramStreamMap,
} from '../../../../bff/src/media-engine/ps/program-stream-map.ts';
import { NOT_A_HEADER, psHeaderBytes } from '../../../../bff/src/media-engine/ps/ps-header.ts';
import { trackOf } from '../../../../bff/src/media-engine/ps/start-code.ts';
import { streamKindOf } from '../../../../bff/src/media-engine/ps/stream-type.ts';
import {
  AAC,
  AUDIO_ID,
  G711A,
  H264,
  H265,
  mpeg1PackHeader,
  mpeg1PesPacket,
  packHeader,
  pesPacket,
  programStreamMap,
  systemHeader,
  VIDEO_ID,
} from '../../../support/media/ps-writer.ts';

describe('a header of a program stream (ISO/IEC 13818-1 §2.5.3)', () => {
  const payload = Buffer.alloc(20, 0x77);
  const whole: readonly [string, Buffer, number][] = [
    ['a pack header (§2.5.3.3)', packHeader(90_000), 14],
    ['a pack header with seven stuffing bytes', packHeader(90_000, 7), 21],
    ['a pack header of MPEG-1 (ISO/IEC 11172-1 §2.4.3.2)', mpeg1PackHeader(), 12],
    ['a system header (§2.5.3.5)', systemHeader(), 18],
    ['a program stream map (§2.5.4)', programStreamMap([{ streamType: H264, id: VIDEO_ID }]), 20],
    ['the end of the program stream', Buffer.from([0, 0, 1, 0xb9]), 4],
    ['a PES header without stamps (§2.4.3.6)', pesPacket(payload), 9],
    ['a PES header with PTS', pesPacket(payload, { pts: 1 }), 14],
    ['a PES header with PTS and DTS', pesPacket(payload, { pts: 2, dts: 1 }), 19],
    ['a PES header with stuffing', pesPacket(payload, { pts: 1, stuffingBytes: 30 }), 44],
    ['a PES header of MPEG-1 without stamps', mpeg1PesPacket(payload), 11],
    ['a PES header of MPEG-1 with PTS', mpeg1PesPacket(payload, { pts: 1 }), 15],
    ['a PES header of MPEG-1 with both', mpeg1PesPacket(payload, { pts: 2, dts: 1 }), 20],
    ['a private stream, skipped by its length', Buffer.from([0, 0, 1, 0xbd, 0, 4, 1, 2, 3, 4]), 6],
    ['padding', Buffer.from([0, 0, 1, 0xbe, 0, 4, 1, 2, 3, 4]), 6],
  ];
  for (const [title, bytes, size] of whole) {
    it(`${title} takes ${String(size)} bytes, and asks for more while it is not all there`, () => {
      assert.equal(psHeaderBytes(bytes, 0, bytes.length), size);
      for (let available = 0; available < size; available += 1) {
        const wanted = psHeaderBytes(bytes, 0, available);
        assert.ok(wanted > available && wanted <= size, `${String(available)}: ${String(wanted)}`);
      }
    });
  }

  it('that is a pack start code only, as Hikvision sends, is one when a start code follows it', () => {
    const bytes = Buffer.from([0, 0, 1, 0xba, 0, 0, 1, 0xe0]);
    assert.equal(psHeaderBytes(bytes, 0, 8), 4);
    assert.equal(psHeaderBytes(bytes, 0, 5), 7);
  });

  const none: readonly [string, number[]][] = [
    ['no start code', [0, 0, 2, 0xba]],
    ['a start code of a slice', [0, 0, 1, 0x65]],
    ['a pack without a marker', [0, 0, 1, 0xba, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a pack with zeros behind it that begin nothing', [0, 0, 1, 0xba, 0, 0, 0, 0]],
    ['a map longer than a map may be', [0, 0, 1, 0xbc, 0xff, 0xff]],
  ];
  for (const [title, bytes] of none) {
    it(`is not ${title}`, () => {
      assert.equal(psHeaderBytes(Buffer.from(bytes), 0, bytes.length), NOT_A_HEADER);
    });
  }
});

describe('a PES header (ISO/IEC 13818-1 §2.4.3.6)', () => {
  const read = (bytes: Buffer): ReturnType<typeof parsePesHeader> =>
    parsePesHeader(bytes, 0, pesHeaderBytes(bytes, 0, bytes.length));

  it('tells stream_id, length of the payload and both stamps, all 33 bits of them', () => {
    const stamp = fc.bigInt(0n, 2n ** 33n - 1n).map(Number);
    fc.assert(
      fc.property(stamp, stamp, fc.boolean(), fc.nat(200), (pts, dts, mpeg1, bytes) => {
        const write = mpeg1 ? mpeg1PesPacket : pesPacket;
        const header = read(write(Buffer.alloc(bytes), { id: AUDIO_ID, pts, dts }));
        assert.deepEqual(
          [header?.psStreamId, header?.dataBytes, header?.ptsTicks90k, header?.dtsTicks90k],
          [AUDIO_ID, bytes, pts, dts],
        );
      }),
    );
  });

  it('with a length of zero leaves the end open', () => {
    assert.equal(read(pesPacket(Buffer.alloc(9), { saysLength: 0 }))?.dataBytes, undefined);
  });

  it('that is longer than its packet is none', () => {
    assert.equal(read(pesPacket(Buffer.alloc(0), { pts: 5, saysLength: 4 })), undefined);
  });

  it('that promises stamps it has no room for has none', () => {
    const bytes = pesPacket(Buffer.alloc(9));
    bytes[7] = 0xc0;
    assert.deepEqual([read(bytes)?.ptsTicks90k, read(bytes)?.dtsTicks90k], [undefined, undefined]);
    const one = pesPacket(Buffer.alloc(9), { pts: 8 });
    one[7] = 0xc0;
    assert.deepEqual([read(one)?.ptsTicks90k, read(one)?.dtsTicks90k], [8, undefined]);
  });
});

describe('a program stream map (ISO/IEC 13818-1 §2.5.4)', () => {
  const parse = (bytes: Buffer): ReturnType<typeof parseProgramStreamMap> =>
    parseProgramStreamMap(bytes, 0, bytes.length);
  const entries = [
    { streamType: H265, id: VIDEO_ID },
    { streamType: G711A, id: AUDIO_ID },
  ];

  it('names the elementary streams, past any descriptors', () => {
    for (const infoBytes of [0, 5]) {
      assert.deepEqual(
        parse(programStreamMap(entries, infoBytes))?.streams.map(({ psStreamId, stream }) => [
          psStreamId,
          stream?.name,
        ]),
        [
          [VIDEO_ID, 'h265'],
          [AUDIO_ID, 'pcma'],
        ],
      );
    }
  });

  it('names sixteen at most', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ streamType: AAC, id: 0xc0 + (index % 16) }));
    assert.equal(parse(programStreamMap(many))?.streams.length, 16);
  });

  it('whose lengths contradict each other is none, or has the entries that are there', () => {
    const bytes = programStreamMap(entries);
    assert.equal(parse(bytes.subarray(0, 9)), undefined);
    const beyond = Buffer.from(bytes);
    beyond.writeUInt16BE(900, 8);
    assert.equal(parse(beyond), undefined);
    const more = Buffer.from(bytes);
    more.writeUInt16BE(900, 10);
    assert.ok((parse(more)?.streams.length ?? 0) >= 2);
  });

  it('is read without harm whatever is in it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        assert.ok((parse(Buffer.from(bytes))?.streams.length ?? 0) <= 16);
      }),
    );
  });

  it('names the sound under the stream_id that is in use, or else the first', () => {
    const two = parse(
      programStreamMap([
        { streamType: H264, id: VIDEO_ID },
        { streamType: G711A, id: 0xc0 },
        { streamType: AAC, id: 0xc1 },
      ]),
    );
    assert.ok(two);
    assert.equal(mappedAudio(two, 0xc1)?.streamType, AAC);
    assert.equal(mappedAudio(two, undefined)?.streamType, G711A);
    assert.equal(mappedAudio(two, 0xc7)?.streamType, G711A);
  });

  it('names sound of a type that nobody knows by its stream_id', () => {
    const map = parse(programStreamMap([{ streamType: 0xd9, id: AUDIO_ID }]));
    assert.ok(map);
    assert.deepEqual(mappedAudio(map, undefined), {
      psStreamId: AUDIO_ID,
      streamType: 0xd9,
      stream: undefined,
    });
    assert.equal(mappedAudio({ streams: [] }, undefined), undefined);
  });
});

describe('numbers of the standards', () => {
  const types: readonly [number, string, string | undefined][] = [
    [0x1b, 'h264', 'h264'],
    [0x24, 'h265', 'h265'],
    [0x0f, 'aac', 'aac'],
    [0x90, 'pcma', 'pcma'],
    [0x91, 'pcmu', 'pcmu'],
    [0x80, 'svac', undefined],
    [0x92, 'g722.1', undefined],
    [0x93, 'g723.1', undefined],
    [0x99, 'g729', undefined],
    [0x11, 'aac-latm', undefined],
  ];
  for (const [type, name, codec] of types) {
    it(`stream_type 0x${type.toString(16)} is ${name}, ${codec ? 'carried' : 'known by name only'} (GB/T 28181-2016 C.2.3)`, () => {
      assert.deepEqual([streamKindOf(type)?.name, streamKindOf(type)?.codec], [name, codec]);
    });
  }

  it('a stream_type that is not in the table is not known', () => {
    assert.equal(streamKindOf(0xd9), undefined);
  });

  it('stream_id C0 to DF is sound, E0 to EF is video (ISO/IEC 13818-1 table 2-22)', () => {
    for (let id = 0; id < 256; id += 1) {
      const expected = id >= 0xc0 && id <= 0xdf ? 'audio' : id >= 0xe0 && id <= 0xef ? 'video' : undefined;
      assert.equal(trackOf(id), expected);
    }
  });
});
