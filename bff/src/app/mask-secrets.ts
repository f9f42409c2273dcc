const MASK = '***';
/** How the names of fields and parameters end that are never shown, in any case. */
const NAMES = 'password|passwd|secret|token|authorization|cookie|signature|credential|operatorKey|sealingKey';
/** Names that are secret as they stand and common as the end of others. */
const EXACT = 't|key|sign|ticket';

/** Each rule keeps its first group and masks the rest. All are linear in the length of the line. */
const RULES: readonly RegExp[] = [
  // JSON fields: "accessToken":"…".
  new RegExp(`((?:(?:${NAMES})|"(?:${EXACT}))"\\s{0,8}:\\s{0,8}")(?:[^"\\\\]|\\\\.)*`, 'gi'),
  // The same in JSON that is a string within JSON: \\"accessToken\\":\\"…\\".
  new RegExp(
    `((?:(?:${NAMES})|"(?:${EXACT}))\\\\"\\s{0,8}:\\s{0,8}\\\\")(?:[^"\\\\]|\\\\\\\\(?:\\\\["\\\\]|[^"\\\\]))*`,
    'gi',
  ),
  // Parameters of URLs and of forms: ?t=…, accessToken=….
  new RegExp(`((?:(?:${NAMES})|[?&#](?:${EXACT}))=)[^&\\s"\\\\#]+`, 'gi'),
  // What a digest proves (RFC 7616 §3.4).
  /(\bresponse=\\{0,4}")[^"\\]+/gi,
  // RFC 7235 §2.1; of a digest the other fields explain a failure.
  /(\b(?:Bearer|Basic) )[A-Za-z0-9._~+/=-]+/g,
  // A password in a URL, as that of a database.
  /(:\/\/[^\s:/@"]{0,128}:)[^\s@/"]{1,256}(?=@)/g,
];

/** A line of the log, or the text of an error, without passwords, tokens, signatures and proofs. */
export function maskSecrets(line: string): string {
  return RULES.reduce((text, rule) => text.replace(rule, `$1${MASK}`), line);
}
