import { createHash } from 'node:crypto';
import { type AuthValue, quote } from 'sip-parser-lite';

/** Hash functions by the names of RFC 7616 §6.1. */
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};

/** A challenge of the platform that this device can answer (RFC 2617 §3.2.1, RFC 7616 §3.3). */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  /** `false`: the form of RFC 2069, which GB/T 28181 shows. */
  readonly qop: boolean;
  readonly algorithm: string;
  readonly opaque: string | undefined;
  /** The password was right and the nonce too old: it is worth trying again at once. */
  readonly stale: boolean;
}

/** What the device proves. */
export interface Proof {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly cnonce: string;
}

/** The first challenge whose algorithm and quality this device knows: the platform put the best one first. */
export function chooseChallenge(offered: readonly AuthValue[]): Challenge | undefined {
  for (const { scheme, params } of offered) {
    const realm = params.get('realm');
    const nonce = params.get('nonce');
    const algorithm = (params.get('algorithm') ?? 'MD5').toUpperCase();
    const qops = params
      .get('qop')
      ?.split(',')
      .map((option) => option.trim().toLowerCase());
    const usable = scheme === 'digest' && HASHES[algorithm] !== undefined && (qops?.includes('auth') ?? true);
    if (!usable || realm === undefined || nonce === undefined) continue;
    const stale = params.get('stale')?.toLowerCase() === 'true';
    return { realm, nonce, qop: qops !== undefined, algorithm, opaque: params.get('opaque'), stale };
  }
  return undefined;
}

/** Value of the Authorization header that answers a challenge. Each nonce is used once, hence the count of 1. */
export function authorizationValue(challenge: Challenge, proof: Proof): string {
  const { realm, nonce, algorithm, opaque } = challenge;
  const hash = (text: string): string =>
    createHash(HASHES[algorithm] ?? 'md5')
      .update(text)
      .digest('hex');
  const ha1 = hash(`${proof.username}:${realm}:${proof.password}`);
  const ha2 = hash(`${proof.method}:${proof.uri}`);
  const middle = challenge.qop ? `${nonce}:00000001:${proof.cnonce}:auth` : nonce;
  const fields = [
    `username=${quote(proof.username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(proof.uri)}`,
    `response="${hash(`${ha1}:${middle}:${ha2}`)}"`,
    `algorithm=${algorithm}`,
  ];
  if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`);
  if (challenge.qop) fields.push('qop=auth', 'nc=00000001', `cnonce=${quote(proof.cnonce)}`);
  return `Digest ${fields.join(', ')}`;
}
