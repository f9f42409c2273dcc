/** A form's field: its name and value now, and how to put it back. */
export interface Field {
  name(): string;
  value(): unknown;
  reset(): void;
}

const fields = new WeakMap<Element, Field>();

export function registerField(host: Element, field: Field): void {
  fields.set(host, field);
}

/** The fields below `root`, in document order. */
export function fieldsIn(root: Element): Field[] {
  return [...root.querySelectorAll('wx-input,wx-textarea,wx-switch,wx-picker')].flatMap((element) => {
    const field = fields.get(element);
    return field === undefined ? [] : [field];
  });
}

const forms = new WeakMap<Element, (action: string) => void>();

export function registerForm(host: Element, act: (action: string) => void): void {
  forms.set(host, act);
}

/** Submits or resets the form around `element`. */
export function actOnForm(element: Element, action: string): void {
  const host = element.closest('wx-form');
  if (host !== null) forms.get(host)?.(action);
}
