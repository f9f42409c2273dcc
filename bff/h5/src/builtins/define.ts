import type { ComponentSpace, GeneralComponent, GeneralComponentDefinition } from 'glass-easel';

type PropertyType = StringConstructor | NumberConstructor | BooleanConstructor | ArrayConstructor | null;

export interface BuiltinProperty {
  readonly type: PropertyType;
  readonly value: unknown;
}

/** A built-in as its implementation sees it. */
export interface BuiltinNode {
  readonly host: HTMLElement;
  readonly component: GeneralComponent;
  get(name: string): unknown;
  text(name: string): string;
  flag(name: string): boolean;
  /** Changes an own property as the user's act, so that `model:` bindings follow. */
  change(name: string, value: unknown): void;
  trigger(type: string, detail?: unknown): void;
  /** Path of the page or component whose template holds this element. */
  ownerPath(): string;
}

export interface BuiltinPart {
  /** Called for every property once at creation and at each change. */
  readonly update?: (name: string, value: unknown) => void;
  readonly attached?: () => void;
  readonly detached?: () => void;
  readonly pageShown?: () => void;
  readonly pageHidden?: () => void;
}

export interface Builtin {
  readonly tag: string;
  readonly properties?: Readonly<Record<string, BuiltinProperty>>;
  create(node: BuiltinNode): BuiltinPart;
}

export const text = (value = ''): BuiltinProperty => ({ type: String, value });
export const flag = (value = false): BuiltinProperty => ({ type: Boolean, value });
export const number = (value: number): BuiltinProperty => ({ type: Number, value });
export const anything = (value: unknown = null): BuiltinProperty => ({ type: null, value });

/** Attributes that every element takes. */
const COMMON: Readonly<Record<string, BuiltinProperty>> = {
  hidden: flag(),
  role: text(),
  ariaRole: text(),
  ariaLabel: text(),
  ariaHidden: text(),
  ariaDisabled: text(),
  ariaLive: text(),
  ariaPressed: text(),
  ariaChecked: text(),
};

/** What a page calls a button can be reached and pressed with the keyboard too; the click becomes a tap. */
function pressableByKeys(host: HTMLElement): void {
  if (host.tabIndex === 0) return;
  host.tabIndex = 0;
  host.addEventListener('keydown', (event) => {
    if (event.target !== host || event.repeat || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    host.click();
  });
}

function applyCommon(host: HTMLElement, name: string, value: unknown): boolean {
  if (!(name in COMMON)) return false;
  if (name === 'hidden') {
    host.classList.toggle('yimu-hidden', value === true);
    return true;
  }
  if (name === 'ariaRole' && value === 'button') pressableByKeys(host);
  const attribute = name === 'ariaRole' ? 'role' : name.replace('aria', 'aria-').toLowerCase();
  if (typeof value === 'string' && value !== '') host.setAttribute(attribute, value);
  return true;
}

function nodeFor(component: GeneralComponent): BuiltinNode {
  const data = component.data as Record<string, unknown>;
  return {
    component,
    host: component.$$ as unknown as HTMLElement,
    get: (name) => data[name],
    text: (name) => {
      const value = data[name];
      return typeof value === 'string' ? value : '';
    },
    flag: (name) => data[name] === true,
    change: (name, value) => {
      component.setData({ [name]: value });
    },
    trigger: (type, detail = {}) => {
      component.triggerEvent(type, detail, {});
    },
    ownerPath: () => component.ownerShadowRoot?.getHostNode().is ?? '',
  };
}

/** Registers a built-in under its tag for every template of the space. */
export function defineBuiltin(space: ComponentSpace, builtin: Builtin): void {
  const parts = new WeakMap<object, BuiltinPart>();
  const specs = { ...COMMON, ...builtin.properties };
  const apply = (component: GeneralComponent, name: string, value: unknown): void => {
    if (applyCommon(component.$$ as unknown as HTMLElement, name, value)) return;
    parts.get(component)?.update?.(name, value);
  };
  const properties: Record<string, object> = {};
  for (const [name, { type, value }] of Object.entries(specs)) {
    properties[name] = {
      type,
      value,
      observer(this: GeneralComponent, next: unknown) {
        apply(this, name, next);
      },
    };
  }
  const lifecycle = (name: keyof BuiltinPart) =>
    function (this: GeneralComponent): void {
      const step = parts.get(this)?.[name] as (() => void) | undefined;
      step?.();
    };
  const definition = space.defineComponent({
    is: `builtin/${builtin.tag}`,
    properties,
    lifetimes: {
      created(this: unknown) {
        const component = this as GeneralComponent;
        parts.set(component, builtin.create(nodeFor(component)));
        for (const [name, { value }] of Object.entries(specs)) apply(component, name, value);
      },
      attached: lifecycle('attached'),
      detached: lifecycle('detached'),
    },
    pageLifetimes: { show: lifecycle('pageShown'), hide: lifecycle('pageHidden') },
  });
  space.setGlobalUsingComponent(builtin.tag, definition as GeneralComponentDefinition);
}
