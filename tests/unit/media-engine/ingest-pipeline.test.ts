import assert from 'node:assert/strict';
import fc from 'fast-check';
import { adtsFrame } from '../../support/media/adts-writer.ts';
import { bodyBytes, h264Nals, h265Nals, type PictureShape } from '../../support/media/nal-samples.ts';
import { openPipeline, type PipelineRun, runPipeline } from '../../support/media/pipeline-run.ts';
import {
  AAC,
  AUDIO_ID,
  G711A,
  H264,
  H265,
  pesPacket,
  pesPackets,
  VIDEO_ID,
} from '../../support/media/ps-writer.ts';
import { rtpPackets, unframedPackets } from '../../support/media/rtp-packets.ts';
import { type SyntheticCamera, syntheticCamera, usualShape } from '../../support/media/synthetic-camera.ts';
import { fixture } from '../../support/sip/fixtures.ts';

const WRAP = 2 ** 33;
const VIDEO_ONLY = [{ streamType: H264, id: VIDEO_ID }];
const SOUND = { streamType: G711A, id: AUDIO_ID };
const silentCamera: SyntheticCamera = { map: () => VIDEO_ONLY };
const pcm = (): Uint8Array => Buffer.alloc(320, 0xd5);

const hexOf = (nals: readonly Buffer[]): string[] => nals.map((nal) => nal.toString('hex'));
/** The slices of a picture, as viewers get them. */
function slicesOf(shape: PictureShape, codec: 'h264' | 'h265' = 'h264'): string[] {
  return hexOf(codec === 'h264' ? h264Nals({ ...shape, sets: [] }) : h265Nals({ ...shape, sets: [] }));
}
function playedBy(camera: SyntheticCamera): PipelineRun {
  return runPipeline(rtpPackets(syntheticCamera(camera)));
}
const times = (run: PipelineRun): [number, number][] =>
  run.pictures.map(({ atMs, shownMs }) => [atMs, shownMs]);

