import { element, pressable } from './element.ts';

export interface ModalOptions {
  readonly title: string;
  readonly content: string;
  readonly showCancel: boolean;
  readonly cancelText: string;
  readonly confirmText: string;
  readonly editable: boolean;
  readonly placeholderText: string;
}

export interface ModalResult {
  readonly confirm: boolean;
  readonly cancel: boolean;
  readonly content: string | null;
}

/** What floats above the pages: toast, loading, modal, sheets. One of each kind at a time, as on a phone. */
export class Overlay {
  readonly #layer = element('div', 'yimu-overlay');
  #toast: HTMLElement | undefined;
  #toastTimer: number | undefined;

  constructor(stage: HTMLElement) {
    stage.append(this.#layer);
  }

  /** A short note; `duration` in ms, 0 until hidden. Toast and loading take each other's place. */
  showToast(title: string, icon: string, duration: number, mask: boolean): void {
    this.hideToast();
    const toast = element('div', 'yimu-toast');
    toast.dataset['icon'] = icon;
    toast.setAttribute('role', 'status');
    if (icon !== 'none') toast.append(element('span', 'yimu-toast-icon'));
    toast.append(element('span', 'yimu-toast-text', title));
    const box = element('div', mask ? 'yimu-mask yimu-clear' : 'yimu-through');
    box.append(toast);
    this.#layer.append(box);
    this.#toast = box;
    if (duration > 0)
      this.#toastTimer = window.setTimeout(() => {
        this.hideToast();
      }, duration);
  }

  hideToast(): void {
    clearTimeout(this.#toastTimer);
    this.#toast?.remove();
    this.#toast = undefined;
  }

  showModal(options: ModalOptions): Promise<ModalResult> {
    return new Promise((resolve) => {
      const mask = element('div', 'yimu-mask');
      const box = element('div', 'yimu-modal');
      box.setAttribute('role', 'dialog');
      box.setAttribute('aria-modal', 'true');
      if (options.title !== '') box.append(element('div', 'yimu-modal-title', options.title));
      const field = document.createElement('input');
      if (options.editable) {
        field.value = options.content;
        field.placeholder = options.placeholderText;
        box.append(field);
      } else box.append(element('div', 'yimu-modal-content', options.content));
      const close = (confirm: boolean): void => {
        mask.remove();
        resolve({ confirm, cancel: !confirm, content: confirm && options.editable ? field.value : null });
      };
      const row = element('div', 'yimu-modal-buttons');
      if (options.showCancel)
        row.append(
          pressable('yimu-modal-cancel', options.cancelText, () => {
            close(false);
          }),
        );
      row.append(
        pressable('yimu-modal-confirm', options.confirmText, () => {
          close(true);
        }),
      );
      box.append(row);
      mask.append(box);
      this.#layer.append(mask);
    });
  }

  /** A list from below; the index that was chosen, undefined when the user left it. */
  showSheet(items: readonly string[], selected = -1): Promise<number | undefined> {
    return new Promise((resolve) => {
      const mask = element('div', 'yimu-mask yimu-low');
      const sheet = element('div', 'yimu-sheet');
      const close = (index: number | undefined): void => {
        mask.remove();
        resolve(index);
      };
      items.forEach((item, index) => {
        const row = pressable('yimu-sheet-item', item, () => {
          close(index);
        });
        if (index === selected) row.setAttribute('aria-current', 'true');
        sheet.append(row);
      });
      sheet.append(
        pressable('yimu-sheet-cancel', '取消', () => {
          close(undefined);
        }),
      );
      mask.addEventListener('click', (event) => {
        if (event.target === mask) close(undefined);
      });
      mask.append(sheet);
      this.#layer.append(mask);
    });
  }

  /** A date (`yyyy-MM-dd`) or time (`HH:mm`) from the browser's own control. */
  showInput(type: 'date' | 'time', value: string, min: string, max: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const mask = element('div', 'yimu-mask yimu-low');
      const sheet = element('div', 'yimu-sheet');
      const field = document.createElement('input');
      field.type = type;
      field.value = value;
      if (min !== '') field.min = min;
      if (max !== '') field.max = max;
      const close = (chosen: string | undefined): void => {
        mask.remove();
        resolve(chosen);
      };
      sheet.append(
        field,
        pressable('yimu-sheet-item', '确定', () => {
          close(field.value === '' ? undefined : field.value);
        }),
        pressable('yimu-sheet-cancel', '取消', () => {
          close(undefined);
        }),
      );
      mask.append(sheet);
      this.#layer.append(mask);
    });
  }

  clear(): void {
    this.hideToast();
    this.#layer.replaceChildren();
  }
}
