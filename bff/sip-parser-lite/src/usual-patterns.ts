/**
 * What nearly every device writes, as patterns: upper-case methods, one blank behind each colon, lower-case parameter
 * names, no folding, no escapes, ASCII only. One native match reads such lines many times faster than a walk over
 * their octets. A pattern takes only what the grammars take too, and with the same meaning; whatever is written
 * otherwise does not match and is left to them.
 */

/**
 * As many characters of a class as there are, at least one: for long words. Four at a time is what the matcher does
 * fastest; the end leaves it no choice, so that a text which does not match is not tried in other ways.
 */
function many(one: string): string {
  return `(?=${one})(?:${one.repeat(4)})*${one}{0,3}`;
}

/** What nearly always stands there, which the matcher takes at once, or anything else: never one for the other. */
function mostly(usual: string, any: string): string {
  return `(?:${usual}|(?!${usual})${any})`;
}

const TOKEN = "[A-Za-z0-9\\-.!%*_+`'~]";
/** An ID of GB/T 28181, or anything with nothing escaped and no password. */
const USER = mostly(`${'\\d'.repeat(20)}(?=@)`, "[A-Za-z0-9\\-_.!~*'()&=+$,;?/]+");
const HOST = '[a-z0-9._\\-]+';
const PORT = '(?:\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5])';
/** ASCII that can be seen, none of `<>"`: a Request-URI, a Call-ID. */
const WORD = many('[!#-;=?-~]');
/** ASCII without controls: a reason phrase, the name of a product. */
const PHRASE = '[ -~]*';
const METHOD = mostly('MESSAGE(?= )', '[A-Z]{3,9}');
/** Below 10^9: no bound is near. */
const NUMBER = '\\d{1,9}';
/** The next line does not go on with this one (RFC 3261 §7.3.1). */
const LINE_END = '\\r\\n(?![ \\t])';

/** The first ten digits of IDs, or any host with any port; the bracket behind it too. */
const DOMAIN = mostly(`${'\\d'.repeat(10)}>`, `${HOST}(?::${PORT})?>`);
const PARTY = `<sip:(${USER})@${DOMAIN}(?:;tag=(${TOKEN}+))?`;
const SENT_BY = `(${HOST})(?::(${PORT}))?`;
const BRANCH_ID = mostly('z9hG4bK', '') + many(TOKEN);
const FOUND = `((?:;rport(?:=${PORT})?|;received=${HOST})*)`;
const QUOTED = '"([ !#-\\[\\]-~]*)"';
const BARE = `(${TOKEN}+)`;

/** A header line that may be missing. */
function optional(name: string, value: string): string {
  return `(?:${name}: ${value}${LINE_END})?`;
}

/** A parameter of credentials that may be missing. */
function further(name: string, value: string): string {
  return `(?:, ?${name}=${value})?`;
}

/** An empty group says which of the well-known types it is. */
const MEDIA_TYPE = `(?:Application/MANSCDP\\+xml()|application/sdp()|(${TOKEN}+/${TOKEN}+))`;
const CREDENTIALS =
  `Digest username=${QUOTED}, ?realm=${QUOTED}, ?nonce=${QUOTED}, ?uri=${QUOTED}, ?response=${QUOTED}` +
  further('algorithm', BARE) +
  further('cnonce', QUOTED) +
  further('opaque', QUOTED) +
  further('qop', BARE) +
  further('nc', BARE);

/** Headers whose lines are passed over: they are looked for again when somebody asks. */
const PASSED_OVER = [
  'User-Agent',
  'Max-Forwards',
  'X-GB-Ver',
  'Date',
  'Subject',
  'Event',
  'Subscription-State',
  'Server',
];
const OTHERS = `(?:(?:${PASSED_OVER.join('|')}): ${PHRASE}${LINE_END})*`;

/** Whether a head of the usual form may have a line of this name, in lower case, of which nothing is kept. */
export const MAY_BE_PASSED_OVER: ReadonlySet<string> = new Set(
  [...PASSED_OVER, 'Route', 'Expires'].map((name) => name.toLowerCase()),
);

/** Via to CSeq stand together but for two that may stand behind Via. */
const BEGINNING =
  `\\r\\nVia: SIP/2\\.0/(?:UDP|TCP) ${SENT_BY}(?:;rport()(?=;b)|${FOUND});branch=(${BRANCH_ID})${FOUND}\\r\\n` +
  optional('Max-Forwards', PHRASE) +
  optional('Route', PHRASE) +
  `From: ${PARTY}\\r\\nTo: ${PARTY}\\r\\nCall-ID: (${WORD})\\r\\nCSeq: (${NUMBER}) `;
const CONTACT =
  LINE_END + optional('Contact', `<sip:(${USER})@(${HOST})(?::(${PORT}))?>(?:;expires=${NUMBER})?`);
/** Some stacks put the number at the right of a column. */
const CONTENT_LENGTH_LINE = optional('Content-Length', ` {0,4}(${NUMBER})`);
/** In the order of most stacks; a line that stands elsewhere ends the match before it. */
const END =
  CONTACT +
  OTHERS +
  optional('Expires', PHRASE) +
  OTHERS +
  optional('Content-Type', MEDIA_TYPE) +
  OTHERS +
  CONTENT_LENGTH_LINE;
const END_OF_REGISTER =
  CONTACT +
  OTHERS +
  optional('Authorization', CREDENTIALS) +
  OTHERS +
  optional('Expires', `(${NUMBER})`) +
  OTHERS +
  CONTENT_LENGTH_LINE;

/** Numbers of the groups that all patterns have. */
export const METHOD_OR_STATUS = 1;
export const URI_OR_REASON = 2;
export const VIA_HOST = 3;
export const VIA_PORT = 4;
/** There when `;rport` alone stands before the branch, as in nearly every request. */
export const ASKED = 5;
/** Otherwise `rport` and `received` as they stand before the branch, and always behind it; mostly empty. */
export const FOUND_BEFORE = 6;
export const BRANCH = 7;
export const FOUND_BEHIND = 8;
export const FROM_USER = 9;
export const FROM_TAG = 10;
export const TO_USER = 11;
export const TO_TAG = 12;
export const CALL_ID = 13;
export const SEQUENCE = 14;
/** Empty where it is the same as that of the start line. */
export const SEQUENCE_METHOD = 15;
export const CONTACT_USER = 16;
export const CONTACT_HOST = 17;
export const CONTACT_PORT = 18;
/** Of requests and responses in general. */
export const TYPE_MANSCDP = 19;
export const TYPE_SDP = 20;
export const TYPE_OTHER = 21;
export const CONTENT_LENGTH = 22;
/** Of REGISTER: ten groups in the order of `DigestParams`, and two more. */
export const CREDENTIALS_USERNAME = 19;
export const REGISTER_EXPIRES = 29;
export const REGISTER_CONTENT_LENGTH = 30;

/** A REGISTER up to its Content-Length; sticky, as all of them. */
export const USUAL_REGISTER = new RegExp(
  `(REGISTER) (${WORD}) SIP/2\\.0${BEGINNING}\\1()${END_OF_REGISTER}`,
  'y',
);

/** Any request. */
export const USUAL_REQUEST = new RegExp(`(${METHOD}) (${WORD}) SIP/2\\.0${BEGINNING}\\1()${END}`, 'y');

/** Any response. */
export const USUAL_RESPONSE = new RegExp(
  `SIP/2\\.0 ([1-6]\\d\\d) (${PHRASE})${BEGINNING}([A-Z]{3,9})${END}`,
  'y',
);
