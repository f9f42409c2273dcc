import { hash } from 'node:crypto';

/** Hash functions of digest access authentication that are spoken here (RFC 7616 §3.3, RFC 8760). */
export type DigestAlgorithm = 'MD5' | 'SHA-256';

const HASH_NAMES: Readonly<Record<DigestAlgorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

/** What a client adds when it chose a quality of protection. */
export interface DigestQop {
  /** As received: it goes into the hash by its text. */
  readonly nc: string;
  readonly cnonce: string;
}

/** What a proof is computed from (RFC 7616 §3.4.1); without `qop` it is that of RFC 2069. */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  /** Hash of `username:realm:password`, lower-case hexadecimal. */
  readonly ha1: string;
  readonly nonce: string;
  readonly method: string;
  /** The `uri` parameter by its text, which need not equal the Request-URI. */
  readonly uri: string;
  readonly qop: DigestQop | undefined;
}

/** What a device does and to whom, hashed (RFC 7616 §3.4.3). */
export function digestHa2({
  algorithm,
  method,
  uri,
}: Pick<DigestInput, 'algorithm' | 'method' | 'uri'>): string {
  return hash(HASH_NAMES[algorithm], `${method}:${uri}`);
}

/** The `response` parameter in lower-case hexadecimal; `ha2` when it is known already. */
export function digestResponse(input: DigestInput, ha2 = digestHa2(input)): string {
  const name = HASH_NAMES[input.algorithm];
  const middle =
    input.qop === undefined ? input.nonce : `${input.nonce}:${input.qop.nc}:${input.qop.cnonce}:auth`;
  return hash(name, `${input.ha1}:${middle}:${ha2}`);
}

/** Hash of `username:realm:password` in lower-case hexadecimal. */
export function digestHa1(
  algorithm: DigestAlgorithm,
  username: string,
  realm: string,
  password: string,
): string {
  return hash(HASH_NAMES[algorithm], `${username}:${realm}:${password}`);
}
