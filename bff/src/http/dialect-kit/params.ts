/** Why a parameter is not usable. */
export class ParamFault extends Error {
  readonly field: string;

  constructor(field: string) {
    super(`parameter ${field} is not usable`);
    this.name = 'ParamFault';
    this.field = field;
  }
}

/** The parameters of a call, from query and body together; the body wins. Values are texts, as clients send them. */
export class Params {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** The same parameters, with one that clients know under another name as well. */
  renamed(from: string, to: string): Params {
    const value = this.#values.get(from);
    return value === undefined ? this : new Params(new Map(this.#values).set(to, value));
  }

  /** `undefined` when absent or empty. */
  text(name: string): string | undefined {
    const value = this.#values.get(name)?.trim();
    return value === undefined || value === '' ? undefined : value;
  }

  /** Throws {@link ParamFault} when absent or longer than `maxLength`. */
  required(name: string, maxLength: number): string {
    const value = this.text(name);
    if (value === undefined || value.length > maxLength) throw new ParamFault(name);
    return value;
  }

  /** A whole number in [min, max]; `undefined` when absent. Throws {@link ParamFault} when it is something else. */
  whole(name: string, min: number, max: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) throw new ParamFault(name);
    return number;
  }
}
