import type { FlvTag } from '../flv/flv-tag.ts';
import { SharedBytes } from './shared-bytes.ts';

/** A tag with its bytes as they go out. */
export interface SharedTag {
  readonly tag: FlvTag;
  readonly bytes: SharedBytes;
}

/** What viewers are sent at one time: one tag, or all that came in 40 ms. */
export interface Portion {
  /** `undefined`: nothing of this is for the viewer. */
  readonly whole: SharedBytes | undefined;
  /** What a viewer takes who begins again: from the first key frame on. */
  readonly fromKey: SharedBytes | undefined;
}

const NOTHING: Portion = { whole: undefined, fromKey: undefined };

/** True for a picture that can be decoded without the ones before it. */
export function isKeyPicture(tag: FlvTag): boolean {
  return tag.keyFrame && !tag.config;
}

/** The tags as one piece of bytes; a single one is not copied. */
export function portionOf(tags: readonly SharedTag[]): Portion {
  const [first] = tags;
  if (!first) return NOTHING;
  if (tags.length === 1) {
    return { whole: first.bytes, fromKey: isKeyPicture(first.tag) ? first.bytes : undefined };
  }
  const whole = SharedBytes.merge(tags.map(({ tag }) => tag.bytes));
  let at = 0;
  for (const { tag } of tags) {
    if (isKeyPicture(tag)) return { whole, fromKey: whole.from(at) };
    at += tag.bytes.length;
  }
  return { whole, fromKey: undefined };
}
