import assert from 'node:assert/strict';
import type { FlvTag } from '../../../../bff/src/media-engine/flv/flv-tag.ts';
import { LiveStream, MERGE_ABOVE_VIEWERS } from '../../../../bff/src/media-engine/stream/live-stream.ts';
import type { PipelineTracks } from '../../../../bff/src/media-engine/pipeline.ts';
import { FakePipe } from '../../../support/media/fake-pipe.ts';
import { headerTag, pictureTag, soundTag } from '../../../support/media/flv-tags.ts';

const TRACKS: PipelineTracks = { video: 'h264', audio: undefined, width: 640, height: 360 };

function bench(mergeAbove?: number): {
  readonly stream: LiveStream;
  readonly shown: PipelineTracks[];
  readonly counts: { skips: number; cut: number };
  readonly join: (tag?: string) => FakePipe;
} {
  const shown: PipelineTracks[] = [];
  const counts = { skips: 0, cut: 0 };
  const stream = new LiveStream({ onFirstPicture: (tracks) => shown.push(tracks) }, counts, mergeAbove);
  return {
    stream,
    shown,
    counts,
    join: (tag = 'grant') => {
      const pipe = new FakePipe();
      stream.join(tag, pipe, 0);
      return pipe;
    },
  };
}

/** Announces the tracks and sends headers and a key frame. */
function begin(stream: LiveStream, { audio = false } = {}): void {
  stream.onTracks({ ...TRACKS, audio: audio ? 'pcma' : undefined });
  stream.onTag(headerTag('script'));
  stream.onTag(headerTag('video'));
  if (audio) stream.onTag(headerTag('audio'));
  stream.onTag(pictureTag(0, { key: true }));
}

