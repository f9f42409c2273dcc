const BOUNDARY = /boundary=(?:"([^"\r\n]{1,70})"|([^;\s]{1,70}))/i;
/** A body that is multipart although its type does not say so. */
const FIRST_LINE = /^--([^\r\n]{1,70})\r\n/;
const MAX_PARTS = 16;
const SOI = Buffer.from([0xff, 0xd8, 0xff]);
const EOI = Buffer.from([0xff, 0xd9]);

/**
 * The picture in an upload: the body itself, or the first part of a multipart body that is one, whatever its field is
 * called (how devices upload is not defined, GB/T 28181-2022 §9.14). Undefined when there is no JPEG with its end.
 */
export function jpegOfUpload(body: Buffer, contentType: string): Buffer | undefined {
  if (isJpeg(body)) return body;
  const declared = /^multipart\//i.test(contentType) ? BOUNDARY.exec(contentType) : null;
  const boundary = declared?.[1] ?? declared?.[2] ?? FIRST_LINE.exec(body.toString('latin1', 0, 80))?.[1];
  return boundary === undefined ? undefined : partsOf(body, boundary).find(isJpeg);
}

/** Contents of the parts (RFC 2046 §5.1.1). */
function partsOf(body: Buffer, boundary: string): readonly Buffer[] {
  const parts: Buffer[] = [];
  const mark = `--${boundary}`;
  let at = body.indexOf(mark, 0, 'latin1');
  while (at !== -1 && parts.length < MAX_PARTS) {
    const head = body.indexOf('\r\n\r\n', at + mark.length, 'latin1');
    const next = head === -1 ? -1 : body.indexOf(`\r\n${mark}`, head + 4, 'latin1');
    if (next === -1) break;
    parts.push(body.subarray(head + 4, next));
    at = next + 2;
  }
  return parts;
}

/** SOI with a marker behind it, and EOI: some cameras pad what follows. */
function isJpeg(bytes: Buffer): boolean {
  return bytes.subarray(0, SOI.length).equals(SOI) && bytes.lastIndexOf(EOI) > SOI.length;
}
