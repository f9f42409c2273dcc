import { reasonOf, type Callbacks } from './calls.ts';
import { incoming, outgoing } from './request-data.ts';

interface RequestOptions extends Callbacks {
  readonly url: string;
  readonly data?: unknown;
  readonly header?: Record<string, string>;
  readonly method?: string;
  readonly dataType?: string;
  readonly responseType?: string;
  /** ms */
  readonly timeout?: number;
}

interface RequestTask {
  abort(): void;
  onHeadersReceived(listener: (result: { header: Record<string, string> }) => void): void;
  offHeadersReceived(): void;
}

/** WeChat's default, ms. */
const TIMEOUT_MS = 60_000;

function headersOf(header: Record<string, string> | undefined): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(header ?? {})) {
    // The browser keeps this one to itself.
    if (name.toLowerCase() !== 'referer') headers.set(name, value);
  }
  return headers;
}

async function perform(
  options: RequestOptions,
  signal: AbortSignal,
  headersReceived: (header: Record<string, string>) => void,
): Promise<object> {
  const method = (options.method ?? 'GET').toUpperCase();
  const headers = headersOf(options.header);
  const out = outgoing(method, options.url, options.data, headers.get('content-type') ?? undefined);
  if (out.contentType !== undefined) headers.set('content-type', out.contentType);
  const response = await fetch(out.url, {
    method,
    headers,
    signal,
    ...(out.body === undefined ? {} : { body: out.body }),
  });
  const header: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    header[name] = value;
  });
  headersReceived(header);
  const data =
    options.responseType === 'arraybuffer'
      ? await response.arrayBuffer()
      : incoming(await response.text(), options.dataType ?? 'json');
  return { data, statusCode: response.status, header, cookies: [], errMsg: 'request:ok' };
}

/** `wx.request`: an address without host goes to the host's own origin; every HTTP status is a success. */
export function request(options: RequestOptions): RequestTask {
  const abort = new AbortController();
  let reason = '';
  let headersReceived: ((result: { header: Record<string, string> }) => void) | undefined;
  const give = (why: string): void => {
    if (reason === '') reason = why;
    abort.abort();
  };
  const timer = window.setTimeout(() => {
    give('timeout');
  }, options.timeout ?? TIMEOUT_MS);
  perform(options, abort.signal, (header) => {
    headersReceived?.({ header });
  })
    .finally(() => {
      clearTimeout(timer);
    })
    .then(
      (result) => {
        options.success?.(result);
        options.complete?.(result);
      },
      (error: unknown) => {
        const why = reason === '' ? reasonOf(error) : reason;
        const failure = { errno: reason === 'timeout' ? 5 : 600000, errMsg: `request:fail ${why}` };
        options.fail?.(failure);
        options.complete?.(failure);
      },
    );
  return {
    abort: () => {
      give('abort');
    },
    onHeadersReceived: (listener) => {
      headersReceived = listener;
    },
    offHeadersReceived: () => {
      headersReceived = undefined;
    },
  };
}
