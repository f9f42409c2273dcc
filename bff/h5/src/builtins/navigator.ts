import { number, text, type Builtin } from './define.ts';
import { hover, HOVER_PROPERTIES } from './hover.ts';

/** What a `navigator` does when tapped; relative addresses start at `from`. */
export type Navigate = (openType: string, url: string, delta: number, from: string) => void;

export function navigator(navigate: Navigate): Builtin {
  return {
    tag: 'navigator',
    properties: {
      ...HOVER_PROPERTIES,
      hoverClass: text('navigator-hover'),
      url: text(),
      openType: text('navigate'),
      delta: number(1),
      target: text('self'),
      appId: text(),
      path: text(),
      extraData: { type: null, value: null },
    },
    create(node) {
      hover(node);
      node.host.setAttribute('role', 'link');
      node.component.addListener('tap', () => {
        navigate(node.text('openType'), node.text('url'), Number(node.get('delta')), node.ownerPath());
      });
      return {};
    },
  };
}
