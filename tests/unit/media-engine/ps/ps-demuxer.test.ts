import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PsDemuxer } from '../../../../bff/src/media-engine/ps/ps-demuxer.ts';
import { bodyBytes } from '../../../support/media/nal-samples.ts';
import {
  AUDIO_ID,
  G711A,
  H264,
  mpeg1PackHeader,
  mpeg1PesPacket,
  packHeader,
  pesPacket,
  pesPackets,
  programStreamMap,
  systemHeader,
  VIDEO_ID,
} from '../../../support/media/ps-writer.ts';
import { fixture } from '../../../support/sip/fixtures.ts';

interface Pes {
  readonly track: string;
  readonly pts: number | undefined;
  readonly dts: number | undefined;
  readonly data: Buffer;
  readonly ended: boolean;
}

interface Bench {
  readonly demuxer: PsDemuxer;
  /** What has come, put together. */
  readonly pes: readonly Pes[];
  readonly maps: number[];
  readonly damages: () => number;
}

function bench(): Bench {
  const open: (Omit<Pes, 'data' | 'ended'> & { readonly pieces: Buffer[]; ended: boolean })[] = [];
  const maps: number[] = [];
  let damages = 0;
  const current = (track: string): (typeof open)[number] => {
    const last = open.at(-1);
    assert.ok(last && !last.ended && last.track === track);
    return last;
  };
  const demuxer = new PsDemuxer({
    onPesStart: (track, pts, dts) => open.push({ track, pts, dts, pieces: [], ended: false }),
    onPesData: (track, bytes, start, end) => {
      current(track).pieces.push(Buffer.from(bytes.subarray(start, end)));
    },
    onPesEnd: (track) => {
      current(track).ended = true;
    },
    onMap: ({ streams }) => maps.push(streams.length),
    onDamage: () => {
      damages += 1;
    },
  });
  return {
    demuxer,
    get pes() {
      return open.map(({ track, pts, dts, pieces, ended }) => ({
        track,
        pts,
        dts,
        data: Buffer.concat(pieces),
        ended,
      }));
    },
    maps,
    damages: () => damages,
  };
}

function demux(bytes: Buffer, piece = bytes.length): Bench {
  const run = bench();
  for (let at = 0; at < bytes.length; at += Math.max(1, piece)) {
    run.demuxer.push(bytes, at, Math.min(bytes.length, at + Math.max(1, piece)));
  }
  return run;
}

const map = programStreamMap([
  { streamType: H264, id: VIDEO_ID },
  { streamType: G711A, id: AUDIO_ID },
]);
const END = Buffer.from([0, 0, 1, 0xb9]);
const join = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);
const [one, two, three] = [bodyBytes(3_000, 1), bodyBytes(700, 2), bodyBytes(320, 3)];
const dataOf = ({ pes }: Bench): Buffer[] => pes.map(({ data }) => data);

