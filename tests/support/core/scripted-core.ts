import type { CoreErrorCode } from '../../../shared/src/index.ts';
import { CoreError } from '../../../bff/src/kernel/index.ts';

/** What one use-case does when it is called. */
export type Scripted =
  | { readonly answers: unknown }
  | { readonly refuses: CoreErrorCode }
  | { readonly breaks: string }
  /** It gives another part of the core, whose use-cases are scripted under `path()`. */
  | { readonly opens: true };

/** Use-cases by their path from the core, e.g. `access.issueToken` or `devicesOf().list`. */
export type CoreScript = Readonly<Record<string, Scripted>>;

/** Use-cases that do what a script says and remember what they were asked. A call that no script names fails. */
export class ScriptedCore {
  readonly #script: CoreScript;
  readonly calls: { readonly path: string; readonly args: readonly unknown[] }[] = [];

  constructor(script: CoreScript) {
    this.#script = script;
  }

  /** In place of the core, for whatever part of it a dialect takes. */
  get core(): unknown {
    return this.#at('');
  }

  #at(path: string): unknown {
    return new Proxy(() => undefined, {
      // A promise that resolves with a part of the core must not take it for a promise.
      get: (_target, name) =>
        typeof name === 'string' && name !== 'then'
          ? this.#at(path === '' ? name : `${path}.${name}`)
          : undefined,
      apply: (_target, _this, args: readonly unknown[]) => this.#call(path, args),
    });
  }

  #call(path: string, args: readonly unknown[]): unknown {
    this.calls.push({ path, args });
    const scripted = this.#script[path];
    if (!scripted) throw new Error(`the script does not say what ${path} does`);
    if ('opens' in scripted) return this.#at(`${path}()`);
    if ('refuses' in scripted) throw new CoreError(scripted.refuses, 'a text for the log only');
    if ('breaks' in scripted) throw new Error(scripted.breaks);
    return scripted.answers;
  }
}