describe('a camera that sends H.264 in MPEG-PS over RTP', () => {
  it('is played picture by picture, byte for byte, 40 ms apart, with what it carries told first', () => {
    const run = playedBy(silentCamera);
    assert.deepEqual(run.tracks, [
      { video: 'h264', audio: undefined, audioFault: undefined, width: 1280, height: 720 },
    ]);
    assert.deepEqual(
      run.tags.slice(0, 3).map(({ kind }) => kind),
      ['script', 'video-config', 'key'],
    );
    run.pictures.forEach(({ kind, atMs, parts }, index) => {
      assert.deepEqual([kind, atMs], [index % 10 === 0 ? 'key' : 'picture', index * 40]);
      assert.deepEqual(parts, slicesOf(usualShape(index)));
    });
    assert.equal(run.pictures.length, 50);
  });

  it('is counted', () => {
    const packets = rtpPackets(syntheticCamera(silentCamera));
    const stranger = rtpPackets(syntheticCamera({ pictures: 1 }), { ssrc: 9 });
    const run = runPipeline([...packets, Buffer.from('no RTP'), ...stranger]);
    const { packets: accepted, bytes, frames, malformed, foreignSsrc, lost, damagedFrames } = run.stats;
    assert.equal(run.stats.keyFrames, 5, 'every tenth of them');
    assert.deepEqual(
      { accepted, bytes, frames, malformed, foreignSsrc, lost, damagedFrames },
      {
        accepted: packets.length,
        bytes: packets.reduce((sum, packet) => sum + packet.length, 0),
        frames: 50,
        malformed: 1,
        foreignSsrc: stranger.length,
        lost: 0,
        damagedFrames: 0,
      },
    );
    assert.equal(run.pipeline.accepted, packets.length);
  });

  const writings: readonly [string, SyntheticCamera][] = [
    [
      'PES packets of open length',
      { pes: (bytes, stamps) => pesPacket(bytes, { ...stamps, saysLength: 0 }) },
    ],
    ['many PES packets a picture', { pes: (bytes, stamps) => pesPackets(bytes, stamps, 700) }],
    ['no stream map at all', { map: () => undefined }],
    [
      'a stream map that alternates between H.264 and H.265, as Kedacom sends',
      { map: (key) => [{ streamType: key % 2 === 0 ? H264 : H265, id: VIDEO_ID }] },
    ],
    [
      'a stream map that calls its pictures something unknown',
      { map: () => [{ streamType: 0x33, id: VIDEO_ID }] },
    ],
  ];
  for (const [title, camera] of writings) {
    it(`is the same with ${title}`, () => {
      assert.deepEqual(playedBy({ ...silentCamera, ...camera }).pictures, playedBy(silentCamera).pictures);
    });
  }

  it('with pictures of several slices, delimiters and SEI has them whole', () => {
    const shape = (index: number): PictureShape => ({
      ...usualShape(index),
      slices: 3,
      delimiter: true,
      sei: true,
    });
    const run = playedBy({ ...silentCamera, shape });
    run.pictures.forEach(({ parts }, index) => {
      assert.deepEqual(parts, hexOf(h264Nals({ ...shape(index), sets: [], delimiter: false })));
    });
    assert.equal(run.pictures.length, 50);
  });

  it('with a key picture of 200 KB has it whole, in one PES that goes on or in several', () => {
    const shape = (index: number): PictureShape => ({
      ...usualShape(index),
      bytes: index % 10 === 0 ? 200_000 : 900,
    });
    const plain = playedBy({ ...silentCamera, shape, pictures: 12 });
    const open = playedBy({
      ...silentCamera,
      shape,
      pictures: 12,
      pes: (bytes, stamps) => pesPacket(bytes, stamps),
    });
    assert.deepEqual(plain.pictures[10]?.parts, slicesOf(shape(10)));
    assert.deepEqual(open.pictures, plain.pictures);
  });

  it('is the same however its bytes are cut over RTP packets', () => {
    const units = syntheticCamera({ pictures: 15, sound: pcm });
    const whole = runPipeline(rtpPackets(units)).tags;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.boolean(),
        fc.nat(0xffff),
        (payloadBytes, marks, firstSequence) => {
          const packets = rtpPackets(units, {
            payloadBytes: Math.max(13, payloadBytes),
            marks,
            firstSequence,
          });
          assert.deepEqual(runPipeline(packets).tags.length, whole.length);
          const byKind = (tags: PipelineRun['tags'], kind: string): unknown =>
            tags.filter((tag) => tag.kind === kind);
          for (const kind of ['key', 'picture', 'sound']) {
            assert.deepEqual(byKind(runPipeline(packets).tags, kind), byKind(whole, kind));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is the same with packets out of order and twice, within the window', () => {
    const [first, ...others] = rtpPackets(syntheticCamera({ ...silentCamera, pictures: 20 }));
    assert.ok(first);
    const expected = runPipeline([first, ...others]).pictures;
    const late = fc.array(fc.nat(9), { minLength: others.length, maxLength: others.length });
    fc.assert(
      fc.property(late, fc.nat(7), (delays, every) => {
        const order = others.map((packet, index) => ({ packet, at: index + (delays[index] ?? 0) }));
        order.sort((a, b) => a.at - b.at);
        const twice = order.flatMap(({ packet }, index) =>
          index % 8 === every ? [packet, packet] : [packet],
        );
        assert.deepEqual(runPipeline([first, ...twice]).pictures, expected);
      }),
      { numRuns: 30 },
    );
  });

  it('whose resolution or coding changes in mid-stream has the new configuration before the key picture', () => {
    const first = syntheticCamera({ ...silentCamera, pictures: 20 });
    const second = syntheticCamera({
      codec: 'h265',
      map: () => [{ streamType: H265, id: VIDEO_ID }],
      pictures: 20,
      startTicks: 900_000 + 20 * 3_600,
    });
    const run = runPipeline(rtpPackets([...first, ...second]));
    assert.deepEqual(
      run.tracks.map(({ video }) => video),
      ['h264', 'h265'],
    );
    assert.equal(run.pictures.length, 40);
    const at = run.tags.findLastIndex(({ kind }) => kind === 'video-config');
    assert.deepEqual(
      run.tags.slice(at - 1, at + 2).map(({ kind }) => kind),
      ['script', 'video-config', 'key'],
    );
    assert.deepEqual(
      times(run).map(([atMs]) => atMs),
      Array.from({ length: 40 }, (_, index) => index * 40),
    );
  });

  it('is played from its first key picture on, though an old stream was there before it and goes on (Q20)', () => {
    let atMs = 0;
    const run = openPipeline({ nowMs: () => atMs });
    const push = (packets: readonly Uint8Array[]): void => {
      for (const packet of packets) run.pipeline.pushRtp(packet);
    };
    const units = syntheticCamera({ ...silentCamera, pictures: 20 });
    const old = unframedPackets(fixture('gb28181/quirks/q20-leftover.rtp'));
    const isLastOfPicture = (packet: Uint8Array): boolean => ((packet[1] ?? 0) & 0x80) !== 0;
    const early = old.slice(0, 1 + old.slice(0, -50).findLastIndex(isLastOfPicture));
    for (const packet of early) {
      push([packet]);
      atMs += 40;
    }
    const before = run.pictures.length;
    assert.ok(before > 0, 'alone, the old one is taken for the camera');
    // It comes between two key pictures, by the next number, and what is left of the old one between its packets.
    const own = rtpPackets(units.slice(5), { firstSequence: early.length });
    const rest = old.slice(early.length);
    own.forEach((packet, index) => {
      push([packet, ...rest.slice(index, index + 1)]);
    });
    run.pipeline.flush();
    const { pictures } = playedBy({ ...silentCamera, pictures: 20 });
    assert.deepEqual(
      run.pictures.slice(before).map(({ kind, parts }) => [kind, parts]),
      pictures.slice(10).map(({ kind, parts }) => [kind, parts]),
    );
  });

  it('is played again under another SSRC once that is accepted', () => {
    const run = openPipeline();
    const units = syntheticCamera({ ...silentCamera, pictures: 20 });
    const push = (packets: readonly Uint8Array[]): void => {
      for (const packet of packets) run.pipeline.pushRtp(packet);
    };
    push(rtpPackets(units.slice(0, 10)));
    push(rtpPackets(units.slice(10), { ssrc: 77 }));
    run.pipeline.acceptSsrc(77);
    push(rtpPackets(units.slice(10), { ssrc: 77, firstSequence: 40_000 }));
    run.pipeline.flush();
    assert.equal(run.pictures.length, 20);
  });
});

describe('a camera that sends H.265', () => {
  it('is played picture by picture, byte for byte', () => {
    const run = playedBy({ codec: 'h265', map: () => [{ streamType: H265, id: VIDEO_ID }] });
    assert.deepEqual([run.tracks[0]?.video, run.tracks[0]?.width], ['h265', 1280]);
    run.pictures.forEach(({ parts }, index) => {
      assert.deepEqual(parts, slicesOf(usualShape(index), 'h265'));
    });
    assert.equal(run.pictures.length, 50);
  });
});

describe('the time of pictures', () => {
  /** I P B B P B B: when a picture is shown, in pictures after the first is decoded. */
  const reordered = (index: number): number => 1 + (index === 0 ? 0 : index + [2, -1, -1][(index - 1) % 3]!);

  it('is the same when the 33-bit clock wraps in mid-stream', () => {
    const plain = playedBy({ sound: pcm });
    for (const startTicks of [WRAP - 20 * 3_600, WRAP - 1, WRAP - 25 * 3_600 + 17]) {
      assert.deepEqual(times(playedBy({ sound: pcm, startTicks })), times(plain));
    }
  });

  it('has pictures shown in order with B-frames, with DTS and without', () => {
    for (const withoutDts of [false, true]) {
      const run = playedBy({ ...silentCamera, shownAt: reordered, withoutDts, pictures: 48 });
      const at = times(run);
      at.forEach(([decoded, shown], index) => {
        assert.ok(shown >= decoded);
        if (index > 0) assert.ok(decoded > (at[index - 1]?.[0] ?? 0));
      });
      const shown = at.slice(12).map(([, ms]) => ms);
      assert.deepEqual(
        shown.map((ms) => ms - (shown[0] ?? 0)),
        at.slice(12).map((_, index) => (reordered(index + 12) - reordered(12)) * 40),
      );
    }
  });

  it('is that of RTP when PES packets have no stamps', () => {
    assert.deepEqual(times(playedBy({ ...silentCamera, stamped: false })), times(playedBy(silentCamera)));
  });

  it('does not wait for the next picture once the marker of RTP has proved true', () => {
    const run = openPipeline();
    const waited: number[] = [];
    syntheticCamera({ ...silentCamera, pictures: 30 }).forEach((unit, index) => {
      for (const packet of rtpPackets([unit], { firstSequence: run.stats.packets }))
        run.pipeline.pushRtp(packet);
      waited.push(index + 1 - run.pictures.length);
    });
    assert.deepEqual([waited[3], waited[12], waited[29]], [1, 0, 0]);
  });
});

describe('packets that are lost', () => {
  const camera: SyntheticCamera = { pictures: 40, sound: pcm };
  const packets = rtpPackets(syntheticCamera(camera));
  const intact = new Map(
    Array.from({ length: 40 }, (_, index) => [slicesOf(usualShape(index)).join(), index] as const),
  );

  /** Each picture that is shown is one of the camera's, whole, and follows the one before it or is a key picture. */
  function checkWhole(run: PipelineRun): void {
    let last = -1;
    for (const { kind, parts } of run.pictures) {
      const index = intact.get(parts.join());
      assert.ok(index !== undefined, 'a damaged picture was forwarded');
      assert.ok(kind === 'key' || index === last + 1, `picture ${String(index)} after ${String(last)}`);
      last = index;
    }
  }

  it('one by one: no damaged picture is shown, and pictures go on with the next key picture at the latest', () => {
    for (let gone = 0; gone < packets.length; gone += 1) {
      const run = runPipeline(packets.filter((_, index) => index !== gone));
      checkWhole(run);
      assert.ok(
        run.pictures.length >= 40 - 12,
        `packet ${String(gone)}: ${String(run.pictures.length)} pictures`,
      );
    }
  });

  it('two in a row, the last ones of all too: the same', () => {
    for (let gone = 0; gone < packets.length - 1; gone += 1)
      checkWhole(runPipeline(packets.filter((_, index) => index !== gone && index !== gone + 1)));
  });

  it('many: the same', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(packets.length - 1), { maxLength: 60 }), (gone) => {
        checkWhole(runPipeline(packets.filter((_, index) => !gone.includes(index))));
      }),
      { numRuns: 60 },
    );
  });

  it('with markers on every PES packet of a picture: the same', () => {
    const units = syntheticCamera({ ...camera, pes: (bytes, stamps) => pesPackets(bytes, stamps, 1_388) });
    const marked = rtpPackets(units);
    for (const packet of marked) packet[1] = (packet[1] ?? 0) | 0x80;
    for (let gone = 0; gone < marked.length; gone += 7) {
      checkWhole(runPipeline(marked.filter((_, index) => index !== gone)));
    }
  });

  it('or a picture that is larger than any: nothing is shown before the next key picture', () => {
    const shape = (index: number): PictureShape => ({
      ...usualShape(index),
      bytes: index === 12 ? 4_300_000 : 900,
    });
    const run = playedBy({
      ...silentCamera,
      shape,
      pictures: 25,
      pes: (bytes, stamps) => pesPackets(bytes, stamps),
    });
    assert.deepEqual(
      run.pictures.map(({ atMs }) => atMs / 40),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20, 21, 22, 23, 24],
    );
    assert.equal(run.stats.damagedFrames, 1);
  });

  it('that freeze the picture for seconds leave sound and pictures together', () => {
    let now = 0;
    const run = openPipeline({ nowMs: () => now });
    const shape = (index: number): PictureShape => ({ ...usualShape(index), key: index % 150 === 0 });
    const units = syntheticCamera({ shape, sound: pcm, pictures: 200, map: () => [...VIDEO_ONLY, SOUND] });
    rtpPackets(units).forEach((packet, index) => {
      now = (packet.readUInt32BE(4) - 900_000) / 90;
      if (index !== 40) run.pipeline.pushRtp(packet);
    });
    run.pipeline.flush();
    const frozen = run.pictures.findIndex(({ kind }, index) => index > 0 && kind === 'key');
    assert.deepEqual(
      run.pictures.slice(frozen).map(({ atMs }) => atMs),
      Array.from({ length: 50 }, (_, index) => (150 + index) * 40),
    );
    const at = run.sounds.map(({ atMs }) => atMs);
    assert.ok(at.every((ms, index) => index === 0 || Math.abs(ms - (at[index - 1] ?? 0) - 128) <= 8));
    assert.ok(Math.abs((at.at(-1) ?? 0) - 200 * 40) < 450);
  });

  it('are counted, and the pictures that they damaged too', () => {
    const { stats } = runPipeline(packets.filter((_, index) => index !== 30));
    assert.deepEqual([stats.lost, stats.damagedFrames], [1, 1]);
  });
});

