import { flag, number, text, type Builtin, type BuiltinNode, type BuiltinPart } from './define.ts';
import { actOnForm, fieldsIn, registerField, registerForm } from './fields.ts';
import { hover, HOVER_PROPERTIES } from './hover.ts';

function createButton(node: BuiltinNode): BuiltinPart {
  const { host } = node;
  host.setAttribute('role', 'button');
  host.tabIndex = 0;
  hover(node);
  host.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    host.click();
  });
  node.component.addListener('tap', () => {
    const action = node.text('formType');
    if (action !== '' && !node.flag('disabled')) actOnForm(host, action);
  });
  return {
    update(name, value) {
      if (name === 'disabled') {
        host.toggleAttribute('data-disabled', value === true);
        host.setAttribute('aria-disabled', String(value === true));
      } else if (name === 'plain' || name === 'loading') host.toggleAttribute(`data-${name}`, value === true);
      else if (name === 'type' || name === 'size') host.setAttribute(`data-${name}`, String(value));
    },
  };
}

const button: Builtin = {
  tag: 'button',
  properties: {
    ...HOVER_PROPERTIES,
    hoverClass: text('button-hover'),
    type: text('default'),
    size: text('default'),
    plain: flag(),
    disabled: flag(),
    loading: flag(),
    formType: text(),
    openType: text(),
  },
  create: createButton,
};

const form: Builtin = {
  tag: 'form',
  properties: { reportSubmit: flag() },
  create(node) {
    registerForm(node.host, (action) => {
      const fields = fieldsIn(node.host);
      if (action === 'reset') {
        for (const field of fields) field.reset();
        node.trigger('reset');
        return;
      }
      const value = Object.fromEntries(
        fields.flatMap((field) => (field.name() === '' ? [] : [[field.name(), field.value()]])),
      );
      node.trigger('submit', { value });
    });
    return {};
  },
};

const INPUT_MODES: Readonly<Record<string, string>> = { number: 'numeric', digit: 'decimal', idcard: 'text' };

type TextControl = HTMLInputElement | HTMLTextAreaElement;

/** What the page's `input` handler answers takes the place of what was typed. */
function typed(node: BuiltinNode, control: TextControl): void {
  node.change('value', control.value);
  node.trigger('input', { value: control.value, cursor: control.selectionStart ?? control.value.length });
  if (control.value !== node.text('value')) control.value = node.text('value');
}

function updateText(control: TextControl, name: string, value: unknown): void {
  if (name === 'value') {
    const next = typeof value === 'string' ? value : '';
    if (control.value !== next) control.value = next;
  } else if (name === 'placeholder') control.placeholder = String(value);
  else if (name === 'disabled') control.disabled = value === true;
  else if (name === 'maxlength') {
    const length = Number(value);
    if (length >= 0) control.maxLength = length;
    else control.removeAttribute('maxlength');
  } else if (name === 'focus') {
    if (value === true)
      queueMicrotask(() => {
        control.focus();
      });
  }
}

function wireText(node: BuiltinNode, control: TextControl): void {
  node.host.append(control);
  control.addEventListener('input', () => {
    typed(node, control);
  });
  control.addEventListener('focus', () => {
    node.trigger('focus', { value: control.value, height: 0 });
  });
  control.addEventListener('blur', () => {
    node.trigger('blur', { value: control.value });
  });
  registerField(node.host, {
    name: () => node.text('name'),
    value: () => control.value,
    reset: () => {
      node.change('value', '');
    },
  });
}

const TEXT_PROPERTIES = {
  value: text(),
  name: text(),
  placeholder: text(),
  placeholderClass: text(),
  placeholderStyle: text(),
  disabled: flag(),
  maxlength: number(140),
  focus: flag(),
  confirmType: text('done'),
  confirmHold: flag(),
  cursorSpacing: number(0),
  adjustPosition: flag(true),
};

const input: Builtin = {
  tag: 'input',
  properties: { ...TEXT_PROPERTIES, type: text('text'), password: flag() },
  create(node) {
    const control = document.createElement('input');
    control.autocomplete = 'off';
    wireText(node, control);
    control.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      node.trigger('confirm', { value: control.value });
      if (!node.flag('confirmHold')) control.blur();
    });
    return {
      update(name, value) {
        if (name === 'type') control.inputMode = INPUT_MODES[String(value)] ?? 'text';
        else if (name === 'password') control.type = value === true ? 'password' : 'text';
        else if (name === 'confirmType')
          control.enterKeyHint =
            value === 'send' || value === 'search' || value === 'next' || value === 'go' ? value : 'done';
        else if (name === 'ariaLabel') control.setAttribute('aria-label', String(value));
        else updateText(control, name, value);
      },
    };
  },
};

const textarea: Builtin = {
  tag: 'textarea',
  properties: { ...TEXT_PROPERTIES, autoHeight: flag(), fixed: flag(), showConfirmBar: flag(true) },
  create(node) {
    const control = document.createElement('textarea');
    wireText(node, control);
    return {
      update(name, value) {
        updateText(control, name, value);
        if (name === 'value' && node.flag('autoHeight')) {
          control.style.height = 'auto';
          control.style.height = `${control.scrollHeight}px`;
        }
      },
    };
  },
};

const switchElement: Builtin = {
  tag: 'switch',
  properties: { checked: flag(), disabled: flag(), type: text('switch'), color: text(), name: text() },
  create(node) {
    const { host } = node;
    host.setAttribute('role', 'switch');
    host.tabIndex = 0;
    node.component.addListener('tap', () => {
      if (node.flag('disabled')) return;
      const value = !node.flag('checked');
      node.change('checked', value);
      node.trigger('change', { value });
    });
    registerField(host, {
      name: () => node.text('name'),
      value: () => node.flag('checked'),
      reset: () => {
        node.change('checked', false);
      },
    });
    return {
      update(name, value) {
        if (name === 'checked') host.setAttribute('aria-checked', String(value === true));
        else if (name === 'disabled') host.toggleAttribute('data-disabled', value === true);
        else if (name === 'color' && typeof value === 'string' && value !== '')
          host.style.setProperty('--yimu-on', value);
      },
    };
  },
};

const label: Builtin = {
  tag: 'label',
  properties: { for: text() },
  create(node) {
    node.component.addListener('tap', (event) => {
      const original = event.getOriginalEvent() as Event | undefined;
      const origin = original?.target instanceof Element ? original.target : node.host;
      const controls = 'wx-input,wx-textarea,wx-switch,wx-button,wx-picker';
      if (origin.closest(controls) !== null) return;
      const id = node.text('for');
      const page = node.host.closest('.yimu-scroll');
      const target =
        id === '' ? node.host.querySelector(controls) : page?.querySelector(`[id$="--${CSS.escape(id)}"]`);
      const control = target?.querySelector<HTMLElement>('input,textarea');
      if (control) control.focus();
      else if (target instanceof HTMLElement) target.click();
    });
    return {};
  },
};

export const FORM_ELEMENTS: readonly Builtin[] = [button, form, input, textarea, switchElement, label];
