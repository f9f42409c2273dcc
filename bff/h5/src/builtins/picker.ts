import type { Overlay } from '../ui/overlay.ts';
import { anything, flag, text, type Builtin, type BuiltinNode } from './define.ts';
import { registerField } from './fields.ts';

function labels(node: BuiltinNode): string[] {
  const range = node.get('range');
  const key = node.text('rangeKey');
  if (!Array.isArray(range)) return [];
  return range.map((item: unknown) => {
    const shown =
      key !== '' && typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[key] : item;
    return String(shown);
  });
}

async function choose(node: BuiltinNode, overlay: Overlay): Promise<void> {
  const mode = node.text('mode');
  const value =
    mode === 'date' || mode === 'time'
      ? await overlay.showInput(mode, node.text('value'), node.text('start'), node.text('end'))
      : await overlay.showSheet(labels(node), Number(node.get('value')));
  if (value === undefined) {
    node.trigger('cancel');
    return;
  }
  node.change('value', value);
  // WeChat's selector answers with the index as text.
  node.trigger('change', { value: String(value) });
}

/** `picker` in the modes selector, date and time. */
export function picker(overlay: Overlay): Builtin {
  return {
    tag: 'picker',
    properties: {
      mode: text('selector'),
      range: anything([]),
      rangeKey: text(),
      value: anything(0),
      start: text(),
      end: text(),
      fields: text('day'),
      headerText: text(),
      disabled: flag(),
      name: text(),
    },
    create(node) {
      node.component.addListener('tap', () => {
        if (!node.flag('disabled')) void choose(node, overlay);
      });
      registerField(node.host, {
        name: () => node.text('name'),
        value: () => node.get('value'),
        reset: () => {
          node.change('value', 0);
        },
      });
      return {};
    },
  };
}
