type Fields = Record<string, unknown>;

function encodeFields(data: Fields): string {
  return Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(fieldText(value))}`)
    .join('&');
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

function isFields(data: unknown): data is Fields {
  return typeof data === 'object' && data !== null && !(data instanceof ArrayBuffer);
}

export interface OutgoingRequest {
  readonly url: string;
  readonly body: string | ArrayBuffer | undefined;
  readonly contentType: string | undefined;
}

/**
 * WeChat's rule for `data`: with GET it joins the query; with a form content type it is urlencoded; otherwise an
 * object is JSON, and text and bytes go as they are.
 */
export function outgoing(
  method: string,
  url: string,
  data: unknown,
  contentType: string | undefined,
): OutgoingRequest {
  if (data === undefined || data === null) return { url, body: undefined, contentType };
  if (method === 'GET' || method === 'HEAD') {
    const query = isFields(data) ? encodeFields(data) : '';
    if (query === '') return { url, body: undefined, contentType };
    return { url: `${url}${url.includes('?') ? '&' : '?'}${query}`, body: undefined, contentType };
  }
  const type = contentType ?? 'application/json';
  if (!isFields(data))
    return { url, body: data instanceof ArrayBuffer ? data : fieldText(data), contentType: type };
  const form = type.includes('application/x-www-form-urlencoded');
  return { url, body: form ? encodeFields(data) : JSON.stringify(data), contentType: type };
}

/** The answer's body: JSON where it is JSON, text otherwise. */
export function incoming(text: string, dataType: string): unknown {
  if (dataType !== 'json') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
