import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.png': 'image/png',
};

/** The rule that a careful server sets: no script from elsewhere, no `eval`. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; media-src 'self' blob:; img-src 'self' data: blob:";

const FLV_HEADER_BYTES = 13;
const TAG_HEADER_BYTES = 11;
const TAG_TRAILER_BYTES = 4;

interface Tag {
  readonly bytes: Buffer;
  readonly ms: number;
}

function readTags(flv: Buffer): Tag[] {
  const tags: Tag[] = [];
  for (let at = FLV_HEADER_BYTES; at + TAG_HEADER_BYTES <= flv.length;) {
    const size = flv.readUIntBE(at + 1, 3);
    const end = at + TAG_HEADER_BYTES + size + TAG_TRAILER_BYTES;
    tags.push({ bytes: flv.subarray(at, end), ms: flv.readUIntBE(at + 4, 3) | ((flv[at + 7] ?? 0) << 24) });
    at = end;
  }
  return tags;
}

function shifted({ bytes, ms }: Tag, by: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUIntBE((ms + by) & 0xffffff, 4, 3);
  return copy;
}

/** Serves the built demo under /h5/, an echo, a stream in real time and refusals, on a free port. */
export class DemoServer {
  /** Open viewers of the stream now, and how many there were. */
  viewers = 0;
  viewersEver = 0;
  readonly #server: Server;
  readonly #dir: string;
  readonly #tags: Tag[];
  readonly #header: Buffer;

  constructor(dir: string, flvFile: string) {
    const flv = readFileSync(flvFile);
    this.#dir = dir;
    this.#header = flv.subarray(0, FLV_HEADER_BYTES);
    this.#tags = readTags(flv);
    this.#server = createServer((request, response) => {
      this.#answer(request, response);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    if (pathname === '/live.flv') this.#stream(response);
    else if (pathname === '/refused.flv') {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ code: 'GRANT_EXPIRED', message: '播放地址已过期' }));
    } else if (pathname === '/echo') {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ got: `${request.method ?? ''} ${body}` }));
      });
    } else this.#file(pathname, response);
  }

  #file(pathname: string, response: ServerResponse): void {
    const path = pathname === '/h5/' ? 'index.html' : pathname.replace('/h5/', '');
    try {
      const content = readFileSync(join(this.#dir, path));
      const type = TYPES[extname(path)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  /** One second ahead, then in real time, round and round until the viewer leaves. */
  #stream(response: ServerResponse): void {
    this.viewers += 1;
    this.viewersEver += 1;
    response.writeHead(200, { 'content-type': 'video/x-flv' });
    response.write(this.#header);
    const started = performance.now();
    const length = (this.#tags.at(-1)?.ms ?? 0) + 66;
    let next = 0;
    const send = (): void => {
      const now = performance.now() - started + 1000;
      for (;;) {
        const round = Math.floor(next / this.#tags.length);
        const tag = this.#tags[next % this.#tags.length];
        if (tag === undefined || tag.ms + round * length > now) return;
        response.write(shifted(tag, round * length));
        next += 1;
      }
    };
    send();
    const timer = setInterval(send, 40);
    response.on('close', () => {
      clearInterval(timer);
      this.viewers -= 1;
    });
  }
}
