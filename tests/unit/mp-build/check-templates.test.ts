import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readAppTree } from '../../../scripts/mp/app-tree.ts';
import { BuildFault } from '../../../scripts/mp/build-fault.ts';
import { checkTemplates } from '../../../scripts/mp/check-templates.ts';
import { ONE_PAGE, SourceFolder } from './source-folder.ts';

const TSCONFIG = join(import.meta.dirname, '..', '..', '..', 'miniprogram', 'tsconfig.json');

const PAGE = `
interface Item { id: string; name: string }
Page({
  data: { title: 'x', n: 1, items: [] as Item[], chosen: null as Item | null },
  onTap() { this.setData({ n: this.data.n + 1 }); },
});`;

const BOX = {
  'src/pages/a/index.json': '{ "usingComponents": { "my-box": "/components/box/index" } }',
  'src/components/box/index.json': '{ "component": true }',
  'src/components/box/index.wxml': '<view bind:tap="go">{{label}}{{inner}}</view>',
  'src/components/box/index.ts': `
Component({
  properties: { size: { type: Number, value: 0 }, label: String },
  data: { inner: 'a' },
  methods: { go() { this.triggerEvent('go', { size: this.data.size }); } },
});`,
};

describe('the type check of templates', function () {
  this.timeout(30_000);

  function faults(template: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
    const folder = new SourceFolder({
      ...ONE_PAGE,
      'src/pages/a/index.ts': PAGE,
      ...files,
      'src/pages/a/index.wxml': template,
    });
    try {
      checkTemplates(readAppTree(folder.path('src')), TSCONFIG);
      return [];
    } catch (error) {
      if (error instanceof BuildFault) return error.faults;
      throw error;
    } finally {
      folder.dispose();
    }
  }

  it('accepts what the page has, and attributes that every element takes', () => {
    const template = `<view bind:tap="onTap" class="{{n > 1 ? 'a' : ''}}">{{title}} {{chosen.name}}</view>
<my-box id="b" class="c" size="{{n}}" label="{{title}}" bind:go="onTap" data-n="{{n}}" aria-label="x" hidden="{{n > 2}}" />
<view wx:for="{{items}}" wx:key="id">{{index}} {{item.name}}</view>`;
    assert.deepEqual(faults(template, BOX), []);
  });

  it('finds a misspelt field and where it stands', () => {
    assert.match(
      faults('<view>\n  {{titel}}</view>')[0] ?? '',
      /^pages\/a\/index\.wxml:2:5: .*'titel'.*mean 'title'/,
    );
  });

  it('finds a handler that the page does not have', () => {
    assert.match(faults('<view bind:tap="onTab" />')[0] ?? '', /'onTab' does not exist/);
  });

  it('finds a wrong field of a list item', () => {
    assert.match(faults('<view wx:for="{{items}}" wx:key="id">{{item.nmae}}</view>')[0] ?? '', /'nmae'/);
  });

  it('finds a property of a wrong type and one that a component does not have', () => {
    assert.match(
      faults('<my-box size="{{title}}" />', BOX)[0] ?? '',
      /'string' is not assignable to type 'number'/,
    );
    assert.match(faults('<my-box sise="{{n}}" />', BOX)[0] ?? '', /'sise' does not exist/);
  });

  it('finds an element that nobody defines', () => {
    assert.match(faults('<viev/>')[0] ?? '', /<viev> is neither in usingComponents nor an element/);
  });

  it('finds faults in templates of components too', () => {
    const files = { ...BOX, 'src/components/box/index.wxml': '<view>{{outer}}</view>' };
    assert.match(faults('<my-box />', files)[0] ?? '', /^components\/box\/index\.wxml:1:9: .*'outer'/);
  });

  it('asks for the colon, without which a handler is not checked', () => {
    assert.deepEqual(faults('<view bindtap="onTap" />'), [
      'pages/a/index.wxml: write bind:tap, the form without colon is not checked',
    ]);
  });

  it('finds a template that is not well formed', () => {
    assert.match(faults('<view><text></view>')[0] ?? '', /^pages\/a\/index\.wxml:1:/);
  });
});