describe('a live stream', () => {
  it('tells its first picture once, when it can be decoded', () => {
    const { stream, shown } = bench();
    stream.onTag(pictureTag(0, { key: true }));
    assert.equal(shown.length, 0);
    stream.onTracks(TRACKS);
    stream.onTag(headerTag('video'));
    stream.onTag(pictureTag(40));
    assert.equal(shown.length, 0);
    stream.onTag(pictureTag(80, { key: true }));
    stream.onTag(pictureTag(120, { key: true }));
    assert.deepEqual(shown, [TRACKS]);
    assert.equal(stream.tracks, TRACKS);
  });

  it('gives a second viewer a picture at once: headers and the current group', () => {
    const { stream, join } = bench();
    begin(stream);
    const first = join();
    stream.onTag(pictureTag(40));
    const second = join();
    assert.deepEqual(second.tags, ['script', 'video-header/0', 'key@0', 'picture@40']);
    assert.deepEqual(first.tags, second.tags);
    stream.onTag(pictureTag(80));
    assert.equal(second.tags.at(-1), 'picture@80');
    assert.equal(stream.viewers, 2);
  });

  it('sends its viewers away when the camera is set to another coding, and lets them in again', () => {
    const { stream, join } = bench();
    begin(stream);
    const pipe = join();
    stream.onTracks({ ...TRACKS, width: 1280, height: 720 });
    assert.equal(pipe.ended, false);
    stream.onTracks({ ...TRACKS, video: 'h265' });
    assert.deepEqual([pipe.ended, stream.viewers], [true, 0]);
    stream.onTag(headerTag('video', 1));
    stream.onTag(pictureTag(40, { key: true }));
    assert.deepEqual(join().tags, ['script', 'video-header/1', 'key@40']);
  });

  it('gives every viewer the same bytes in memory', () => {
    const { stream, join } = bench();
    begin(stream);
    const pipes = [join(), join()];
    const picture = pictureTag(40);
    stream.onTag(picture);
    for (const { pieces } of pipes) assert.equal(pieces.at(-1)?.plain, picture.bytes);
    assert.equal(pipes[0]?.pieces.at(-1), pipes[1]?.pieces.at(-1));
  });

  const flags: readonly [title: string, audio: boolean, flag: number][] = [
    ['video alone', false, 0x01],
    ['video and sound', true, 0x05],
  ];
  for (const [title, audio, flag] of flags) {
    it(`tells of ${title} in the file header when that is what it carries (FLV 10.1, E.2)`, () => {
      const { stream, join } = bench();
      begin(stream, { audio });
      const { header } = join();
      assert.equal(header.toString('latin1', 0, 3), 'FLV');
      assert.equal(header[4], flag);
    });
  }

  it('gives sound only to viewers whose header told of it', () => {
    const { stream, join } = bench();
    begin(stream);
    const silent = join();
    stream.onTag(headerTag('audio'));
    const hearing = join();
    stream.onTag(soundTag(10));
    stream.onTag(pictureTag(40));
    assert.deepEqual(silent.tags.slice(2), ['key@0', 'picture@40']);
    assert.deepEqual(hearing.tags.slice(2), ['audio-header/0', 'key@0', 'sound@10', 'picture@40']);
  });

  it('writes each tag at once while viewers are few', () => {
    const { stream, join } = bench();
    begin(stream);
    const pipe = join();
    const before = pipe.calls;
    stream.onTag(pictureTag(40));
    stream.onTag(soundTag(45));
    assert.equal(pipe.calls, before + 1);
    stream.onTag(pictureTag(80));
    assert.equal(pipe.calls, before + 2);
  });

  describe('with many viewers', () => {
    it('gathers what it sends into one write, for HTTP and for both audiences', () => {
      const { stream, join } = bench(1);
      begin(stream);
      const silent = join();
      stream.onTag(headerTag('audio'));
      const hearing = join();
      const calls = [silent.calls, hearing.calls];
      stream.onTag(pictureTag(40));
      stream.onTag(soundTag(45));
      stream.onTag(pictureTag(80));
      assert.deepEqual([silent.calls, hearing.calls], calls);
      stream.flush();
      assert.deepEqual(
        [silent.calls, hearing.calls],
        calls.map((count) => count + 1),
      );
      assert.deepEqual(silent.tags.slice(-2), ['picture@40', 'picture@80']);
      assert.deepEqual(hearing.tags.slice(-3), ['picture@40', 'sound@45', 'picture@80']);
      stream.flush();
      assert.equal(hearing.calls, (calls[1] ?? 0) + 1);
    });

    it(`does so above ${String(MERGE_ABOVE_VIEWERS)} of them`, () => {
      const { stream, join } = bench();
      begin(stream);
      const pipes = Array.from({ length: MERGE_ABOVE_VIEWERS }, () => join());
      const few = pipes[0]?.calls ?? 0;
      stream.onTag(pictureTag(40));
      assert.equal(pipes[0]?.calls, few + 1);
      join();
      stream.onTag(pictureTag(80));
      assert.equal(pipes[0].calls, few + 1);
    });

    it('sends a large gathering without waiting', () => {
      const { stream, join } = bench(0);
      begin(stream);
      const pipe = join();
      stream.onTag(pictureTag(40, { bytes: 200_000 }));
      assert.equal(pipe.tags.at(-1), 'key@0');
      stream.onTag(pictureTag(80, { bytes: 100_000 }));
      assert.deepEqual(pipe.tags.slice(-2), ['picture@40', 'picture@80']);
    });

    it('gives one who joins in between everything once', () => {
      const { stream, join } = bench(0);
      begin(stream);
      const first = join();
      stream.onTag(pictureTag(40));
      const second = join();
      stream.onTag(pictureTag(80));
      stream.flush();
      const whole = ['script', 'video-header/0', 'key@0', 'picture@40', 'picture@80'];
      assert.deepEqual(first.tags, whole);
      assert.deepEqual(second.tags, whole);
    });

    it('keeps the order when it comes back to few', () => {
      const { stream, join } = bench(1);
      begin(stream);
      const first = join();
      const leaving = new FakePipe();
      const viewer = stream.join('other', leaving, 0);
      stream.onTag(pictureTag(40));
      stream.leave(viewer);
      stream.onTag(pictureTag(80));
      stream.flush();
      stream.onTag(pictureTag(120));
      assert.deepEqual(first.tags.slice(-3), ['picture@40', 'picture@80', 'picture@120']);
    });
  });

  it('lets a stuck viewer lose frames and the others none', () => {
    const { stream, join, counts } = bench();
    begin(stream);
    const good = join();
    const stuck = join();
    stuck.takes = false;
    for (let index = 1; index <= 400; index += 1) {
      stream.onTag(pictureTag(index * 40, { key: index % 50 === 0, bytes: 20_000 }));
    }
    assert.equal(good.tags.length, 3 + 400);
    assert.ok(stuck.waitingBytes < 1.7 * 1024 * 1024);
    assert.equal(counts.skips, 1);
    stream.check(1_000);
    assert.equal(stream.queuedBytes, stuck.waitingBytes);
    stream.check(11_000);
    assert.equal(stream.queuedBytes, 0);
    assert.equal(stuck.destroyed, true);
    assert.equal(stream.viewers, 1);
    assert.deepEqual(counts, { skips: 1, cut: 1 });
  });

  for (const mergeAbove of [50, 0]) {
    it(`gives a viewer who was put forward the headers that changed meanwhile, and no others (${mergeAbove === 0 ? 'merged' : 'plain'})`, () => {
      const { stream, join } = bench(mergeAbove);
      begin(stream);
      const pipe = join();
      const tell = (...tags: readonly FlvTag[]): void => {
        for (const tag of tags) stream.onTag(tag);
        stream.flush();
      };
      const fallBehind = (timestampMs: number): void => {
        pipe.waitingBytes = 100_000_000;
        tell(pictureTag(timestampMs));
      };
      pipe.waitingBytes = 20_000;
      tell(headerTag('video', 1), pictureTag(40, { key: true }));
      fallBehind(80);
      pipe.waitingBytes = 0;
      tell(pictureTag(120, { key: true }));
      assert.deepEqual(pipe.tags.slice(3), ['video-header/1', 'key@40', 'key@120']);

      pipe.waitingBytes = 20_000;
      tell(pictureTag(160));
      fallBehind(200);
      tell(headerTag('video', 2), pictureTag(240));
      pipe.waitingBytes = 0;
      tell(pictureTag(280, { key: true }));
      assert.deepEqual(pipe.tags.slice(6), ['picture@160', 'script', 'video-header/2', 'key@280']);
    });
  }

  it('lets a viewer be three seconds behind, within its bounds', () => {
    const { stream } = bench();
    begin(stream);
    let nowMs = 0;
    const runFor = (ms: number, bytesPerSecond: number): number => {
      for (const end = nowMs + ms; nowMs < end; nowMs += 250) {
        stream.onTag(pictureTag(nowMs, { bytes: bytesPerSecond / 4 }));
        stream.check(nowMs);
      }
      return stream.maxWaitingBytes;
    };
    assert.equal(runFor(10_000, 10_000), 256 * 1024);
    const threeSeconds = runFor(20_000, 250_000);
    assert.ok(Math.abs(threeSeconds - 750_000) < 20_000, String(threeSeconds));
    assert.equal(runFor(20_000, 5_000_000), 1536 * 1024);
    stream.onTag(pictureTag(nowMs, { key: true, bytes: 1_000_000 }));
    stream.check(nowMs + 250);
    assert.ok(stream.maxWaitingBytes >= 2_000_000, 'two key frames fit, however large they are');
  });

  it('cuts the viewers of one grant and no others', () => {
    const { stream, join } = bench();
    begin(stream);
    const [mine, mineToo, other] = [join('a'), join('a'), join('b')];
    stream.cut('a');
    assert.deepEqual([mine.destroyed, mineToo.destroyed, other.destroyed], [true, true, false]);
  });

  it('ends its viewers with everything it had gathered', () => {
    const { stream, join } = bench(0);
    begin(stream);
    const pipe = join();
    stream.onTag(pictureTag(40));
    stream.end();
    assert.equal(pipe.tags.at(-1), 'picture@40');
    assert.equal(pipe.ended, true);
    assert.equal(stream.viewers, 0);
  });

  it('ends a viewer at once that comes when it is over', () => {
    const { stream, join } = bench();
    begin(stream);
    stream.end();
    assert.equal(join().ended, true);
    assert.equal(stream.viewers, 0);
  });

  it('keeps nothing for nobody', () => {
    const { stream, join } = bench(0);
    begin(stream);
    for (let index = 1; index < 50; index += 1) stream.onTag(pictureTag(index * 40, { key: true }));
    assert.deepEqual(join().tags, ['script', 'video-header/0', 'key@1960']);
  });
});
