import type { GeneralComponent } from 'glass-easel';
import {
  MiniProgramEnv,
  type AssociatedBackend,
  type CodeSpace,
  type Root,
} from 'glass-easel-miniprogram-adapter';
import { registerBuiltins, type BuiltinPorts } from '../builtins/register.ts';
import { PageBackend, SharedStyles } from '../dom/page-backend.ts';
import type { MiniProgramPackage } from '../package.ts';

/** What page code sees as globals besides `Page` and its kin. */
export interface CodeGlobals {
  readonly wx: object;
  readonly App: (definition?: object) => void;
  readonly getApp: () => unknown;
  readonly getCurrentPages: () => unknown[];
}

export interface PageDocument {
  readonly root: Root;
  readonly backend: PageBackend;
}

/** A definition's own `options.styleIsolation`, which the adapter reads from JSON only. */
function isolationOf(definition: object | undefined): Record<string, unknown> {
  const options = (
    definition as { options?: { styleIsolation?: string; addGlobalClass?: boolean } } | undefined
  )?.options;
  return {
    ...(options?.styleIsolation === undefined ? {} : { styleIsolation: options.styleIsolation }),
    ...(options?.addGlobalClass === undefined ? {} : { addGlobalClass: options.addGlobalClass }),
  };
}

/** The package's code: modules run once, on first use; components registered when a page needs them. */
export class Code {
  readonly #pack: MiniProgramPackage;
  readonly #globals: CodeGlobals;
  readonly #env = new MiniProgramEnv();
  readonly #space: CodeSpace;
  readonly #modules = new Map<string, { exports: unknown }>();
  readonly #registered = new Set<string>();
  readonly #styles: SharedStyles;
  readonly #attached: GeneralComponent[] = [];
  readonly longPressListeners = new WeakSet<EventTarget>();

  constructor(pack: MiniProgramPackage, globals: CodeGlobals, builtins: BuiltinPorts) {
    this.#pack = pack;
    this.#globals = globals;
    this.#styles = new SharedStyles(
      new Map(Object.entries(pack.styles).map(([path, { css }]) => [path, css])),
      new Set(pack.pages),
    );
    this.#space = this.#env.createCodeSpace('main', true);
    const space = this.#space.getComponentSpace();
    // A property may be called like a member of the node itself, `dataset` for one.
    space.updateComponentOptions({ writeFieldsToNode: false, writeIdToDOM: true });
    registerBuiltins(space, builtins);
    const attached = this.#attached;
    this.#space.setOverallBehavior(
      space.defineBehavior({
        lifetimes: {
          attached(this: unknown) {
            attached.push((this as { _$: GeneralComponent })._$);
            if (attached.length === 1)
              queueMicrotask(() => {
                flushReady(attached);
              });
          },
        },
      }),
    );
    for (const [path, { css, scope }] of Object.entries(pack.styles)) {
      if (css !== '') this.#space.addStyleSheet(path, path, scope);
    }
  }

  /** Calls `ready` of every component that was attached since the last time, children first. */
  flushReady(): void {
    flushReady(this.#attached);
  }

  runApp(): void {
    this.#require('app.js');
  }

  /** Makes the page's document inside `body`; its components' code has run then. */
  createPage(path: string, url: string, body: HTMLElement, scroller: HTMLElement): PageDocument {
    this.#register(path);
    const backend = new PageBackend({
      body,
      styles: this.#styles,
      longPressListeners: this.longPressListeners,
    });
    const associated: AssociatedBackend = this.#env.associateBackend(backend as never);
    const root = associated.createRoot('page', this.#space, url);
    const placeholder = document.createElement('div');
    scroller.append(placeholder);
    root.attach(scroller, placeholder);
    return { root, backend };
  }

  #register(path: string): void {
    if (this.#registered.has(path)) return;
    this.#registered.add(path);
    const unit = this.#pack.units[path];
    if (unit === undefined) throw new Error(`no component ${path}`);
    const usingComponents: Record<string, string> = {};
    for (const [tag, target] of Object.entries(unit.using)) {
      usingComponents[tag] = `/${target}`;
      this.#register(target);
    }
    this.#space.addComponentStaticConfig(path, {
      component: unit.kind === 'component',
      usingComponents,
      ...(unit.config.styleIsolation === undefined ? {} : { styleIsolation: unit.config.styleIsolation }),
      ...(unit.config.addGlobalClass === undefined ? {} : { addGlobalClass: unit.config.addGlobalClass }),
    });
    const template = this.#pack.templates[path];
    if (template !== undefined) {
      this.#space.addCompiledTemplate(path, { groupList: this.#pack.templates, content: template });
    }
    this.#require(`${path}.js`, path);
  }

  #require(file: string, componentPath?: string): unknown {
    const known = this.#modules.get(file);
    if (known !== undefined) return known.exports;
    const body = this.#pack.modules[file];
    if (body === undefined) throw new Error(`no module ${file}`);
    const module: { exports: unknown } = { exports: {} };
    this.#modules.set(file, module);
    const { wx, App, getApp, getCurrentPages } = this.#globals;
    const require = (reference: string): unknown => this.#require(resolveModule(file, reference));
    const path = componentPath ?? file.replace(/\.js$/, '');
    this.#space.componentEnv(path, ({ Page, Component, Behavior }) => {
      const component = (definition?: object): unknown => {
        const config = this.#space.getComponentStaticConfig(path);
        if (config !== undefined) Object.assign(config, isolationOf(definition));
        return Component(definition);
      };
      body(require, module, module.exports, wx, App, Page, component, Behavior, getApp, getCurrentPages);
    });
    return module.exports;
  }
}

function resolveModule(from: string, reference: string): string {
  const parts = reference.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of reference.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  const path = parts.join('/');
  return path.endsWith('.js') ? path : `${path}.js`;
}

function flushReady(attached: GeneralComponent[]): void {
  for (const component of attached.splice(0).reverse()) component.triggerLifetime('ready', []);
}
