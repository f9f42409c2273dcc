import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/** Writes `content` as `assets/<name>-<hash><suffix>` and returns that path, which is relative to index.html. */
export function writeHashed(outDir: string, fileName: string, content: string | Uint8Array): string {
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 10);
  const suffix = extname(fileName);
  const path = `assets/${basename(fileName, suffix)}-${hash}${suffix}`;
  const target = join(outDir, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  return path;
}

/** Small drawings come with the package itself: an icon must not depend on the network that it tells about. */
const INLINE_BYTES = 4096;

function served(mpDir: string, outDir: string, picture: string): string {
  const content = readFileSync(join(mpDir, picture));
  if (extname(picture) === '.svg' && content.byteLength <= INLINE_BYTES)
    return `data:image/svg+xml;base64,${content.toString('base64')}`;
  return writeHashed(outDir, picture, content);
}

/** Where each picture of the package is found: a file under a hashed name, or a data address. */
export function writePictures(
  mpDir: string,
  outDir: string,
  pictures: readonly string[],
): Map<string, string> {
  return new Map(pictures.map((picture) => [picture, served(mpDir, outDir, picture)]));
}
