import { type AuthValue, detach, quote, type SipHeader } from 'sip-parser-lite';
import type { Clock, CounterFamily, Instruments, RandomSource } from '../../kernel/index.ts';
import { type DigestAlgorithm, digestHa2, type DigestQop, digestResponse } from './digest-response.ts';
import { equalTexts } from './equal-texts.ts';
import { type NonceBinding, NonceIssuer } from './nonce-issuer.ts';
import { NonceUses } from './nonce-uses.ts';

const NONCE_LIFE_S = 300;
const MAX_REMEMBERED_NONCES = 200_000;
const NC = /^[0-9a-f]{8}$/i;

/** The secret that a proof is checked against. */
export interface DigestSecret {
  readonly username: string;
  /** MD5(username:realm:password), lower-case hexadecimal. */
  readonly ha1Md5: string | undefined;
  /** SHA-256(username:realm:password), lower-case hexadecimal. */
  readonly ha1Sha256: string | undefined;
}

/** A proof as it came, and what it must prove. */
export interface DigestClaim {
  readonly authorization: AuthValue;
  /** Method of the request. */
  readonly method: string;
  /** IP address of the peer. */
  readonly source: string;
  readonly secret: DigestSecret;
}

/**
 * `stale`: the nonce was not made for this peer, or is too old; `replayed`: it was used up. Challenge again with
 * `stale`. `wrong-username` and `wrong-response` cost a guesser a guess: whoever gets so far has received a challenge
 * at the address that is named as the source.
 */
export type DigestRefusal =
  | 'malformed'
  | 'wrong-realm'
  | 'wrong-username'
  | 'unsupported-algorithm'
  | 'wrong-response'
  | 'stale'
  | 'replayed';

export type DigestVerdict = { readonly ok: true } | { readonly ok: false; readonly why: DigestRefusal };

/** How a challenge is made. */
export interface ChallengeOptions extends NonceBinding {
  /** One WWW-Authenticate each, the preferred first (RFC 8760 §2.4); default MD5 alone. */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** Offers `qop="auth"`; default true. A proof without it is accepted either way. */
  readonly qop?: boolean;
  readonly stale?: boolean;
}

/** What a {@link DigestAuthority} is made of. */
export interface DigestAuthorityOptions {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly instruments: Instruments;
  readonly realm: string;
  /** Default 300 s. */
  readonly nonceLifeS?: number;
  /** Used nonces that are remembered within their life; default 200,000. */
  readonly maxRememberedNonces?: number;
}

interface Proof {
  readonly username: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly qop: DigestQop | undefined;
}

/** The server's end of digest access authentication (RFC 7616, RFC 2617, RFC 8760) for SIP (RFC 3261 §22). */
export class DigestAuthority {
  readonly #clock: Clock;
  readonly #realm: string;
  readonly #nonces: NonceIssuer;
  readonly #uses: NonceUses;
  readonly #verdicts: CounterFamily;
  /** Nearly all devices register at one and the same URI. */
  #last = { algorithm: 'MD5' as DigestAlgorithm, method: '', uri: '', ha2: '' };

  constructor(options: DigestAuthorityOptions) {
    const lifeS = options.nonceLifeS ?? NONCE_LIFE_S;
    this.#clock = options.clock;
    this.#realm = options.realm;
    this.#nonces = new NonceIssuer({ clock: options.clock, random: options.random, lifeS });
    this.#uses = new NonceUses({
      capacity: options.maxRememberedNonces ?? MAX_REMEMBERED_NONCES,
      lifeS,
    });
    this.#verdicts = options.instruments.family(
      'yimu_sip_digest_verdicts',
      'digest proofs by verdict',
      'verdict',
    );
    options.instruments.gauge(
      'yimu_sip_digest_nonces',
      'used nonces that are remembered',
      () => this.#uses.size,
    );
  }

  /** WWW-Authenticate headers for a 401, each with the same fresh nonce. */
  challenge(options: ChallengeOptions): readonly SipHeader[] {
    const nonce = this.#nonces.issue(options);
    const qop = options.qop === false ? '' : ', qop="auth"';
    const stale = options.stale === true ? ', stale=true' : '';
    return (options.algorithms ?? ['MD5']).map((algorithm) => ({
      name: 'WWW-Authenticate',
      value: `Digest realm=${quote(this.#realm)}, nonce="${nonce}", algorithm=${algorithm}${qop}${stale}`,
    }));
  }

  /**
   * Judges a proof, the nonce before all else: with one that is not ours for this source nobody learns whether a
   * password is right, and nobody who forges a source spends the guesses of others.
   */
  verify(claim: DigestClaim): DigestVerdict {
    const why = this.#refusal(claim);
    this.#verdicts.of(why ?? 'ok').value += 1;
    return why === undefined ? { ok: true } : { ok: false, why };
  }

  /** Called each second. */
  sweep(): void {
    this.#uses.forgetExpired(Math.floor(this.#clock.nowMs() / 1000));
  }

  #refusal({ authorization, method, source, secret }: DigestClaim): DigestRefusal | undefined {
    const proof = readProof(authorization);
    if (proof === undefined) return 'malformed';
    if (authorization.realm !== this.#realm) return 'wrong-realm';
    const check = this.#nonces.check(proof.nonce, { source, username: secret.username });
    if (!check.ok) return 'stale';
    if (proof.username !== secret.username) return 'wrong-username';
    const algorithm = algorithmOf(authorization.algorithm);
    const ha1 = algorithm === 'MD5' ? secret.ha1Md5 : secret.ha1Sha256;
    if (algorithm === undefined || ha1 === undefined) return 'unsupported-algorithm';
    const { nonce, uri, qop, response } = proof;
    const ha2 = this.#ha2(algorithm, method, uri);
    if (!equalTexts(digestResponse({ algorithm, ha1, nonce, method, uri, qop }, ha2), response))
      return 'wrong-response';
    const count = qop === undefined ? Number.MAX_SAFE_INTEGER : parseInt(qop.nc, 16);
    const nowS = Math.floor(this.#clock.nowMs() / 1000);
    return this.#uses.accept(detach(nonce), check.issuedAtS, count, nowS) ? undefined : 'replayed';
  }

  #ha2(algorithm: DigestAlgorithm, method: string, uri: string): string {
    const last = this.#last;
    if (uri === last.uri && method === last.method && algorithm === last.algorithm) return last.ha2;
    const ha2 = digestHa2({ algorithm, method, uri });
    // Kept beyond its message, of which it is a cut.
    this.#last = { algorithm, method, uri: detach(uri), ha2 };
    return ha2;
  }
}

function readProof(authorization: AuthValue): Proof | undefined {
  const { scheme, username, nonce, uri, response } = authorization;
  if (scheme !== 'digest' || username === undefined || nonce === undefined) return undefined;
  if (uri === undefined || response === undefined) return undefined;
  const qop = readQop(authorization);
  return qop === 'malformed' ? undefined : { username, nonce, uri, response: response.toLowerCase(), qop };
}

function readQop({ qop, nc, cnonce }: AuthValue): DigestQop | undefined | 'malformed' {
  if (qop === undefined) return undefined;
  if (qop.toLowerCase() !== 'auth' || nc === undefined || cnonce === undefined || !NC.test(nc))
    return 'malformed';
  return { nc, cnonce };
}

/** Absent means MD5 (RFC 7616 §3.3). */
function algorithmOf(text: string | undefined): DigestAlgorithm | undefined {
  const algorithm = text?.toUpperCase() ?? 'MD5';
  return algorithm === 'MD5' || algorithm === 'SHA-256' ? algorithm : undefined;
}
