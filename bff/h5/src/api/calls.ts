/** The three callbacks that every asynchronous `wx` call takes. */
export interface Callbacks {
  success?: (result: unknown) => void;
  fail?: (error: unknown) => void;
  complete?: (result: unknown) => void;
}

/** Why a call failed, as WeChat words it: `name:fail reason`. */
export class CallFailure extends Error {
  readonly facts: object;

  constructor(reason: string, facts: object = {}) {
    super(reason);
    this.facts = facts;
  }
}

/** The text of whatever was thrown; a value from another realm is no `Error` of this one. */
export function reasonOf(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(error);
}

function hasCallbacks(options: Callbacks): boolean {
  return options.success !== undefined || options.fail !== undefined || options.complete !== undefined;
}

function failureOf(name: string, error: unknown): object {
  const reason = reasonOf(error);
  return {
    ...(error instanceof CallFailure ? error.facts : {}),
    errMsg: `${name}:fail${reason === '' ? '' : ` ${reason}`}`,
  };
}

/** Calls the callbacks, outside the caller's own turn; returns a promise only when there are none. */
export function answer(name: string, options: Callbacks, work: () => unknown): Promise<unknown> | undefined {
  const outcome = (async () => {
    await Promise.resolve();
    const result: unknown = await work();
    const facts = typeof result === 'object' && result !== null ? result : {};
    return { ...facts, errMsg: `${name}:ok` };
  })();
  if (!hasCallbacks(options)) {
    // eslint's rejection rule wants an Error; WeChat's own promise rejects with `{errMsg}`, on which pages rely.
    return outcome.catch((error: unknown) => rejectWith(failureOf(name, error)));
  }
  outcome.then(
    (result) => {
      options.success?.(result);
      options.complete?.(result);
    },
    (error: unknown) => {
      const failure = failureOf(name, error);
      options.fail?.(failure);
      options.complete?.(failure);
    },
  );
  return undefined;
}

async function rejectWith(failure: object): Promise<never> {
  return Promise.reject(Object.assign(new Error('wx call failed'), failure));
}

type Work<O> = (options: O) => unknown;

/** An asynchronous member of `wx`. */
export type WxCall<O> = (options?: Partial<O> & Callbacks) => Promise<unknown> | undefined;

/** An asynchronous `wx` function out of its work: callback and promise style, `errMsg` added. */
export function call<O extends object>(name: string, work: Work<O & Callbacks>): WxCall<O> {
  return (options = {}) => answer(name, options, () => work(options as O & Callbacks));
}

/** A `wx` function that only WeChat can do: fails with a reason that the page can show. */
export function unsupported(name: string, reason = 'not supported in a browser'): WxCall<object> {
  return call(name, () => {
    throw new CallFailure(reason);
  });
}

/** Listeners of one kind of event: `wx.onX` and `wx.offX`. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  readonly on = (listener: (value: T) => void): void => {
    this.#listeners.add(listener);
  };

  /** Without a listener, all are taken off. */
  readonly off = (listener?: (value: T) => void): void => {
    if (listener === undefined) this.#listeners.clear();
    else this.#listeners.delete(listener);
  };

  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