describe('a program stream (ISO/IEC 13818-1 §2.5)', () => {
  it('is divided into the payload of its PES packets, with their stamps and the map', () => {
    const { pes, maps, damages } = demux(
      join(
        packHeader(1),
        systemHeader(),
        map,
        pesPacket(one, { pts: 5, dts: 4 }),
        packHeader(2),
        pesPacket(three, { id: AUDIO_ID, pts: 6 }),
        pesPacket(two),
      ),
    );
    assert.deepEqual(pes, [
      { track: 'video', pts: 5, dts: 4, data: one, ended: true },
      { track: 'audio', pts: 6, dts: undefined, data: three, ended: true },
      { track: 'video', pts: undefined, dts: undefined, data: two, ended: true },
    ]);
    assert.deepEqual([maps, damages()], [[2], 0]);
  });

  it('counts for nothing before its first pack header', () => {
    const run = demux(join(one, pesPacket(two), packHeader(), pesPacket(three)));
    assert.deepEqual(dataOf(run), [three]);
    assert.equal(run.demuxer.resyncs, 0);
  });

  it('may be of MPEG-1 (ISO/IEC 11172-1)', () => {
    const { pes } = demux(join(mpeg1PackHeader(), mpeg1PesPacket(one, { pts: 9 }), mpeg1PesPacket(two), END));
    assert.deepEqual(
      pes.map(({ pts, data, ended }) => [pts, data.length, ended]),
      [
        [9, 3_000, true],
        [undefined, 700, true],
      ],
    );
  });

  it('may have packs that are a start code only, as Hikvision sends', () => {
    const bare = Buffer.from([0, 0, 1, 0xba]);
    const bytes = join(packHeader(), pesPacket(one), bare, pesPacket(two), bare, pesPacket(three));
    for (const piece of [1, 2, 3, 5, bytes.length])
      assert.deepEqual(dataOf(demux(bytes, piece)), [one, two, three]);
  });

  it('may have private streams, padding and stuffing between its packets', () => {
    const secret = Buffer.from([0, 0, 1, 0xbd, 0, 6, 0, 0, 1, 0xe0, 0, 0]);
    const empty = Buffer.from([0, 0, 1, 0xbe, 0, 0]);
    const bytes = join(
      packHeader(),
      secret,
      pesPacket(one),
      Buffer.alloc(33, 0xff),
      empty,
      pesPacket(two),
      Buffer.alloc(50),
      pesPacket(three),
    );
    for (const piece of [1, 7, bytes.length]) {
      const run = demux(bytes, piece);
      assert.deepEqual(dataOf(run), [one, two, three]);
      assert.equal(run.demuxer.resyncs, 0);
    }
  });

  it('has no more than 4096 bytes of stuffing in one place', () => {
    const run = demux(
      join(packHeader(), pesPacket(one), Buffer.alloc(5_000, 0xff), packHeader(), pesPacket(two)),
    );
    assert.deepEqual(dataOf(run), [one, two]);
    assert.deepEqual([run.demuxer.resyncs, run.damages()], [1, 1]);
  });

  it('leaves a second video stream out', () => {
    const run = demux(join(packHeader(), pesPacket(one), pesPacket(two, { id: 0xe1 }), pesPacket(three)));
    assert.deepEqual(dataOf(run), [one, three]);
  });

  it('leaves a second video stream of open length out', () => {
    const run = demux(
      join(packHeader(), pesPacket(one), pesPacket(two, { id: 0xe1, saysLength: 0 }), pesPacket(three)),
    );
    assert.deepEqual(dataOf(run), [one, three]);
  });

  it('is carried on under another stream_id when the first one comes no more', () => {
    const strangers = Array.from({ length: 70 }, () => pesPacket(two, { id: 0xe3 }));
    const run = demux(join(packHeader(), pesPacket(one), ...strangers));
    assert.equal(run.pes.length, 1 + 7);
    assert.equal(run.demuxer.audioId, undefined);
  });
});

describe('a PES packet of open length (PES_packet_length 0)', () => {
  const open = (data: Uint8Array, pts?: number): Buffer => pesPacket(data, { saysLength: 0, pts });

  it('ends at the next start code of the program stream, not at those of the video in it', () => {
    const video = join(Buffer.from([0, 0, 0, 1, 0x65]), one, Buffer.from([0, 0, 1, 0x41]), two);
    const bytes = join(packHeader(), open(video, 1), open(video, 2), packHeader(), open(three, 3), END);
    for (const piece of [1, 2, 3, 4, 5, 1_400, bytes.length]) {
      const run = demux(bytes, piece);
      assert.deepEqual(dataOf(run), [video, video, three], `in pieces of ${String(piece)}`);
      assert.deepEqual(
        run.pes.map(({ pts }) => pts),
        [1, 2, 3],
      );
    }
  });

  it('may end in zeros before a start code', () => {
    const video = join(one, Buffer.alloc(6));
    for (const piece of [1, 3, 1_000]) {
      const [data] = dataOf(demux(join(packHeader(), open(video), packHeader()), piece));
      assert.ok(data && Buffer.compare(data, video) === 0);
    }
  });
});

