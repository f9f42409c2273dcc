import { type AuthValue, quote } from 'sip-parser-lite';
import { type DigestAlgorithm, digestHa1, digestResponse } from './digest-response.ts';

/** What a client proves itself with. */
export interface DigestLogin {
  readonly username: string;
  readonly password: string;
}

const ALGORITHMS: Readonly<Record<string, DigestAlgorithm>> = { MD5: 'MD5', 'SHA-256': 'SHA-256' };
/** Each nonce is used once by this client. */
const FIRST_USE = '00000001';

/** Value of Authorization, and whether the peer says that only the nonce before was too old. */
export interface DigestAnswer {
  readonly authorization: string;
  readonly stale: boolean;
}

/**
 * Answers the first challenge that is understood, the server's preferred one (RFC 7616 §3.3, RFC 8760 §2.6): MD5 or
 * SHA-256, with `qop=auth` or in the form of RFC 2069, which GB/T 28181-2016 annex J shows. Undefined when there is none.
 */
export function answerChallenge(
  challenges: readonly AuthValue[],
  login: DigestLogin,
  request: { readonly method: string; readonly uri: string; readonly cnonce: string },
): DigestAnswer | undefined {
  for (const { scheme, params } of challenges) {
    const realm = params.get('realm');
    const nonce = params.get('nonce');
    const algorithm = ALGORITHMS[(params.get('algorithm') ?? 'MD5').toUpperCase()];
    const qops = params
      .get('qop')
      ?.split(',')
      .map((option) => option.trim().toLowerCase());
    if (scheme.toLowerCase() !== 'digest' || realm === undefined || nonce === undefined) continue;
    if (algorithm === undefined || qops?.includes('auth') === false) continue;
    const { method, uri, cnonce } = request;
    const response = digestResponse({
      algorithm,
      ha1: digestHa1(algorithm, login.username, realm, login.password),
      ...{ nonce, method, uri },
      qop: qops === undefined ? undefined : { nc: FIRST_USE, cnonce },
    });
    const opaque = params.get('opaque');
    const fields = [
      `username=${quote(login.username)}`,
      `realm=${quote(realm)}`,
      `nonce=${quote(nonce)}`,
      `uri=${quote(uri)}`,
      `response="${response}"`,
      `algorithm=${algorithm}`,
      ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
      ...(qops === undefined ? [] : ['qop=auth', `nc=${FIRST_USE}`, `cnonce=${quote(cnonce)}`]),
    ];
    const stale = params.get('stale')?.toLowerCase() === 'true';
    return { authorization: `Digest ${fields.join(', ')}`, stale };
  }
  return undefined;
}
