import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.map': 'application/json; charset=utf-8',
};
const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.svg']);
const BROTLI_QUALITY = 9;

/** One file that browsers may load, ready to send. */
export interface PageFile {
  readonly bytes: Buffer;
  readonly brotli: Buffer | undefined;
  readonly type: string;
  readonly etag: string;
  /** The name carries a hash of the content: it may be kept for ever. */
  readonly immutable: boolean;
}

/**
 * Reads a folder of built pages into memory, so that serving is a map lookup and no request can name a
 * path outside. Keys are relative paths with `/`.
 */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1).replaceAll(sep, '/');
    files.set(name, pageFile(readFileSync(path), name));
  }
  return files;
}

function pageFile(bytes: Buffer, name: string): PageFile {
  const extension = extname(name);
  return {
    bytes,
    brotli: COMPRESSED.has(extension)
      ? brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
      : undefined,
    type: TYPES[extension] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    immutable: /[.-][A-Za-z0-9_-]{8,}\.(js|css|svg|png|jpg)$/.test(name),
  };
}
