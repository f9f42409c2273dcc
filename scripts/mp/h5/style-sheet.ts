import { posix } from 'node:path';
import postcss, { type AtRule, type ChildNode, type Declaration, type Root } from 'postcss';
import selectorParser from 'postcss-selector-parser';
import { BuildFault } from '../build-fault.ts';

export interface StyleSheetInput {
  /** Path inside the package, with `.wxss`. */
  readonly path: string;
  /** Prefix of class names of a component; absent for pages and app.wxss. */
  readonly scope?: string;
  read(path: string): string;
  /** Served path of a picture inside the package; undefined when there is none. */
  asset(path: string): string | undefined;
}

const RPX = /(-?(?:\d+\.)?\d+|-?\.\d+)rpx\b/g;
const URL_REFERENCE = /url\(\s*(['"]?)([^'")]+)\1\s*\)/g;

/** Lengths in rpx (1/750 of the page's width) as CSS. */
export function rpxToCss(value: string): string {
  return value.replace(RPX, 'calc($1 * var(--rpx))');
}

function inside(from: string, reference: string): string {
  return reference.startsWith('/') ? reference.slice(1) : posix.join(posix.dirname(from), reference);
}

/** Replaces each `@import` by what it names; a file is taken once. */
function inlineImports(root: Root, input: StyleSheetInput, path: string, seen: Set<string>): void {
  root.walkAtRules('import', (rule: AtRule) => {
    const reference = /["']([^"']+)["']/.exec(rule.params)?.[1];
    if (reference === undefined) throw new BuildFault('style sheet', [`${path}: @import ${rule.params}`]);
    const target = inside(path, reference);
    if (seen.has(target)) {
      rule.remove();
      return;
    }
    seen.add(target);
    const imported = postcss.parse(input.read(target), { from: target });
    rebaseUrls(imported, input, target);
    inlineImports(imported, input, target, seen);
    const nodes: ChildNode[] = imported.nodes;
    rule.replaceWith(...nodes);
  });
}

function rebaseUrls(root: Root, input: StyleSheetInput, path: string): void {
  root.walkDecls((declaration: Declaration) => {
    if (!declaration.value.includes('url(')) return;
    declaration.value = declaration.value.replace(URL_REFERENCE, (whole, _quote, reference: string) => {
      if (/^(?:[a-z]+:|\/\/|#|assets\/)/i.test(reference)) return whole;
      const served = input.asset(inside(path, reference));
      if (served === undefined) throw new BuildFault('style sheet', [`${path}: no picture ${reference}`]);
      return `url("${served}")`;
    });
  });
}

function selectorTransform(scope: string | undefined): (selector: string) => string {
  const processor = selectorParser((selectors) => {
    selectors.walkTags((tag) => {
      tag.value = `wx-${tag.value}`;
    });
    selectors.walkClasses((name) => {
      if (scope !== undefined) name.value = `${scope}--${name.value}`;
    });
    selectors.walkIds((id) => {
      // Ids in the document carry a prefix per component instance; :is keeps the weight of an id.
      const parsed = selectorParser().astSync(`:is(#_,[id$="--${id.value}"])`);
      const [found] = parsed.nodes[0]?.nodes ?? [];
      if (found === undefined) return;
      found.spaces = id.spaces;
      id.replaceWith(found);
    });
    selectors.walkPseudos((pseudo) => {
      if (pseudo.value !== ':host') return;
      const attribute = selectorParser().astSync(`[wx-host="${scope ?? ''}"]`).nodes[0]?.nodes[0];
      if (attribute !== undefined) pseudo.replaceWith(attribute);
    });
  });
  return (selector) => processor.processSync(selector);
}

/** WXSS as CSS for the browser host: rpx, prefixed tags, scoped classes, ids with prefixes, pictures. */
export function compileStyleSheet(input: StyleSheetInput): string {
  const root = postcss.parse(input.read(input.path), { from: input.path });
  rebaseUrls(root, input, input.path);
  inlineImports(root, input, input.path, new Set([input.path]));
  const transform = selectorTransform(input.scope);
  root.walkRules((rule) => {
    const parent = rule.parent;
    if (parent?.type === 'atrule' && /keyframes$/i.test((parent as AtRule).name)) return;
    rule.selector = transform(rule.selector);
  });
  root.walkDecls((declaration) => {
    declaration.value = rpxToCss(declaration.value);
  });
  root.walkComments((comment) => {
    comment.remove();
  });
  return root.toString().trim();
}
