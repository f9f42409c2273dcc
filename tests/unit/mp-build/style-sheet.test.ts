import assert from 'node:assert/strict';
import { compileStyleSheet } from '../../../scripts/mp/h5/style-sheet.ts';

function compile(css: string, scope?: string, files: Readonly<Record<string, string>> = {}): string {
  return compileStyleSheet({
    path: 'pages/a/index.wxss',
    ...(scope === undefined ? {} : { scope }),
    read: (path) => (path === 'pages/a/index.wxss' ? css : (files[path] ?? assert.fail(`no ${path}`))),
    asset: (path) => (path === 'images/a.png' ? 'assets/a-1.png' : undefined),
  });
}

describe('WXSS for the browser host', () => {
  it('makes rpx a share of the column', () => {
    assert.equal(
      compile('.a { margin: -10.5rpx 2px .5rpx; }'),
      '.a { margin: calc(-10.5 * var(--rpx)) 2px calc(.5 * var(--rpx)); }',
    );
  });

  it("prefixes tags, keeps a page's classes and finds ids behind their prefix", () => {
    assert.equal(
      compile('page view > .a:not(text)::after, #top.b {}'),
      'wx-page wx-view > .a:not(wx-text)::after, :is(#_,[id$="--top"]).b {}',
    );
  });

  it("keeps a component's classes to itself and names its host", () => {
    assert.equal(compile(':host { } .a .b {}', 'c1'), '[wx-host="c1"] { } .c1--a .c1--b {}');
  });

  it('leaves the steps of an animation alone', () => {
    assert.equal(
      compile('@keyframes k { from { width: 1rpx; } 50% { width: 2px; } }'),
      '@keyframes k { from { width: calc(1 * var(--rpx)); } 50% { width: 2px; } }',
    );
  });

  it('takes imports in, once, with their pictures', () => {
    const files = {
      'styles/base.wxss': '@import "./more.wxss"; .x { background: url(../images/a.png); }',
      'styles/more.wxss': '@import "/styles/base.wxss"; view {}',
    };
    assert.equal(
      compile("@import '../../styles/base.wxss'; .a {}", undefined, files),
      'wx-view {} .x { background: url("assets/a-1.png"); } .a {}',
    );
  });

  it('keeps addresses that are not of the package, and refuses a picture that is missing', () => {
    assert.equal(compile('.a { background: url(data:x); }'), '.a { background: url(data:x); }');
    assert.throws(() => compile('.a { background: url(/images/b.png); }'), /no picture \/images\/b\.png/);
  });
});
