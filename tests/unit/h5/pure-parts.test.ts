import assert from 'node:assert/strict';
import fc from 'fast-check';
import { incoming, outgoing } from '../../../bff/h5/src/api/request-data.ts';
import { rpxToCss } from '../../../bff/h5/src/dom/rpx.ts';
import { TapTracker } from '../../../bff/h5/src/dom/tap-tracker.ts';
import { launchOptions } from '../../../bff/h5/src/runtime/launch.ts';
import {
  formatQuery,
  parsePageUrl,
  parseQuery,
  routeFromHash,
  routeToHash,
} from '../../../bff/h5/src/runtime/route.ts';
import { rpxToCss as rpxOfBuild } from '../../../scripts/mp/h5/style-sheet.ts';

const PAGES = ['pages/a/index', 'pages/b/index'];

describe('page addresses', () => {
  it('are absolute, or relative to the page that navigates', () => {
    assert.deepEqual(parsePageUrl('/pages/b/index?x=1&y', 'pages/a/index'), {
      path: 'pages/b/index',
      query: { x: '1', y: '' },
    });
    assert.equal(parsePageUrl('../b/index', 'pages/a/index').path, 'pages/b/index');
    assert.equal(parsePageUrl('detail', 'pages/a/index').path, 'pages/a/detail');
  });

  it('survive the way into the address bar and back, undecoded', () => {
    const word = fc.stringMatching(/^[\w%.~-]{1,12}$/).filter((text) => text !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(word, word), (query) => {
        const route = { path: 'pages/a/index', query: { ...query } };
        assert.deepEqual(routeFromHash(routeToHash(route)), route);
        assert.deepEqual(parseQuery(formatQuery(query)), { ...query });
      }),
    );
  });

  it('keep everything after the first equals sign', () => {
    assert.deepEqual(parseQuery('t=a=b==&empty='), { t: 'a=b==', empty: '' });
  });
});

describe('entries', () => {
  it('prefer the hash to the path, and keep its query beside the scene', () => {
    const entry = launchOptions('?path=pages/a/index&scene=s%201', '#/pages/b/index?x=1', PAGES);
    assert.equal(entry.path, 'pages/b/index');
    assert.deepEqual(entry.query, { x: '1', scene: 's%201' });
    assert.equal(entry.scene, 1047);
  });

  it('survive extra data that is not JSON and escapes that are broken', () => {
    assert.deepEqual(launchOptions('?extraData=%7B', '', PAGES).referrerInfo, { extraData: {} });
    assert.deepEqual(launchOptions('?extraData=%E0%A4%A', '', PAGES).referrerInfo, { extraData: {} });
    assert.equal(launchOptions('?path=%E0%A4%A', '#/', PAGES).path, '%E0%A4%A');
    assert.equal(launchOptions('?path=', '#/', PAGES).path, 'pages/a/index');
  });
});

describe('rpx in style attributes', () => {
  it('becomes a share of the column, the same way as in style sheets', () => {
    const style = 'width: 10rpx;margin:-.5rpx 2px;top:1.5rpx';
    assert.equal(
      rpxToCss(style),
      'width: calc(10 * var(--rpx));margin:calc(-.5 * var(--rpx)) 2px;top:calc(1.5 * var(--rpx))',
    );
    assert.equal(rpxOfBuild(style), rpxToCss(style));
    assert.equal(rpxToCss('width: 10px'), 'width: 10px');
  });
});

describe('taps', () => {
  it('are presses that stay within ten pixels, finger by finger', () => {
    const taps = new TapTracker();
    taps.start(0, 100, 100);
    taps.start(1, 200, 200);
    assert.equal(taps.move(0, 110, 90), false);
    assert.equal(taps.move(1, 211, 200), true);
    assert.deepEqual(taps.end(0, 105, 105), { x: 100, y: 100 });
    assert.equal(taps.end(1, 200, 200), undefined);
  });

  it('are lost by a release far away, and by a cancel', () => {
    const taps = new TapTracker();
    taps.start(0, 0, 0);
    assert.equal(taps.end(0, 50, 0), undefined);
    taps.start(0, 0, 0);
    taps.cancel(0);
    assert.equal(taps.isPressed(0), false);
    assert.equal(taps.end(0, 0, 0), undefined);
  });
});

describe('the data of a request', () => {
  const FORM = 'application/x-www-form-urlencoded';

  it('joins the query of a GET', () => {
    assert.equal(
      outgoing('GET', '/a?x=1', { y: '一', z: undefined, n: 2 }, undefined).url,
      '/a?x=1&y=%E4%B8%80&n=2',
    );
    assert.equal(outgoing('GET', '/a', {}, undefined).url, '/a');
  });

  it('is JSON in a POST, unless the header says form or it is text already', () => {
    assert.deepEqual(outgoing('POST', '/a', { b: [1] }, undefined), {
      url: '/a',
      body: '{"b":[1]}',
      contentType: 'application/json',
    });
    assert.equal(outgoing('POST', '/a', { b: 'x y', c: { d: 1 } }, FORM).body, 'b=x%20y&c=%7B%22d%22%3A1%7D');
    assert.equal(outgoing('POST', '/a', 'b=1', FORM).body, 'b=1');
    assert.equal(outgoing('POST', '/a', undefined, undefined).body, undefined);
  });

  it('comes back as JSON where it is JSON, as text otherwise', () => {
    assert.deepEqual(incoming('{"a":1}', 'json'), { a: 1 });
    assert.equal(incoming('no json', 'json'), 'no json');
    assert.equal(incoming('{"a":1}', 'text'), '{"a":1}');
  });
});
