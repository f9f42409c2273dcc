import assert from 'node:assert/strict';
import { request } from 'node:http';
import Router from '@koa/router';
import type { Dialect, DialectRoute } from '../../../../bff/src/http/dialect-kit/index.ts';
import {
  BodyFault,
  DialectRefusal,
  ParamFault,
  RouteFault,
} from '../../../../bff/src/http/dialect-kit/index.ts';
import { createHttpApp } from '../../../../bff/src/http/index.ts';
import {
  CoreError,
  Instruments,
  type LogFields,
  type Logger,
  silentLogger,
} from '../../../../bff/src/kernel/index.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { rawHttp, withHttp } from '../../../support/http-server.ts';
import { until } from '../../../support/until.ts';

const JSON_AT_END = /\}$/;

/** What a fault is called in the envelope of the dialect of these tests. */
function nameOf(error: unknown): string {
  if (error instanceof CoreError) return error.code;
  if (error instanceof RouteFault) return error.what;
  if (error instanceof DialectRefusal) return error.name;
  if (error instanceof BodyFault) return `body: ${error.message}`;
  return error instanceof ParamFault ? `param: ${error.field}` : 'unknown';
}

/** A dialect that answers with what it was asked. */
function echo(over: Partial<DialectRoute> = {}): Dialect {
  const route: DialectRoute = {
    method: 'POST',
    path: '/echo/say',
    answer: (params, facts) => ({ n: params.text('n') ?? null, ...facts }),
    ...over,
  };
  return {
    name: 'echo',
    canonicalPath: (path) => path.replace(/^\/old(?=\/)/, ''),
    claims: (path) => path.startsWith('/echo/'),
    routes: [route],
    renderFault: (error) => ({ status: 200, body: { fault: nameOf(error) } }),
  };
}

async function post(
  url: string,
  body: string | undefined = 'n=1',
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(url, { method: 'POST', body, headers: { ...type, ...headers } });
  return await response.json();
}