describe('the sound of a camera', () => {
  it('comes as AAC beside the pictures, with its configuration before the first frame', () => {
    const run = playedBy({ sound: pcm, pictures: 100 });
    assert.equal(run.tracks[0]?.audio, 'pcma');
    assert.deepEqual(
      run.tags.slice(0, 4).map(({ kind }) => kind),
      ['script', 'video-config', 'audio-config', 'key'],
    );
    assert.equal(run.tags[2]?.parts[0], '1588');
    const at = run.sounds.map(({ atMs }) => atMs);
    assert.ok(at.length >= 28);
    at.forEach((ms, index) => {
      assert.ok(Math.abs(ms - (at[0] ?? 0) - index * 128) <= 2);
    });
    assert.ok((at[0] ?? 1_000) <= 80);
  });

  it('that is promised and does not come within a second is silence: a player would wait for it (Q54)', () => {
    const run = runPipeline(unframedPackets(fixture('gb28181/quirks/q54-promised-sound.rtp')));
    assert.deepEqual([run.tracks.length, run.tracks[0]?.audio], [1, 'pcma']);
    assert.ok(run.sounds.length >= 24);
    assert.equal(run.pictures.length, 100);
  });

  it('that nobody promised and that does not come is none', () => {
    const run = playedBy({ map: () => undefined, pictures: 100 });
    assert.deepEqual([run.tracks.length, run.tracks[0]?.audio, run.sounds.length], [1, undefined, 0]);
  });

  it('of a kind that players do not take is left out; the pictures are shown, and the reason is told', () => {
    const run = playedBy({ sound: pcm, map: () => [...VIDEO_ONLY, { streamType: 0x99, id: AUDIO_ID }] });
    assert.deepEqual(run.tracks, [
      { video: 'h264', audio: undefined, audioFault: 'g729', width: 1280, height: 720 },
    ]);
    assert.deepEqual([run.pictures.length, run.sounds.length, run.stats.audioDropped], [50, 0, 50]);
  });

  it('that comes late to a stream that promised none is announced anew', () => {
    const first = syntheticCamera({ ...silentCamera, pictures: 50 });
    const second = syntheticCamera({
      pictures: 50,
      startTicks: 900_000 + 50 * 3_600,
      map: () => [...VIDEO_ONLY, SOUND],
      sound: pcm,
    });
    const run = runPipeline(rtpPackets([...first, ...second]));
    assert.deepEqual(
      run.tracks.map(({ audio }) => audio),
      [undefined, 'pcma'],
    );
    assert.equal(run.pictures.length, 100);
    assert.ok(run.sounds.length > 10 && run.sounds.every(({ atMs }) => atMs >= 2_000));
  });

  it('has no stamp, or one of 0: it stays within 0.1 s of the pictures', () => {
    for (const soundPts of [() => undefined, () => 0]) {
      let now = 0;
      const run = openPipeline({ nowMs: () => now });
      syntheticCamera({
        sound: pcm,
        soundPts,
        pictures: 250,
        map: () => [...VIDEO_ONLY, SOUND],
      }).forEach((unit) => {
        now = (unit.time90k - 900_000) / 90;
        for (const packet of rtpPackets([unit], { firstSequence: run.stats.packets }))
          run.pipeline.pushRtp(packet);
      });
      const last = run.sounds.at(-1)?.atMs ?? 0;
      // A frame comes out 256 ms after its first sample went in, and the piece that completes it may be 40 ms long.
      const behind = 249 * 40 - last;
      assert.ok(behind >= 156 && behind <= 424, String(behind));
    }
  });

  it('is AAC where the camera says G.711 and sends ADTS', () => {
    const frame = (index: number): Buffer => adtsFrame(bodyBytes(70, index + 1), { rateIndex: 4 });
    const sound = (index: number): Buffer => Buffer.concat([frame(2 * index), frame(2 * index + 1)]);
    for (const streamType of [G711A, AAC]) {
      const run = playedBy({ sound, map: () => [...VIDEO_ONLY, { streamType, id: AUDIO_ID }] });
      assert.deepEqual([run.tracks.length, run.tracks[0]?.audio], [1, 'aac']);
      assert.equal(run.sounds.at(-1)?.parts[0], bodyBytes(70, 100).toString('hex'));
    }
  });
});

