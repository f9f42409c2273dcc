import type { BodyNode } from '../manscdp/body-writer.ts';
import type { XmlElement } from '../manscdp/xml-element.ts';

/** Elements that one body may be made of. */
const MAX_NODES = 20_000;
const NAME = /^[A-Za-z_][\w.-]{0,63}$/;

/**
 * The elements of a body as they are passed on: text anew, so that nothing but text can be in it, each ID replaced by
 * what the other side knows it as. Lists get the count of their items; other attributes are not in the standard.
 */
export function copyNodes(
  elements: readonly XmlElement[],
  idOf: (id: string) => string,
  budget = { left: MAX_NODES },
): readonly BodyNode[] {
  const nodes: BodyNode[] = [];
  for (const { name, children, text } of elements) {
    budget.left -= 1;
    if (budget.left < 0) break;
    if (!NAME.test(name)) continue;
    if (children.length === 0) nodes.push([name, idOf(text)]);
    else {
      const inner = copyNodes(children, idOf, budget);
      nodes.push(name.endsWith('List') ? [name, inner, { Num: String(inner.length) }] : [name, inner]);
    }
  }
  return nodes;
}
