import assert from 'node:assert/strict';
import type { FlvTag } from '../../../../bff/src/media-engine/flv/flv-tag.ts';
import { GopCache } from '../../../../bff/src/media-engine/stream/gop-cache.ts';
import { SharedBytes } from '../../../../bff/src/media-engine/stream/shared-bytes.ts';
import { headerTag, pictureTag, readTags, soundTag } from '../../../support/media/flv-tags.ts';

function bench(): {
  readonly cache: GopCache;
  readonly push: (...tags: readonly FlvTag[]) => void;
  readonly frames: () => string[];
  readonly config: () => string[];
} {
  const cache = new GopCache();
  return {
    cache,
    push: (...tags) => {
      for (const tag of tags) cache.push({ tag, bytes: SharedBytes.of(tag.bytes) });
    },
    frames: () => cache.frames.flatMap(({ bytes }) => readTags(bytes.plain)),
    config: () => cache.config.flatMap(({ bytes }) => readTags(bytes.plain)),
  };
}

describe('the cache of the group of pictures', () => {
  it('keeps everything since the last key frame, sound too', () => {
    const { push, frames } = bench();
    push(pictureTag(0, { key: true }), soundTag(5), pictureTag(40));
    assert.deepEqual(frames(), ['key@0', 'sound@5', 'picture@40']);
    push(pictureTag(80, { key: true }), soundTag(85));
    assert.deepEqual(frames(), ['key@80', 'sound@85']);
  });

  it('keeps nothing before the first key frame', () => {
    const { push, frames } = bench();
    push(pictureTag(0), soundTag(5));
    assert.deepEqual(frames(), []);
  });

  it('keeps the last header of each kind: script, video, audio, in this order', () => {
    const { push, config, cache } = bench();
    assert.equal(cache.hasAudio, false);
    push(headerTag('audio'), headerTag('video'), headerTag('script'));
    assert.deepEqual(config(), ['script', 'video-header/0', 'audio-header/0']);
    assert.equal(cache.hasAudio, true);
    const before = cache.configVersion;
    push(headerTag('video', 1));
    assert.deepEqual(config(), ['script', 'video-header/1', 'audio-header/0']);
    assert.notEqual(cache.configVersion, before);
  });

  const floods: readonly [title: string, tag: (index: number) => FlvTag, fits: number][] = [
    ['8 MB', (index) => pictureTag(index, { bytes: 1024 * 1024 - 64 }), 8],
    ['10 s', (index) => pictureTag((index + 1) * 1_000), 10],
    ['300 pictures', (index) => pictureTag(index), 299],
    ['2,000 tags', () => soundTag(0), 1_999],
  ];
  for (const [what, tag, fits] of floods) {
    it(`gives up a group of more than ${what}, and begins again at the next key frame`, () => {
      const { push, frames, cache } = bench();
      push(pictureTag(0, { key: true }));
      for (let index = 0; index < fits; index += 1) push(tag(index));
      assert.equal(frames().length, fits + 1);
      push(tag(fits));
      assert.deepEqual(frames(), []);
      assert.equal(cache.bytes, 0);
      push(tag(fits + 1));
      assert.deepEqual(frames(), []);
      push(pictureTag(99_000, { key: true }), pictureTag(99_040));
      assert.deepEqual(frames(), ['key@99000', 'picture@99040']);
    });
  }

  it('counts the bytes that it keeps, and those of its key frame', () => {
    const { push, cache } = bench();
    const key = pictureTag(0, { key: true, bytes: 5_000 });
    const picture = pictureTag(40, { bytes: 300 });
    push(headerTag('video'), key, picture);
    assert.equal(cache.bytes, key.bytes.length + picture.bytes.length);
    assert.equal(cache.keyFrameBytes, key.bytes.length);
  });
});
