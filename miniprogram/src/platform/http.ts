/** What came back: any HTTP status is an answer. */
export type HttpAnswer =
  | { readonly ok: true; readonly status: number; readonly body: unknown }
  | { readonly ok: false; readonly reason: 'timeout' | 'network'; readonly detail: string };

export interface HttpCall {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** Sent urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** One request; never rejects. */
export function send({ url, method, form, timeoutMs }: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    wx.request({
      url,
      method,
      ...(form === undefined ? {} : { data: form }),
      header: { 'content-type': 'application/x-www-form-urlencoded' },
      timeout: timeoutMs,
      success: ({ statusCode, data }) => {
        resolve({ ok: true, status: statusCode, body: data });
      },
      fail: ({ errMsg }) => {
        const reason = errMsg.includes('timeout') ? 'timeout' : 'network';
        resolve({ ok: false, reason, detail: errMsg });
      },
    });
  });
}
