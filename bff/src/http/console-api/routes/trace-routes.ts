import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Trace, TracedMessage, TracePage } from '../../../core/index.ts';
import { refusedBody } from '../refused-body.ts';

const MAX_LISTED = 2_000;
const digits = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** Query of a trace: `after` a message's `seq`, `since` a time in UTC ms, `limit` the newest. */
const pageQuery = z.strictObject({
  after: digits.optional(),
  since: digits.optional(),
  limit: digits.pipe(z.number().min(1).max(MAX_LISTED)).optional(),
});

/** Signal traces: `GET /devices/:ref/trace` as JSON, `.txt`, `.pcap`; whose there are; watching one device. */
export function traceRoutes(router: Router, trace: Pick<Trace, keyof Trace>): void {
  router.get('/traces', (ctx) => {
    ctx.body = { peers: trace.peers() };
  });
  router.get('/devices/:ref/trace', (ctx) => {
    ctx.body = { messages: trace.list(refOf(ctx), pageOf(ctx)).map(shown) };
  });
  router.get('/devices/:ref/trace.txt', (ctx) => {
    const text = trace.text(refOf(ctx), pageOf(ctx));
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = text;
  });
  router.get('/devices/:ref/trace.pcap', (ctx) => {
    const file = trace.pcap(refOf(ctx), pageOf(ctx));
    ctx.attachment(`${refOf(ctx)}.pcap`);
    ctx.type = 'application/vnd.tcpdump.pcap';
    ctx.body = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  });
  router.post('/devices/:ref/trace/watch', (ctx) => {
    trace.watch(refOf(ctx));
    ctx.status = 204;
  });
}

function refOf(ctx: Context & { readonly params: Readonly<Record<string, string | undefined>> }): string {
  return ctx.params['ref'] ?? '';
}

function pageOf({ query }: Context): TracePage {
  const page = pageQuery.safeParse(query);
  if (!page.success) throw refusedBody(page.error);
  const { after, since, limit } = page.data;
  return { after, sinceMs: since, limit };
}

/** The message as text: whoever wants its octets takes the capture file. */
function shown({ bytes, ...message }: TracedMessage): object {
  return { ...message, kept: bytes.length };
}
