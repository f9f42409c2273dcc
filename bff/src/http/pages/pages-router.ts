import Router from '@koa/router';
import type { Context } from 'koa';
import { type PageFile, readPageFiles } from './page-files.ts';

/** What every page may do: nothing but its own files. */
const OWN_FILES = ["default-src 'self'", "base-uri 'none'", "object-src 'none'", "form-action 'self'"];
/** Pages that play take media from wherever an address points, and hand it to the player as blobs. */
const PLAYER = [
  ...OWN_FILES,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https:",
  'media-src * blob:',
  'connect-src *',
  "worker-src 'self' blob:",
];
const NOT_FRAMED = [...OWN_FILES, "frame-ancestors 'none'"];

/** Options of {@link pagesRouter}. */
export interface PagesOptions {
  /** e.g. `/h5/`; any unknown path there is 404. */
  readonly prefix: string;
  readonly folder: string;
  /** Whether the pages play streams; otherwise they load from their own origin only, and in no frame. */
  readonly play: boolean;
}

/** Serves a folder of built pages. */
export function pagesRouter({ prefix, folder, play }: PagesOptions): Router {
  const policy = (play ? PLAYER : NOT_FRAMED).join('; ');
  const files = readPageFiles(folder);
  const router = new Router();
  const bare = prefix.slice(0, -1);
  router.get([bare, `${prefix}{*name}`], (ctx) => {
    if (ctx.path === bare) {
      ctx.status = 301;
      ctx.redirect(`${prefix}${ctx.search}`);
      return;
    }
    const name = ctx.path.slice(prefix.length);
    const file = files.get(name === '' ? 'index.html' : name);
    if (file) send(ctx, file, policy);
  });
  return router;
}

function send(ctx: Context, file: PageFile, policy: string): void {
  ctx.set('ETag', file.etag);
  ctx.set('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.set('Content-Security-Policy', policy);
  // Tokens stand in the addresses of pages.
  ctx.set('Referrer-Policy', 'no-referrer');
  ctx.type = file.type;
  ctx.status = 200;
  ctx.vary('Accept-Encoding');
  if (ctx.fresh) {
    ctx.status = 304;
  } else if (file.brotli && ctx.acceptsEncodings('br', 'identity') === 'br') {
    ctx.set('Content-Encoding', 'br');
    ctx.body = file.brotli;
  } else {
    ctx.body = file.bytes;
  }
}
