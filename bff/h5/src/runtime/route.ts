/** Values as they stand in the URL: like WeChat, the host does not decode them for the page. */
export type Query = Readonly<Record<string, string>>;

export interface Route {
  /** Page path without leading slash or suffix. */
  readonly path: string;
  readonly query: Query;
}

/** `a=1&b=%20` as an object, undecoded; a later key wins. */
export function parseQuery(text: string): Query {
  const query: Record<string, string> = {};
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    if (at < 0) query[pair] = '';
    else query[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return query;
}

/** The inverse of {@link parseQuery}. */
export function formatQuery(query: Query): string {
  return Object.entries(query)
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

/** The text with its escapes resolved (RFC 3986 §2.1); undefined when one of them is broken. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The pairs of a query that can be decoded. */
export function decodablePart(query: Query): Query {
  const pairs = Object.entries(query).filter((pair) => pair.every((text) => decoded(text) !== undefined));
  return Object.fromEntries(pairs);
}

/** A page URL as `navigateTo` takes it (absolute, or relative to the page `from`). */
export function parsePageUrl(url: string, from = ''): Route {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const parts = path.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return {
    path: parts.join('/').replace(/\.html$/, ''),
    query: at < 0 ? {} : parseQuery(url.slice(at + 1)),
  };
}

/** The part of the address bar that names a page. */
export function routeToHash({ path, query }: Route): string {
  const text = formatQuery(query);
  return `#/${path}${text === '' ? '' : `?${text}`}`;
}

/** The page that the address bar names; undefined when it names none. */
export function routeFromHash(hash: string): Route | undefined {
  if (!hash.startsWith('#/') || hash.length <= 2) return undefined;
  return parsePageUrl(hash.slice(1));
}