describe('a dialect over HTTP', () => {
  it('is reached under every spelling of its paths, and told who asks', async () => {
    await withHttp({ dialects: [echo()] }, async ({ url }) => {
      for (const path of ['/echo/say', '/old/echo/say', '/ECHO/Say']) {
        assert.deepEqual(await post(url + path), { n: '1', remoteAddress: '127.0.0.1', host: '127.0.0.1' });
      }
    });
  });

  it('answers unknown paths that it claims, and wrong methods, in its own form; others are nobody’s', async () => {
    await withHttp({ dialects: [echo()] }, async ({ url, figure }) => {
      assert.deepEqual(await post(`${url}/echo/none`), { fault: 'unknown-path' });
      for (const method of ['GET', 'PUT', 'DELETE'])
        assert.deepEqual(await (await fetch(`${url}/echo/say?n=1`, { method })).json(), {
          fault: 'wrong-method',
        });
      assert.equal((await fetch(`${url}/none`, { method: 'POST' })).status, 404);
      assert.equal(figure('yimu_http_calls', 'echo unknown-path'), 1);
      assert.equal(figure('yimu_http_calls', 'echo wrong-method'), 3);
    });
  });

  const faults: readonly [string, unknown, boolean][] = [
    ['DEVICE_OFFLINE', new CoreError('DEVICE_OFFLINE', ''), false],
    ['OWN', new DialectRefusal('OWN', { status: 200, code: '1', message: '' }), false],
    ['INVALID_ARGUMENT', new ParamFault('n'), false],
    ['STORAGE_FAILED', new CoreError('STORAGE_FAILED', ''), true],
    ['INTERNAL', new Error('a secret of the inside'), true],
  ];
  for (const [reason, error, isLogged] of faults) {
    it(`counts ${reason}, ${isLogged ? 'and logs it, since it is the server’s' : 'and does not log what is the caller’s'}`, async () => {
      const logged: LogFields[] = [];
      const logger: Logger = { ...silentLogger, error: (fields) => logged.push(fields) };
      const answer = (): unknown => {
        throw error;
      };
      await withHttp({ dialects: [echo({ answer })], logger }, async ({ url, figure }) => {
        const text = JSON.stringify(await post(`${url}/echo/say`));
        assert.match(text, /^\{"fault":/);
        assert.doesNotMatch(text, /secret/);
        assert.equal(figure('yimu_http_calls', `echo ${reason}`), 1);
        assert.equal(logged.length, isLogged ? 1 : 0);
      });
    });
  }

  it('lets an endpoint have an envelope of its own', async () => {
    const route = {
      answer: () => Promise.reject(new CoreError('INTERNAL', '')),
      renderFault: () => ({ status: 418, body: { own: true } }),
    };
    await withHttp({ dialects: [echo(route)] }, async ({ url }) => {
      const response = await fetch(`${url}/echo/say`, { method: 'POST' });
      assert.equal(response.status, 418);
      assert.deepEqual(await response.json(), { own: true });
    });
  });

  it('may be called by pages of any origin, and is never kept by a cache', async () => {
    await withHttp({ dialects: [echo()] }, async ({ url }) => {
      const asked = await fetch(`${url}/echo/say`, { method: 'OPTIONS' });
      assert.equal(asked.status, 204);
      assert.match(asked.headers.get('access-control-allow-methods') ?? '', /POST/);
      assert.match(asked.headers.get('access-control-allow-headers') ?? '', /content-type/);
      const { headers } = await fetch(`${url}/echo/say`, { method: 'POST' });
      assert.equal(headers.get('access-control-allow-origin'), '*');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal((await fetch(`${url}/none`)).headers.get('access-control-allow-origin'), null);
    });
  });
});

describe('hostile requests', () => {
  it('with a body too long are told so, also when they say it beforehand, and the connection lives on', async () => {
    await withHttp({ dialects: [echo()] }, async ({ url, port }) => {
      assert.deepEqual(await post(`${url}/echo/say`, `n=${'x'.repeat(2_000_000)}`), {
        fault: 'body: the body is too long',
      });
      const said = await rawHttp(
        port,
        'POST /echo/say HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\nn=1',
        JSON_AT_END,
      );
      assert.match(said, /too long/);
      const chunked = [
        'POST /echo/say HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
        `11170\r\n${'x'.repeat(0x11170)}\r\n0\r\n\r\n`,
        'POST /echo/say HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nn=2',
      ];
      const both = await rawHttp(port, chunked, /"n":"2"[^]*\}$/);
      assert.match(both, /too long[^]*"n":"2"/);
    });
  });

  it('that go on sending for ever are cut', async () => {
    await withHttp({ dialects: [echo()] }, async ({ port, figure }) => {
      let sent = 0;
      await new Promise<void>((resolve) => {
        const client = request({ port, path: '/echo/say', method: 'POST' });
        const push = (): void => {
          sent += 65_536;
          client.write(Buffer.alloc(65_536, 0x78), (error) => {
            if (!error && sent < 64 * 1_048_576) push();
            else resolve();
          });
        };
        client.on('error', () => {
          resolve();
        });
        push();
      });
      assert.ok(sent < 64 * 1_048_576, String(sent));
      await until('the connection is gone', () => figure('yimu_http_connections') === 0);
    });
  });

  const unreadable: readonly [string, string, string][] = [
    ['no HTTP', 'hello\r\n\r\n', '400'],
    ['a wrong version', 'GET / HTTP/9.9\r\n\r\n', '400'],
    ['header lines beyond 16 KiB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    [
      'two lengths',
      'POST /echo/say HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nn',
      '400',
    ],
    [
      'a length and chunks',
      'POST /echo/say HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    ['a control in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\u0001b\r\n\r\n', '400'],
  ];
  for (const [what, bytes, status] of unreadable) {
    it(`with ${what} get a ${status} and are counted`, async () => {
      await withHttp({ dialects: [echo()] }, async ({ port, figure }) => {
        assert.match(await rawHttp(port, bytes), new RegExp(`^HTTP/1.1 ${status} `));
        assert.equal(figure('yimu_http_refused', status), 1);
      });
    });
  }

  const readable: readonly [string, string, RegExp][] = [
    [
      'a path that is no URL',
      'POST //echo/say HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
      /^HTTP\/1\.1 404/,
    ],
    [
      'an absolute URL',
      'POST http://other/echo/say HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
      /"host":"x"|404/,
    ],
    [
      'wrong percent encodings',
      'POST /echo/say?n=%zz&%=% HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
      /"n":"%zz"/,
    ],
    [
      'a host that is none',
      'POST /echo/say HTTP/1.1\r\nHost: "><script>\r\nContent-Length: 0\r\n\r\n',
      /"host":"127\.0\.0\.1"/,
    ],
    [
      'an empty host',
      'POST /echo/say HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\n\r\n',
      /"host":"127\.0\.0\.1"/,
    ],
    ['no host at all', 'POST /echo/say HTTP/1.0\r\nContent-Length: 0\r\n\r\n', /"host":"127\.0\.0\.1"/],
    [
      'a host of IPv6',
      'POST /echo/say HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 0\r\n\r\n',
      /"host":"\[::1\]"/,
    ],
    ['a body that was not announced', 'POST /echo/say HTTP/1.1\r\nHost: x\r\n\r\n', /"n":null/],
  ];
  for (const [what, bytes, answer] of readable) {
    it(`with ${what} harm nobody`, async () => {
      await withHttp({ dialects: [echo()] }, async ({ port }) => {
        assert.match(await rawHttp(port, bytes, /\}$|Not Found$/), answer);
      });
    });
  }

  it('that end in the middle of their body leave nothing behind', async () => {
    await withHttp({ dialects: [echo()] }, async ({ port, figure }) => {
      const client = request({
        port,
        path: '/echo/say',
        method: 'POST',
        headers: { 'content-length': '10' },
      });
      client.on('error', () => undefined);
      client.write('n=');
      await until('the call is there', () => figure('yimu_http_connections') !== 0);
      client.destroy();
      await until('the connection is gone', () => figure('yimu_http_connections') === 0);
    });
  });
});

