import { type FlvTag, makeFlvTag } from '../../../bff/src/media-engine/flv/flv-tag.ts';

/** Tags of a made-up stream; the payload tells which one it is. */
export function pictureTag(
  timestampMs: number,
  { key = false, bytes = 32 }: { readonly key?: boolean; readonly bytes?: number } = {},
): FlvTag {
  return makeFlvTag('video', timestampMs, { keyFrame: key, config: false }, [
    Uint8Array.of(key ? 0x17 : 0x27, 1, 0, 0, 0),
    new Uint8Array(bytes).fill(timestampMs & 0xff),
  ]);
}

/** One AAC frame. */
export function soundTag(timestampMs: number): FlvTag {
  return makeFlvTag('audio', timestampMs, { keyFrame: false, config: false }, [
    Uint8Array.of(0xaf, 1),
    new Uint8Array(16).fill(timestampMs & 0xff),
  ]);
}

/** A header: the script tag, or the sequence header of a track. */
export function headerTag(kind: FlvTag['kind'], version = 0): FlvTag {
  const head = { script: [2], video: [0x17, 0, 0, 0, 0], audio: [0xaf, 0] }[kind];
  return makeFlvTag(kind, 0, { keyFrame: kind === 'video', config: true }, [
    Uint8Array.from([...head, version]),
  ]);
}

/** What tags stand in FLV bytes, as `key@ms`, `picture@ms`, `sound@ms`, `script`, `video-header/1` …; throws on torn bytes. */
export function readTags(bytes: Uint8Array): string[] {
  const names: string[] = [];
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < view.length) {
    const size = view.readUIntBE(at + 1, 3);
    const whole = 11 + size + 4;
    if (at + whole > view.length || view.readUInt32BE(at + 11 + size) !== 11 + size)
      throw new Error(`a torn tag at ${String(at)}`);
    names.push(nameOf(view.subarray(at, at + whole)));
    at += whole;
  }
  return names;
}

function nameOf(tag: Buffer): string {
  const kind = tag[0] ?? 0;
  const first = tag[11] ?? 0;
  const second = tag[12] ?? 0;
  const ms = String(tag.readUIntBE(4, 3) + (tag[7] ?? 0) * 2 ** 24);
  if (kind === 18) return 'script';
  const version = String(tag[tag.length - 5] ?? 0);
  if (kind === 8) return second === 0 ? `audio-header/${version}` : `sound@${ms}`;
  if (second === 0) return `video-header/${version}`;
  return `${first >>> 4 === 1 ? 'key' : 'picture'}@${ms}`;
}
