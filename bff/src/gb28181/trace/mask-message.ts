const MASK = '***';
/** Header fields that carry a proof or what one is made with, folded lines included (RFC 3261 §20, RFC 7616). */
const CREDENTIALS =
  /^((?:Proxy-)?Authorization|WWW-Authenticate|Proxy-Authenticate|(?:Proxy-)?Authentication-Info|Note)([ \t]*:[ \t]*)([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)/gim;
/** From the beginning of its name only: else a long name without a value would be tried from each of its letters. */
const PARAMETER = /(?<![\w-])([\w-]+)([ \t]*=[ \t]*)("(?:[^"\\]|\\.)*"?|[^\s,;"]*)/g;
/** Parameters that prove nothing and explain a failure. */
const OPEN_PARAMETERS: ReadonlySet<string> = new Set([
  'username',
  'realm',
  'uri',
  'algorithm',
  'qop',
  'nc',
  'stale',
  'charset',
]);
/** A password in a SIP URI (RFC 3261 §19.1.1). */
const URI_PASSWORD = /(\bsips?:[^\s:@;<>"]{1,128}:)[^\s@;<>"]{1,128}(?=@)/gi;
/** Elements whose whole text is secret, by how their names end. */
const SECRET_ELEMENT =
  /(<(?:[\w.:-]{0,64}(?:password|passwd|pwd|secret|token|credential|loginname)|AuthKey)(?:\s[^<>]*)?>)(?:[^<]+|<!\[CDATA\[[\s\S]*?(?:\]\]>|$))*/gi;
/** The same of attributes. */
const SECRET_ATTRIBUTE =
  /((?:password|passwd|pwd|secret|token|credential|loginname|authkey)\s{0,16}=\s{0,16})(?:"[^"<]*"?|'[^'<]*'?)/gi;
/** URLs that a device is given to fetch or to store something: whoever knows one may use it. */
const URL_ELEMENT =
  /(<(?:[\w.:-]{0,64}UR[LI])(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[\s*)?[a-z][a-z0-9+.-]*:\/\/)([^<]*)/gi;
/** User and password, and the parameters, of any other URL. */
const URL_USER = /(\b[a-z][a-z0-9+.-]{1,10}:\/\/)[^\s/@<>"']{1,256}@/gi;
const URL_QUERY = /(\b[a-z][a-z0-9+.-]{1,10}:\/\/[^\s?<>"']{1,1024}\?)[^\s<>"']+/gi;
const CONTENT_LENGTH = /^((?:Content-Length|l)[ \t]*:[ \t]*)(\d{1,10})[ \t]*(?=\r?$)/im;
const HEAD_END = /\r?\n\r?\n/;

/**
 * A SIP message without what proves who somebody is or lets somebody in: digests and nonces, passwords, tokens, URLs
 * with a secret in them. One character per octet; Content-Length stays as right or wrong as it was. Never
 * throws, and takes time linear in the length.
 */
export function maskMessage(latin1: string): string {
  const headEnd = HEAD_END.exec(latin1);
  const bodyAt = headEnd === null ? latin1.length : headEnd.index + headEnd[0].length;
  const head = latin1
    .slice(0, bodyAt)
    .replace(CREDENTIALS, maskCredentials)
    .replace(URI_PASSWORD, `$1${MASK}`);
  const body = latin1.slice(bodyAt);
  if (body === '') return head;
  const masked = maskBody(body);
  const more = masked.length - body.length;
  if (more === 0) return head + masked;
  return (
    head.replace(
      CONTENT_LENGTH,
      (_, name: string, digits: string) => name + String(Math.max(0, Number(digits) + more)),
    ) + masked
  );
}

function maskCredentials(_: string, name: string, colon: string, value: string): string {
  const digest = /^Digest(?=[ \t\r\n])/i.exec(value);
  if (digest === null && !/Info$/i.test(name)) return name + colon + MASK;
  return (
    name +
    colon +
    value.replace(PARAMETER, (whole, parameter: string, equals: string) =>
      OPEN_PARAMETERS.has(parameter.toLowerCase()) ? whole : `${parameter}${equals}"${MASK}"`,
    )
  );
}

function maskBody(body: string): string {
  if (!body.includes('<') && !body.includes('://')) return body;
  return body
    .replace(SECRET_ELEMENT, `$1${MASK}`)
    .replace(SECRET_ATTRIBUTE, `$1"${MASK}"`)
    .replace(URL_ELEMENT, (_, start: string, rest: string) => `${start}${hostOf(rest)}/${MASK}`)
    .replace(URL_USER, `$1${MASK}@`)
    .replace(URL_QUERY, `$1${MASK}`);
}

/** The host of what stands behind `scheme://`. */
function hostOf(rest: string): string {
  const authority = rest.split(/[/?#\s]/, 1)[0] ?? '';
  return authority.slice(authority.lastIndexOf('@') + 1);
}
