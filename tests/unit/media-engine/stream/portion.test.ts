import assert from 'node:assert/strict';
import type { FlvTag } from '../../../../bff/src/media-engine/flv/flv-tag.ts';
import { isKeyPicture, portionOf, type SharedTag } from '../../../../bff/src/media-engine/stream/portion.ts';
import { SharedBytes } from '../../../../bff/src/media-engine/stream/shared-bytes.ts';
import { headerTag, pictureTag, readTags, soundTag } from '../../../support/media/flv-tags.ts';

const shared = (tag: FlvTag): SharedTag => ({ tag, bytes: SharedBytes.of(tag.bytes) });

describe('a portion of a stream', () => {
  it('of one tag is that tag, not a copy', () => {
    const key = shared(pictureTag(0, { key: true }));
    assert.deepEqual(portionOf([key]), { whole: key.bytes, fromKey: key.bytes });
    const picture = shared(pictureTag(40));
    assert.deepEqual(portionOf([picture]), { whole: picture.bytes, fromKey: undefined });
  });

  it('of no tag is nothing', () => {
    assert.deepEqual(portionOf([]), { whole: undefined, fromKey: undefined });
  });

  it('of many tags is one piece, and what stands from the first key frame on', () => {
    const tags = [
      pictureTag(0),
      headerTag('video'),
      soundTag(10),
      pictureTag(40, { key: true }),
      soundTag(50),
    ];
    const { whole, fromKey } = portionOf(tags.map(shared));
    assert.ok(whole && fromKey);
    assert.deepEqual(readTags(whole.plain), [
      'picture@0',
      'video-header/0',
      'sound@10',
      'key@40',
      'sound@50',
    ]);
    assert.deepEqual(readTags(fromKey.plain), ['key@40', 'sound@50']);
    assert.equal(fromKey.plain.buffer, whole.plain.buffer);
  });

  it('a sequence header is no picture, though FLV marks it as a key frame', () => {
    assert.equal(isKeyPicture(headerTag('video')), false);
    assert.equal(portionOf([headerTag('video'), pictureTag(0)].map(shared)).fromKey, undefined);
  });
});