describe('whatever comes by RTP', () => {
  const header = (sequence: number): Buffer =>
    Buffer.from([0x80, 96, sequence >> 8, sequence & 0xff, 0, 0, 0, 0, 0, 0, 0x12, 0x34]);

  it('nothing throws, and what comes after it is played', () => {
    const valid = Buffer.concat(syntheticCamera({ pictures: 3, sound: pcm }).map(({ bytes }) => bytes));
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 1_500 }),
      fc.constant(Buffer.alloc(1_400)),
      fc.constant(Buffer.concat(Array.from({ length: 350 }, () => Buffer.from([0, 0, 1, 0xe0])))),
      fc.tuple(fc.nat(valid.length), fc.nat(1_400)).map(([at, bytes]) => valid.subarray(at, at + bytes)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (payloads) => {
        const run = openPipeline();
        payloads.forEach((payload, index) => {
          run.pipeline.pushRtp(Buffer.concat([header(index), payload]));
        });
        const before = run.pictures.length;
        const after = rtpPackets(syntheticCamera({ pictures: 30, startTicks: 900_000_000 }), {
          firstSequence: payloads.length + 500,
        });
        for (const packet of after) run.pipeline.pushRtp(packet);
        run.pipeline.flush();
        assert.ok(run.pictures.length - before >= 19);
      }),
      { numRuns: 150 },
    );
  });
});
