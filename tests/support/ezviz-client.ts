/** What the Ezviz API answers. */
export interface EzvizAnswer {
  readonly code: string;
  readonly msg: string;
  readonly data?: unknown;
}

/** A client of the Ezviz API as existing apps write it: POST, urlencoded, a token in every call. */
export class EzvizClient {
  readonly #apiUrl: string;
  readonly #accessToken: string | undefined;

  constructor(apiUrl: string, accessToken?: string) {
    this.#apiUrl = apiUrl;
    this.#accessToken = accessToken;
  }

  async call(path: string, params: Readonly<Record<string, string | number>> = {}): Promise<EzvizAnswer> {
    const body = new URLSearchParams();
    if (this.#accessToken !== undefined) body.set('accessToken', this.#accessToken);
    for (const [name, value] of Object.entries(params)) body.set(name, String(value));
    const response = await fetch(`${this.#apiUrl}/api/lapp/${path}`, { method: 'POST', body });
    return (await response.json()) as EzvizAnswer;
  }

  /** The data of a call that must succeed. */
  async data<T>(path: string, params: Readonly<Record<string, string | number>> = {}): Promise<T> {
    const { code, msg, data } = await this.call(path, params);
    if (code !== '200') throw new Error(`${path}: ${code} ${msg}`);
    return data as T;
  }

  /** A live FLV address. */
  async liveUrl(
    params: Readonly<Record<string, string | number>>,
  ): Promise<{ readonly id: string; readonly url: string }> {
    return await this.data('v2/live/address/get', { protocol: 4, quality: 1, ...params });
  }
}
