import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pagesRouter } from '../../../../bff/src/http/pages/pages-router.ts';
import { withHttp } from '../../../support/http-server.ts';

describe('the served pages', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'yimu-pages-'));
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>一目</title>');
    writeFileSync(join(folder, 'assets/app-3fe21a9c.js'), 'const a = 1;\n'.repeat(200));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('are found under their prefix, with type, compression and lasting names', async () => {
    await withHttp({ routers: [pagesRouter({ prefix: '/h5/', folder, play: true })] }, async ({ url }) => {
      const bare = await fetch(`${url}/h5`, { redirect: 'manual' });
      assert.equal(bare.status, 301);
      assert.equal(bare.headers.get('location'), '/h5/');

      const index = await fetch(`${url}/h5/`);
      assert.equal(index.headers.get('content-type'), 'text/html; charset=utf-8');
      assert.equal(index.headers.get('cache-control'), 'no-cache');
      assert.match(await index.text(), /一目/);

      const script = await fetch(`${url}/h5/assets/app-3fe21a9c.js`, {
        headers: { 'accept-encoding': 'br' },
      });
      assert.equal(script.headers.get('content-encoding'), 'br');
      assert.match(script.headers.get('cache-control') ?? '', /immutable/);
      assert.equal(await script.text(), 'const a = 1;\n'.repeat(200));

      const known = await fetch(`${url}/h5/`, {
        headers: { 'if-none-match': index.headers.get('etag') ?? '', 'cache-control': 'max-age=0' },
      });
      assert.equal(known.status, 304);
    });
  });

  it('may take media from anywhere when they play, and else live on their own files alone, in no frame', async () => {
    const routers = [
      pagesRouter({ prefix: '/h5/', folder, play: true }),
      pagesRouter({ prefix: '/console/', folder, play: false }),
    ];
    await withHttp({ routers }, async ({ url }) => {
      const policyOf = async (path: string): Promise<string> =>
        (await fetch(url + path)).headers.get('content-security-policy') ?? '';
      assert.match(await policyOf('/h5/'), /media-src \* blob:/);
      const strict = await policyOf('/console/');
      assert.match(strict, /default-src 'self'/);
      assert.match(strict, /frame-ancestors 'none'/);
      assert.doesNotMatch(strict, /\*|unsafe/);
      for (const path of ['/h5/', '/console/']) {
        const { headers } = await fetch(url + path);
        assert.equal(headers.get('x-content-type-options'), 'nosniff');
        assert.equal(headers.get('referrer-policy'), 'no-referrer');
        assert.equal(headers.get('access-control-allow-origin'), null);
      }
    });
  });

  it('never leave their folder', async () => {
    await withHttp({ routers: [pagesRouter({ prefix: '/h5/', folder, play: true })] }, async ({ url }) => {
      for (const path of [
        '/h5/../package.json',
        '/h5/%2e%2e/package.json',
        '/h5/..%2fpackage.json',
        '/h5/none.js',
      ]) {
        assert.equal((await fetch(url + path)).status, 404, path);
      }
    });
  });
});
