/** Header fields that are read by number: their places are noted while the head is scanned. */
export const HEADER = {
  via: 0,
  from: 1,
  to: 2,
  callId: 3,
  cSeq: 4,
  contact: 5,
  contentLength: 6,
  contentType: 7,
  maxForwards: 8,
  expires: 9,
  authorization: 10,
  wwwAuthenticate: 11,
  proxyAuthenticate: 12,
  userAgent: 13,
  gbVersion: 14,
  date: 15,
  event: 16,
  subject: 17,
  route: 18,
  recordRoute: 19,
} as const;

/** Long names in lower case, by number. */
const NUMBERED: readonly string[] = [
  'via',
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'content-length',
  'content-type',
  'max-forwards',
  'expires',
  'authorization',
  'www-authenticate',
  'proxy-authenticate',
  'user-agent',
  'x-gb-ver',
  'date',
  'event',
  'subject',
  'route',
  'record-route',
];

const USUAL_SPELLING: readonly string[] = [
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Contact',
  'Content-Length',
  'Content-Type',
  'Max-Forwards',
  'Expires',
  'Authorization',
  'WWW-Authenticate',
  'Proxy-Authenticate',
  'User-Agent',
  'X-GB-Ver',
  'Date',
  'Event',
  'Subject',
  'Route',
  'Record-Route',
];

/** What begins a line of each numbered header in its usual spelling, with the end of the line before. */
export const USUAL_LINE_STARTS: readonly string[] = USUAL_SPELLING.map((name) => `\n${name}: `);
/** How many header fields have numbers. */
export const NUMBERED_HEADERS = NUMBERED.length;
/** The number of all others. */
export const UNNUMBERED = -1;

/** Compact forms (RFC 3261 §7.3.3 and the IANA register of header fields). */
const COMPACT: ReadonlyMap<string, string> = new Map([
  ['a', 'accept-contact'],
  ['b', 'referred-by'],
  ['c', 'content-type'],
  ['d', 'request-disposition'],
  ['e', 'content-encoding'],
  ['f', 'from'],
  ['i', 'call-id'],
  ['j', 'reject-contact'],
  ['k', 'supported'],
  ['l', 'content-length'],
  ['m', 'contact'],
  ['n', 'identity-info'],
  ['o', 'event'],
  ['r', 'refer-to'],
  ['s', 'subject'],
  ['t', 'to'],
  ['u', 'allow-events'],
  ['v', 'via'],
  ['x', 'session-expires'],
  ['y', 'identity'],
]);

/** Names whose values are lists divided at commas (RFC 3261 §7.3.1 and the clause of each). */
const LISTS: ReadonlySet<string> = new Set([
  'via',
  'contact',
  'route',
  'record-route',
  'supported',
  'allow',
  'allow-events',
  'content-encoding',
  'accept',
  'accept-contact',
  'accept-encoding',
  'accept-language',
  'alert-info',
  'call-info',
  'content-language',
  'error-info',
  'in-reply-to',
  'path',
  'proxy-require',
  'reject-contact',
  'request-disposition',
  'require',
  'service-route',
  'unsupported',
  'warning',
  'p-asserted-identity',
  'history-info',
]);

/** The long name in lower case of a name in any form. */
export function longName(name: string): string {
  const lower = name.toLowerCase();
  return COMPACT.get(lower) ?? lower;
}

/** Whether values of this header, given by its long name, are divided at top-level commas. */
export function isListHeader(longNameInLowerCase: string): boolean {
  return LISTS.has(longNameInLowerCase);
}

/** Numbers by name in its usual spelling and in lower case, long and compact. */
const NUMBERS: ReadonlyMap<string, number> = new Map(
  NUMBERED.flatMap((long, number) => {
    const names = [long, USUAL_SPELLING[number] ?? long];
    for (const [compact, of] of COMPACT) if (of === long) names.push(compact, compact.toUpperCase());
    return names.map((name): [string, number] => [name, number]);
  }),
);

/** The number of a header by its name in any form; `UNNUMBERED` for most. */
export function headerNumber(name: string): number {
  return NUMBERS.get(name) ?? NUMBERS.get(name.toLowerCase()) ?? UNNUMBERED;
}
