import type { UnitConfig } from '../package.ts';
import { element, pressable } from './element.ts';
import { colourOf } from './theme.ts';

/** The bar above a page: back, title, home. */
export class NavBar {
  readonly root = element('header', 'yimu-nav');
  readonly #title = element('div', 'yimu-nav-title');
  readonly #side = element('div', 'yimu-nav-side');

  constructor(config: UnitConfig) {
    this.root.append(this.#side, this.#title);
    this.setTitle(config.navigationBarTitleText ?? '');
    this.setColors(
      config.navigationBarBackgroundColor ?? '#000000',
      config.navigationBarTextStyle ?? 'white',
    );
    if (config.navigationStyle === 'custom') this.root.classList.add('yimu-hidden');
  }

  get title(): string {
    return this.#title.textContent;
  }

  setTitle(title: string): void {
    this.#title.textContent = title;
  }

  setColors(background: string, front: string): void {
    this.root.style.background = colourOf(background);
    this.root.style.color = colourOf(front);
  }

  /** Shows the way out of the page: back in the stack, home when it stands alone and is not the first page. */
  setWayOut(kind: 'back' | 'home' | 'none', leave: () => void): void {
    this.#side.replaceChildren();
    if (kind === 'none') return;
    const button = pressable(`yimu-nav-${kind}`, '', leave);
    button.setAttribute('aria-label', kind === 'back' ? '返回' : '首页');
    this.#side.append(button);
  }
}
