import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { loadClip, splitPictures } from '../../../../bff/simulator/src/media/clip.ts';
import { ProgramStreamWriter } from '../../../../bff/simulator/src/media/program-stream.ts';
import { RtpWriter } from '../../../../bff/simulator/src/media/rtp-writer.ts';

describe("the simulator's clips", () => {
  it('are divided into pictures, one access unit delimiter each, with a key picture first', () => {
    for (const name of ['ipc', 'nvr-1', 'nvr-2', 'nvr-3', 'nvr-4']) {
      const clip = loadClip(name);
      assert.equal(clip.pictures[0]?.key, true, name);
      assert.equal(
        clip.pictures.filter((picture) => picture.key).length * clip.framesPerSecond,
        clip.pictures.length,
      );
      assert.equal(clip.audio.length / 8_000, clip.pictures.length / clip.framesPerSecond);
    }
  });

  it('lose no byte when they are divided', () => {
    const { pictures } = loadClip('ipc');
    const whole = Buffer.concat(pictures.map((picture) => picture.bytes));
    assert.deepEqual(
      splitPictures(whole).map((picture) => picture.bytes.length),
      pictures.map((picture) => picture.bytes.length),
    );
  });
});

describe("the simulator's program stream", () => {
  it('is read by FFmpeg as H.264 with every picture in it', function () {
    if (spawnSync('ffprobe', ['-version']).status !== 0) {
      this.skip();
    }
    const clip = loadClip('nvr-2');
    const writer = new ProgramStreamWriter();
    // FFmpeg does not know the stream type of G.711 that GB/T 28181 adds: pictures only.
    const parts = clip.pictures.flatMap((picture, index) =>
      writer.picture(picture.bytes, picture.key, Math.round((index * 90_000) / clip.framesPerSecond)),
    );
    const { stdout, stderr } = spawnSync(
      'ffprobe',
      [
        '-v',
        'error',
        '-f',
        'mpeg',
        '-count_frames',
        '-show_entries',
        'stream=codec_name,nb_read_frames',
        '-of',
        'csv=p=0',
        '-',
      ],
      { input: Buffer.concat(parts), encoding: 'utf8' },
    );
    assert.equal(stderr, '');
    assert.match(stdout, new RegExp(`h264,${String(clip.pictures.length)}\\b`));
  });

  it('names stamps beyond 32 bits and pictures beyond 64 KiB', () => {
    const parts = new ProgramStreamWriter().picture(Buffer.alloc(150_000, 7), false, 2 ** 33 - 1);
    const pes = parts.filter((part) => part.subarray(0, 4).equals(Buffer.from([0, 0, 1, 0xe0])));
    assert.equal(pes.length, 3);
    assert.equal(
      parts.slice(1).reduce((sum, part) => sum + part.length, 0),
      150_000 + 14 + 9 + 9,
    );
    const stamp = pes[0]?.subarray(9, 14);
    assert.deepEqual([...(stamp ?? [])], [0x2f, 0xff, 0xff, 0xff, 0xff]);
  });
});

describe("the simulator's RTP", () => {
  it('counts up across the wrap and marks the end of a picture (RFC 3550 §5.1)', () => {
    const packets = new RtpWriter(0x01020304, 65_535).packets([Buffer.alloc(3_000)], 2 ** 32 + 5);
    assert.deepEqual(
      packets.map((packet) => packet.readUInt16BE(2)),
      [65_535, 0, 1],
    );
    assert.deepEqual(
      packets.map((packet) => (packet[1] ?? 0) >>> 7),
      [0, 0, 1],
    );
    assert.ok(packets.every((packet) => packet.readUInt32BE(4) === 5));
    assert.ok(packets.every((packet) => packet.readUInt32BE(8) === 0x01020304));
  });
});