describe('who asks', () => {
  it('is the peer, whatever it says in X-Forwarded headers', async () => {
    await withHttp({ dialects: [echo()] }, async ({ url }) => {
      const said = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'evil.example' };
      assert.deepEqual(await post(`${url}/echo/say`, undefined, said), {
        n: '1',
        remoteAddress: '127.0.0.1',
        host: '127.0.0.1',
      });
    });
  });

  it('is whom a trusted proxy names last', async () => {
    await withHttp({ dialects: [echo()], trustedProxies: ['127.0.0.1'] }, async ({ url }) => {
      const said = {
        'x-forwarded-for': '203.0.113.9, ::ffff:198.51.100.7',
        'x-forwarded-host': 'yimu.example:8443',
      };
      assert.deepEqual(await post(`${url}/echo/say`, undefined, said), {
        n: '1',
        remoteAddress: '198.51.100.7',
        host: 'yimu.example',
      });
      assert.deepEqual(await post(`${url}/echo/say`), {
        n: '1',
        remoteAddress: '127.0.0.1',
        host: '127.0.0.1',
      });
    });
  });
});

describe('the server', () => {
  it('says nothing of its inside when a router fails, and 400 for a path that cannot be read', async () => {
    const router = new Router();
    router.get('/broken', () => {
      throw new Error('a secret of the inside');
    });
    router.get('/thing/:name', (ctx) => {
      ctx.throw(422, 'a secret of the inside');
    });
    await withHttp({ routers: [router] }, async ({ url }) => {
      const broken = await fetch(`${url}/broken`);
      assert.equal(broken.status, 500);
      assert.deepEqual(await broken.json(), { code: 'INTERNAL', message: '服务器异常' });
      const wrong = await fetch(`${url}/thing/x`);
      assert.equal(wrong.status, 400);
      assert.deepEqual(await wrong.json(), { code: 'INVALID_ARGUMENT', message: '参数错误' });
    });
  });

  it('lets a running call end when it closes', async () => {
    let finish: (() => void) | undefined;
    const answer = async (): Promise<unknown> => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { done: true };
    };
    let asked: Promise<unknown> = Promise.resolve();
    await withHttp({ dialects: [echo({ answer })] }, async ({ url }) => {
      asked = post(`${url}/echo/say`);
      const end = await until('the call runs', () => finish);
      setImmediate(end);
    });
    assert.deepEqual(await asked, { done: true });
  });

  it('cuts a call that does not end within two seconds', async () => {
    const clock = new FakeClock();
    let isRunning = false;
    const answer = (): Promise<unknown> => {
      isRunning = true;
      return new Promise(() => undefined);
    };
    let asked: Promise<unknown> = Promise.resolve();
    await withHttp({ dialects: [echo({ answer })], clock }, async ({ url }) => {
      asked = assert.rejects(post(`${url}/echo/say`));
      await until('the call runs', () => isRunning);
      setImmediate(() => void clock.advance(2_000));
    });
    await asked;
    assert.equal(clock.pending, 0);
  });

  it('does not start on a port that is taken', async () => {
    await withHttp({}, async ({ port }) => {
      const other = createHttpApp({
        dialects: [],
        extraRouters: [],
        trustedProxies: [],
        clock: new FakeClock(),
        logger: silentLogger,
        instruments: new Instruments(),
      });
      await assert.rejects(other.listen(port, '127.0.0.1'), /EADDRINUSE/);
    });
  });
});