describe('a PES packet of the largest length (0xFFFF)', () => {
  const large = bodyBytes(150_000, 5);

  it('goes on behind its end when no start code stands there, as some cameras send frames over 64 KB', () => {
    const bytes = join(
      packHeader(),
      pesPacket(large, { pts: 1 }),
      packHeader(),
      pesPacket(two, { pts: 2 }),
      END,
    );
    for (const piece of [1_400, 65_541, bytes.length]) {
      const run = demux(bytes, piece);
      assert.deepEqual(dataOf(run), [large, two]);
      assert.equal(run.demuxer.resyncs, 0);
    }
  });

  it('ends there when one does', () => {
    const full = bodyBytes(0xffff - 3, 6);
    const run = demux(join(packHeader(), pesPacket(full), pesPacket(two), END));
    assert.deepEqual(dataOf(run), [full, two]);
    assert.equal(run.pes[0]?.ended, true);
  });

  it('is not at rest before that is known', () => {
    const run = demux(join(packHeader(), pesPacket(bodyBytes(0xffff - 3, 6))));
    assert.equal(run.demuxer.atRest, false);
    run.demuxer.push(packHeader());
    assert.equal(run.demuxer.atRest, true);
  });
});

describe('a program stream that is damaged', () => {
  it('whose frames lack the system header, the map or the pack header after the first loses none of them (Q55)', () => {
    // Pack header, system header, map, one PES of 4 bytes; then frames with ever less before them.
    const bytes = fixture('gb28181/quirks/q55-few-headers.ps');
    for (const piece of [bytes.length, 1, 7]) {
      const run = demux(bytes, piece);
      run.demuxer.push(packHeader());
      assert.deepEqual(
        run.pes.map(({ track, data, ended }) => [track, data.toString('hex'), ended]),
        [
          ['video', '00000167', true],
          ['video', '00000168', true],
          ['video', '00000165', true],
          ['video', '00000141', true],
          ['audio', 'd5d5', true],
          ['video', '00000142', true],
          ['video', '00000143', true],
        ],
      );
      assert.deepEqual([run.damages(), run.demuxer.resyncs], [0, 0]);
    }
  });

  it('drops what is open when bytes are lost, and begins again at a pack header (Q55)', () => {
    const run = bench();
    const { demuxer, damages } = run;
    const bytes = join(packHeader(), pesPacket(one, { pts: 1 }));
    demuxer.push(bytes.subarray(0, 1_000));
    demuxer.reset();
    demuxer.push(bytes.subarray(2_000));
    demuxer.push(join(pesPacket(two), packHeader(), pesPacket(three)));
    assert.deepEqual(
      run.pes.map(({ data, ended }) => [data.length, ended]),
      [
        [1_000 - 14 - 14, false],
        [320, true],
      ],
    );
    assert.equal(damages(), 1);
  });

  it('says once that it is damaged, not at each packet that is lost meanwhile', () => {
    const { demuxer, damages } = bench();
    demuxer.push(join(packHeader(), pesPacket(one)));
    for (let i = 0; i < 5; i += 1) demuxer.reset();
    assert.equal(damages(), 1);
  });

  it('is out of step where a start code must stand and none does', () => {
    const run = demux(
      join(packHeader(), pesPacket(one, { saysLength: 2_000 }), packHeader(), pesPacket(two)),
    );
    assert.deepEqual(
      run.pes.map(({ data }) => data.length),
      [1_997, 700],
    );
    assert.deepEqual([run.demuxer.resyncs, run.damages()], [1, 1]);
  });

  it('is searched on behind a pack start code that begins no pack', () => {
    const bytes = join(
      packHeader(),
      Buffer.from([0, 0, 1, 0xba, 0x80, 0, 0, 0, 0, 0, 0, 0]),
      packHeader(),
      pesPacket(two),
    );
    for (const piece of [1, 5, bytes.length]) {
      const run = demux(bytes, piece);
      assert.deepEqual(dataOf(run), [two]);
      assert.equal(run.demuxer.resyncs, 1);
    }
  });

  it('drops a PES whose header is longer than the packet', () => {
    const run = demux(
      join(packHeader(), pesPacket(one, { pts: 1, saysLength: 3 }), packHeader(), pesPacket(two)),
    );
    assert.deepEqual(dataOf(run), [two]);
    assert.equal(run.demuxer.resyncs, 1);
  });
});

