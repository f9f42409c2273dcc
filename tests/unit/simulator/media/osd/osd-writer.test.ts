import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { loadClip } from '../../../../../bff/simulator/src/media/clip.ts';
import { lit } from '../../../../../bff/simulator/src/media/osd/font.ts';
import { osdText } from '../../../../../bff/simulator/src/media/osd/osd-text.ts';
import { OSD_COLUMNS, OsdWriter } from '../../../../../bff/simulator/src/media/osd/osd-writer.ts';

const WIDTH = 640;
const HEIGHT = 368;
const BAND_TOP = HEIGHT - 32;
const FRAME_BYTES = (WIDTH * HEIGHT * 3) / 2;
const CLIPS = ['ipc', 'nvr-1', 'nvr-2', 'nvr-3', 'nvr-4'];

/** Luma and chroma of every picture, as FFmpeg decodes them; it must not complain. */
function decode(stream: Buffer): Buffer {
  const { stdout, stderr, status } = spawnSync(
    'ffmpeg',
    [
      ...['-v', 'warning', '-err_detect', 'explode', '-f', 'h264', '-i', '-'],
      ...['-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-'],
    ],
    { input: stream, maxBuffer: 512 * 1024 * 1024 },
  );
  assert.equal(stderr.toString(), '');
  assert.equal(status, 0);
  return stdout;
}

describe('the display in the pictures of a simulated camera', function () {
  this.timeout(30_000);

  before(function () {
    if (spawnSync('ffmpeg', ['-version']).status !== 0) this.skip();
  });

  for (const name of CLIPS) {
    it(`leaves the picture of ${name} above it untouched, to the bit, whatever it shows`, () => {
      const { pictures } = loadClip(name);
      const writer = new OsdWriter();
      const busy = pictures.map((picture, index) =>
        writer.picture(picture, index % 2 === 0 ? '8'.repeat(OSD_COLUMNS) : ' Z'.repeat(OSD_COLUMNS / 2)),
      );
      const plain = decode(Buffer.concat(pictures.map((picture) => picture.bytes)));
      const shown = decode(Buffer.concat(busy));
      assert.equal(plain.length, pictures.length * FRAME_BYTES);
      assert.equal(shown.length, plain.length);
      for (let at = 0; at < plain.length; at += FRAME_BYTES) {
        const above = WIDTH * BAND_TOP;
        assert.ok(shown.subarray(at, at + above).equals(plain.subarray(at, at + above)), `picture at ${at}`);
      }
    });
  }

  it('shows exactly the text of each picture: changed, kept, shortened and grown', () => {
    const lines = ['', '2026-01-15 10:20:30 P+000.0', '2026-01-15 10:20:31 P+003.6', '9', '  :.-', '9 9'];
    const pictures = loadClip('ipc').pictures.slice(0, 60);
    const writer = new OsdWriter();
    const texts = pictures.map((_, index) => lines[Math.floor(index / 3) % lines.length] ?? '');
    const decoded = decode(
      Buffer.concat(pictures.map((picture, index) => writer.picture(picture, texts[index] ?? ''))),
    );
    for (const [index, text] of texts.entries()) {
      const band = decoded.subarray(
        index * FRAME_BYTES + WIDTH * BAND_TOP,
        index * FRAME_BYTES + WIDTH * HEIGHT,
      );
      for (const [at, luma] of band.entries()) {
        const x = at % WIDTH;
        const expected = lit(text[Math.floor(x / 16)] ?? ' ', x % 16, Math.floor(at / WIDTH)) ? 235 : 16;
        if (luma !== expected) assert.fail(`picture ${index} "${text}" at ${x}: ${luma}`);
      }
    }
  });

  it('costs next to nothing while the text stays', () => {
    const writer = new OsdWriter();
    const sizes = loadClip('ipc')
      .pictures.slice(0, 25)
      .map((picture) => writer.picture(picture, '2026-01-15 10:20:30').length - picture.bytes.length);
    assert.ok((sizes[0] ?? 0) < 20_000);
    assert.ok(sizes.slice(1).every((extra) => extra < 8));
  });
});

describe('the text of the display', () => {
  it('is the local time, and where a dome looks', () => {
    const at = new Date(2026, 0, 5, 7, 8, 9);
    assert.equal(osdText(at, undefined), '2026-01-05 07:08:09');
    assert.equal(osdText(at, { pan: -90, tilt: 0, zoom: 1 }), '2026-01-05 07:08:09 P-090.0 T+00.0 Z01.0');
    assert.equal(
      osdText(at, { pan: -0.01, tilt: -90, zoom: 20 }),
      '2026-01-05 07:08:09 P+000.0 T-90.0 Z20.0',
    );
    assert.ok(osdText(at, { pan: 180, tilt: -90, zoom: 20 }).length <= OSD_COLUMNS);
  });
});
