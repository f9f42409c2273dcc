import { safeCallback } from 'glass-easel';
import type { LaunchOptions } from './launch.ts';

type Hook = (this: unknown, argument?: unknown) => unknown;

/** The object made by `App({...})`, and its life. */
export class AppInstance {
  #definition: Record<string, unknown> = {};

  define(definition: object = {}): void {
    this.#definition = { ...definition };
  }

  /** What `getApp()` answers. */
  get object(): Record<string, unknown> {
    return this.#definition;
  }

  launch(options: LaunchOptions): void {
    this.#call('onLaunch', options);
  }

  show(options: LaunchOptions): void {
    this.#call('onShow', options);
  }

  hide(): void {
    this.#call('onHide');
  }

  error(message: string): void {
    const hook = this.#definition['onError'];
    if (typeof hook !== 'function') return;
    try {
      (hook as Hook).call(this.#definition, message);
    } catch (error) {
      // An error of the error hook must not come round to it again.
      console.error(error);
    }
  }

  pageNotFound(options: { path: string; query: object; isEntryPage: boolean }): void {
    this.#call('onPageNotFound', options);
  }

  #call(name: string, argument?: unknown): void {
    const hook = this.#definition[name];
    if (typeof hook === 'function') safeCallback(name, hook as Hook, this.#definition, [argument]);
  }
}