describe('any cut of a program stream', () => {
  const part = fc.oneof(
    fc.nat(3_000).map((bytes) => pesPacket(bodyBytes(bytes, bytes), { pts: bytes })),
    fc.nat(3_000).map((bytes) => pesPacket(bodyBytes(bytes, bytes), { saysLength: 0 })),
    fc
      .nat(400)
      .map((bytes) =>
        pesPacket(bodyBytes(bytes, bytes), { id: AUDIO_ID, pts: 1, stuffingBytes: bytes % 40 }),
      ),
    fc.nat(7).map((stuffing) => packHeader(stuffing, stuffing)),
    fc.constant(join(packHeader(), systemHeader(), map)),
    fc.constant(Buffer.from([0, 0, 1, 0xba])),
    fc.constant(mpeg1PesPacket(two, { pts: 3, dts: 2 })),
    fc.constant(pesPackets(bodyBytes(70_000, 4), { pts: 8 }, 66_000)),
    fc.constant(Buffer.alloc(9)),
    fc.constant(Buffer.from([0, 0, 1, 0xbd, 0, 3, 1, 2, 3])),
    // What does not belong there.
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(Buffer.from([0, 0, 1])),
    fc.constant(Buffer.from([0, 0, 1, 0xbc, 0xff, 0xff, 9, 9])),
  );

  it('gives the same packets, maps, and resyncs', () => {
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.array(fc.nat(40_000), { maxLength: 40 }),
        (parts, cuts) => {
          const bytes = join(packHeader(), ...parts, packHeader(), pesPacket(three), END);
          const whole = demux(bytes);
          const cut = bench();
          const edges = [0, ...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length];
          for (let i = 1; i < edges.length; i += 1)
            cut.demuxer.push(Buffer.from(bytes.subarray(edges[i - 1], edges[i])));
          assert.deepEqual(cut.pes, whole.pes);
          assert.deepEqual(cut.maps, whole.maps);
          assert.deepEqual(
            [cut.demuxer.resyncs, cut.damages(), cut.demuxer.atRest],
            [whole.demuxer.resyncs, whole.damages(), whole.demuxer.atRest],
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  it('a byte at a time gives the same too', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const bytes = join(packHeader(), ...parts, END);
        assert.deepEqual(demux(bytes, 1).pes, demux(bytes).pes);
      }),
      { numRuns: 60 },
    );
  });
});

describe('whatever bytes come as a program stream', () => {
  const storms: readonly [string, Buffer][] = [
    ['zeros', Buffer.alloc(200_000)],
    ['ones', Buffer.alloc(200_000, 0xff)],
    [
      'start codes',
      Buffer.concat(Array.from({ length: 40_000 }, (_, i) => Buffer.from([0, 0, 1, 0xb0 + (i % 80)]))),
    ],
    ['pack start codes', Buffer.concat(Array.from({ length: 50_000 }, () => Buffer.from([0, 0, 1, 0xba])))],
    [
      'PES headers',
      Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.from([0, 0, 1, 0xe0, 0, 0, 0x80, 0x80]))),
    ],
  ];
  for (const [title, storm] of storms) {
    it(`${title}: the stream behind them is found`, () => {
      for (const lead of [Buffer.alloc(0), packHeader()]) {
        const { pes } = demux(join(lead, storm, END, packHeader(), pesPacket(three), END), 1_400);
        assert.deepEqual(pes.at(-1)?.data, three);
      }
    });
  }

  it('nothing throws, and starts, data and ends keep their order', () => {
    const valid = join(
      packHeader(),
      systemHeader(),
      map,
      pesPacket(one, { pts: 1 }),
      packHeader(),
      pesPacket(two),
    );
    const flips = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 20 });
    fc.assert(
      fc.property(flips, fc.integer({ min: 1, max: 500 }), (changes, piece) => {
        const bytes = Buffer.from(valid);
        for (const [at, value] of changes) bytes[at] = value;
        demux(join(bytes, bytes), piece);
      }),
      { numRuns: 500 },
    );
  });
});
