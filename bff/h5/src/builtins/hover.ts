import { number, text, type BuiltinNode, type BuiltinProperty } from './define.ts';

/** Properties of elements that light up under a finger; times in ms. */
export const HOVER_PROPERTIES: Readonly<Record<string, BuiltinProperty>> = {
  hoverClass: text('none'),
  hoverStartTime: number(50),
  hoverStayTime: number(400),
};

/** Adds `hover-class` while the element is pressed. */
export function hover(node: BuiltinNode): void {
  let timer: number | undefined;
  const set = (on: boolean, delay: unknown): void => {
    const name = node.text('hoverClass');
    if (name === '' || name === 'none') return;
    clearTimeout(timer);
    timer = window.setTimeout(() => node.component.classList?.toggle(name, on), Number(delay));
  };
  node.component.addListener('touchstart', () => {
    set(true, node.get('hoverStartTime'));
  });
  for (const type of ['touchend', 'touchcancel']) {
    node.component.addListener(type, () => {
      set(false, node.get('hoverStayTime'));
    });
  }
}
