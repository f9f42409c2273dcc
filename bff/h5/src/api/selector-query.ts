import type { Element as GlassElement } from 'glass-easel';
import { Component } from 'glass-easel';
import type { ComponentCaller } from 'glass-easel-miniprogram-adapter';
import { boxInPage } from '../dom/viewport.ts';
import { livePlayerControls } from '../builtins/live-player.ts';

export interface QueryFields {
  id?: boolean;
  dataset?: boolean;
  mark?: boolean;
  rect?: boolean;
  size?: boolean;
  scrollOffset?: boolean;
  properties?: string[];
  computedStyle?: string[];
  context?: boolean;
  node?: boolean;
}

type Result = Record<string, unknown> | null;
type Callback<T> = (result: T) => void;

type AddItem = (fields: QueryFields, callback: Callback<unknown> | undefined) => void;

interface Item {
  readonly scope: ComponentCaller;
  readonly selector: string | undefined;
  readonly single: boolean;
  readonly fields: QueryFields;
  readonly callback: Callback<unknown> | undefined;
}

const RECT: QueryFields = { id: true, dataset: true, rect: true, size: true };

function measure(host: HTMLElement, fields: QueryFields): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const { left, top, width, height } = boxInPage(host);
  if (fields.rect === true) Object.assign(result, { left, top, right: left + width, bottom: top + height });
  if (fields.size === true) Object.assign(result, { width, height });
  if (fields.scrollOffset === true) {
    const { scrollLeft, scrollTop, scrollWidth, scrollHeight } = host;
    Object.assign(result, { scrollLeft, scrollTop, scrollWidth, scrollHeight });
  }
  if (fields.computedStyle !== undefined) {
    const style = getComputedStyle(host);
    for (const name of fields.computedStyle) {
      result[name] = style.getPropertyValue(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
    }
  }
  return result;
}

function read(node: GlassElement, fields: QueryFields): Record<string, unknown> {
  const host = node.$$ as unknown as HTMLElement | null;
  const result = host === null ? {} : measure(host, fields);
  if (fields.id === true) result['id'] = node.id;
  if (fields.dataset === true) result['dataset'] = { ...node.dataset };
  if (fields.mark === true) result['mark'] = { ...node.collectMarks() };
  if (fields.node === true) result['node'] = host;
  if (Component.isComponent(node)) {
    if (fields.context === true) result['context'] = livePlayerControls(node);
    for (const name of fields.properties ?? []) result[name] = (node.data as Record<string, unknown>)[name];
  }
  return result;
}

function viewport(scope: ComponentCaller, fields: QueryFields): Record<string, unknown> {
  const scroller = (scope._$.$$ as unknown as HTMLElement | null)?.closest<HTMLElement>('.yimu-scroll');
  if (!scroller) return {};
  const result = measure(scroller, fields);
  if (fields.id === true) result['id'] = '';
  if (fields.dataset === true) result['dataset'] = {};
  return result;
}

/** One selection inside a query: says what is wanted of the nodes. */
class NodesRef {
  readonly #query: SelectorQuery;
  readonly #add: AddItem;

  constructor(query: SelectorQuery, add: AddItem) {
    this.#query = query;
    this.#add = add;
  }

  fields(fields: QueryFields, callback?: Callback<unknown>): SelectorQuery {
    this.#add(fields, callback);
    return this.#query;
  }

  boundingClientRect(callback?: Callback<unknown>): SelectorQuery {
    return this.fields(RECT, callback);
  }

  scrollOffset(callback?: Callback<unknown>): SelectorQuery {
    return this.fields({ id: true, dataset: true, scrollOffset: true }, callback);
  }

  context(callback?: Callback<unknown>): SelectorQuery {
    return this.fields({ context: true }, callback);
  }

  node(callback?: Callback<unknown>): SelectorQuery {
    return this.fields({ node: true }, callback);
  }
}

/** `wx.createSelectorQuery()`: boxes in the page's coordinates, CSS pixels, answered in a later turn. */
export class SelectorQuery {
  readonly #items: Item[] = [];
  #scope: ComponentCaller | undefined;

  constructor(scope: ComponentCaller | undefined) {
    this.#scope = scope;
  }

  in(component: ComponentCaller): this {
    this.#scope = component;
    return this;
  }

  select(selector: string): NodesRef {
    return this.#ref(selector, true);
  }

  selectAll(selector: string): NodesRef {
    return this.#ref(selector, false);
  }

  selectViewport(): NodesRef {
    return this.#ref(undefined, true);
  }

  exec(callback?: Callback<unknown[]>): this {
    const items = [...this.#items];
    setTimeout(() => {
      const results = items.map((item) => {
        const result = answerOf(item);
        item.callback?.(result);
        return result;
      });
      callback?.(results);
    });
    return this;
  }

  #ref(selector: string | undefined, single: boolean): NodesRef {
    return new NodesRef(this, (fields, callback) => {
      if (this.#scope === undefined) return;
      this.#items.push({ scope: this.#scope, selector, single, fields, callback });
    });
  }
}

function answerOf({ scope, selector, single, fields }: Item): Result | Result[] {
  if (selector === undefined) return viewport(scope, fields);
  const root = scope._$.getShadowRoot();
  if (single) {
    const node = root?.querySelector(selector);
    return node ? read(node, fields) : null;
  }
  return (root?.querySelectorAll(selector) ?? []).map((node) => read(node, fields));
}
