import assert from 'node:assert/strict';
import { colourOf, themeCss } from '../../../bff/h5/src/ui/theme.ts';
import type { MiniProgramPackage } from '../../../bff/h5/src/package.ts';

type Theme = NonNullable<MiniProgramPackage['theme']>;

const css = (theme?: Theme): string => themeCss({ theme } as unknown as MiniProgramPackage);

describe('the theme of a mini-program in a browser', () => {
  it('is a set of variables that follow the colour scheme of the system', () => {
    assert.equal(
      css({ light: { nav: '#ffffff', text: 'black' }, dark: { nav: '#111726' } }),
      ':root{--yimu-theme-nav:#ffffff;--yimu-theme-text:black}' +
        '@media (prefers-color-scheme: dark){:root{--yimu-theme-nav:#111726}}',
    );
  });

  it('a package without one has none', () => {
    assert.equal(css(), '');
  });

  it('takes names and colours only, nothing that could end the rule', () => {
    const text = css({ light: { 'a;b': '#fff', nav: 'red;}body{display:none' }, dark: {} });
    assert.equal(text, ':root{}@media (prefers-color-scheme: dark){:root{}}');
  });

  it('an @name is its variable, anything else is the colour itself', () => {
    assert.equal(colourOf('@nav'), 'var(--yimu-theme-nav)');
    assert.equal(colourOf('#0a0f1e'), '#0a0f1e');
  });
});
