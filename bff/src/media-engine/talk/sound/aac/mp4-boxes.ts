const HEAD_BYTES = 8;
const LARGE_HEAD_BYTES = 16;
const MAX_BOXES = 1_024;

/** A box of ISO/IEC 14496-12: its four letters, and where its content lies. */
export interface Mp4Box {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Head of the box that begins at `at` in something that ends at `end`; undefined when there is none. `head` holds
 * the first 16 octets, or fewer at the end.
 */
export function boxAt(head: Buffer, at: number, end: number): Mp4Box | undefined {
  if (head.length < HEAD_BYTES) return undefined;
  const name = head.toString('latin1', 4, 8);
  const size = head.readUInt32BE(0);
  if (size === 0) return { name, start: at + HEAD_BYTES, end };
  if (size === 1) {
    if (head.length < LARGE_HEAD_BYTES) return undefined;
    const large = head.readUInt32BE(8) * 2 ** 32 + head.readUInt32BE(12);
    return large < LARGE_HEAD_BYTES || at + large > end
      ? undefined
      : { name, start: at + LARGE_HEAD_BYTES, end: at + large };
  }
  return size < HEAD_BYTES || at + size > end ? undefined : { name, start: at + HEAD_BYTES, end: at + size };
}

/** Boxes one after another; ends at the first that is none, and after 1024. */
export function boxesIn(bytes: Buffer): readonly (Mp4Box & { readonly content: Buffer })[] {
  const boxes: (Mp4Box & { readonly content: Buffer })[] = [];
  for (let at = 0; at < bytes.length && boxes.length < MAX_BOXES;) {
    const box = boxAt(bytes.subarray(at, at + LARGE_HEAD_BYTES), at, bytes.length);
    if (box === undefined) break;
    boxes.push({ ...box, content: bytes.subarray(box.start, box.end) });
    at = box.end;
  }
  return boxes;
}

/** Content of the first box along a path. */
export function contentOf(bytes: Buffer, ...path: readonly string[]): Buffer | undefined {
  let content: Buffer | undefined = bytes;
  for (const name of path) {
    if (content === undefined) return undefined;
    content = boxesIn(content).find((box) => box.name === name)?.content;
  }
  return content;
}
