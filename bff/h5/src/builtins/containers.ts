import { anything, flag, number, text, type Builtin, type BuiltinNode, type BuiltinPart } from './define.ts';
import { hover, HOVER_PROPERTIES } from './hover.ts';

const plain = (tag: string): Builtin => ({
  tag,
  properties: HOVER_PROPERTIES,
  create(node) {
    hover(node);
    return {};
  },
});

/** Pixels of a length given as number, `12px` or `24rpx`. */
function pixels(host: HTMLElement, value: unknown): number {
  if (typeof value === 'number') return value;
  const match = /^(-?[\d.]+)(rpx|px)?$/.exec(String(value));
  const amount = Number(match?.[1] ?? 0);
  const width = host.closest('.yimu-body')?.clientWidth ?? 375;
  return match?.[2] === 'rpx' ? (amount * width) / 750 : amount;
}

function scrollInto(node: BuiltinNode, id: string): void {
  const target = node.host.querySelector(`[id$="--${CSS.escape(id)}"]`);
  target?.scrollIntoView({ block: 'start', inline: 'start' });
}

function createScrollView(node: BuiltinNode): BuiltinPart {
  const { host } = node;
  let left = 0;
  let top = 0;
  host.addEventListener(
    'scroll',
    () => {
      const { scrollLeft, scrollTop, scrollWidth, scrollHeight } = host;
      const detail = {
        scrollLeft,
        scrollTop,
        scrollWidth,
        scrollHeight,
        deltaX: left - scrollLeft,
        deltaY: top - scrollTop,
      };
      const lower = Number(node.get('lowerThreshold'));
      const upper = Number(node.get('upperThreshold'));
      const end = scrollHeight - host.clientHeight;
      node.trigger('scroll', detail);
      if (scrollTop <= upper && top > upper) node.trigger('scrolltoupper', { direction: 'top' });
      if (scrollTop >= end - lower && top < end - lower)
        node.trigger('scrolltolower', { direction: 'bottom' });
      left = scrollLeft;
      top = scrollTop;
    },
    { passive: true },
  );
  return {
    update(name, value) {
      if (name === 'scrollX') host.style.overflowX = value === true ? 'auto' : 'hidden';
      else if (name === 'scrollY') host.style.overflowY = value === true ? 'auto' : 'hidden';
      else if (name === 'scrollTop' && value !== null) host.scrollTop = pixels(host, value);
      else if (name === 'scrollLeft' && value !== null) host.scrollLeft = pixels(host, value);
      else if (name === 'scrollIntoView' && typeof value === 'string' && value !== '') {
        queueMicrotask(() => {
          scrollInto(node, value);
        });
      }
    },
  };
}

const scrollView: Builtin = {
  tag: 'scroll-view',
  properties: {
    scrollX: flag(),
    scrollY: flag(),
    scrollTop: anything(),
    scrollLeft: anything(),
    scrollIntoView: text(),
    upperThreshold: number(50),
    lowerThreshold: number(50),
    scrollWithAnimation: flag(),
    enhanced: flag(),
    showScrollbar: flag(true),
    enableFlex: flag(),
    type: text(),
  },
  create: createScrollView,
};

const textElement: Builtin = {
  tag: 'text',
  properties: { selectable: flag(), userSelect: flag(), space: text(), decode: flag() },
  create: ({ host }) => ({
    update(name, value) {
      if (name === 'userSelect' || name === 'selectable')
        host.classList.toggle('yimu-selectable', value === true);
    },
  }),
};

export const CONTAINERS: readonly Builtin[] = [plain('view'), plain('cover-view'), scrollView, textElement];
