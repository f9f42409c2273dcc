/** Success text of the Ezviz API; nobody may test it. */
const SUCCESS = '操作成功!';

/** Answer of a classic call: the code is a text. */
export interface Envelope {
  readonly code: string;
  readonly msg: string;
  readonly data?: unknown;
  readonly page?: { readonly total: number; readonly page: number; readonly size: number };
}

/** Success, with data when there is any. */
export function ok(data?: unknown): Envelope {
  return data === undefined ? { code: '200', msg: SUCCESS } : { data, code: '200', msg: SUCCESS };
}

/** Success of a list. */
export function okPage(data: readonly unknown[], total: number, page: number, size: number): Envelope {
  return { page: { total, page, size }, data, code: '200', msg: SUCCESS };
}
