import { get } from 'node:http';

const FILE_HEADER_BYTES = 13;
const TAG_HEADER_BYTES = 11;
const PREVIOUS_TAG_SIZE_BYTES = 4;
const VIDEO = 9;
const NAL_UNITS = 1;
const GIVE_UP_MS = 20_000;

/** How long a viewer of HTTP-FLV waited, ms from the connect, and what it had got by then. */
export interface FirstPicture {
  /** Until the first tag, which is a header. */
  readonly tagMs: number;
  /** Until the first whole picture. */
  readonly pictureMs: number;
  readonly body: Buffer;
}

/** Connects, waits for the first picture and leaves. Rejects when none comes. */
export async function firstPicture(url: string): Promise<FirstPicture> {
  const startedAt = performance.now();
  return await new Promise((resolve, reject) => {
    let body = Buffer.alloc(0);
    let tagMs: number | undefined;
    const request = get(url, { agent: false, timeout: GIVE_UP_MS }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`refused with ${String(response.statusCode)}`));
      response.on('data', (chunk: Buffer) => {
        body = Buffer.concat([body, chunk]);
        const seen = lookThrough(body);
        if (seen.tags > 0) tagMs ??= performance.now() - startedAt;
        if (!seen.picture) return;
        const pictureMs = performance.now() - startedAt;
        request.destroy();
        resolve({ tagMs: tagMs ?? pictureMs, pictureMs, body });
      });
      response.on('close', () => {
        reject(new Error('the stream ended before a picture came'));
      });
      response.on('error', () => undefined);
    });
    request.on('timeout', () => request.destroy(new Error('no picture came in time')));
    request.on('error', reject);
  });
}

function lookThrough(body: Buffer): { readonly tags: number; readonly picture: boolean } {
  let at = FILE_HEADER_BYTES;
  let tags = 0;
  while (at + TAG_HEADER_BYTES <= body.length) {
    const end = at + TAG_HEADER_BYTES + body.readUIntBE(at + 1, 3) + PREVIOUS_TAG_SIZE_BYTES;
    if (end > body.length) break;
    tags += 1;
    if (body[at] === VIDEO && body[at + TAG_HEADER_BYTES + 1] === NAL_UNITS) return { tags, picture: true };
    at = end;
  }
  return { tags, picture: false };
}
