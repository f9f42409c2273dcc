import type { SipHeader, SipResponse } from 'sip-parser-lite';
import type { RandomSource } from '../../kernel/index.ts';
import { answerChallenge, type SipUserAgent } from '../../sip/index.ts';
import { readGbTime } from '../manscdp/gb-time.ts';
import type { UpperPlatform } from './types.ts';
import type { UpperLink } from './upper-link.ts';

/** Challenges that are answered in one attempt: the first, and one more when only its nonce was too old. */
const MAX_PROOFS = 2;

/** How an attempt to register ended. */
export type RegisterResult =
  | { readonly ok: true; readonly expiresS: number; readonly dateMs: number | undefined }
  | {
      readonly ok: false;
      readonly status: number;
      readonly why: string;
      readonly movedTo: Redirect | undefined;
    };

/** Where a 302 sends us (GB/T 28181-2022 §9.1.2.3). */
export interface Redirect {
  readonly host: string;
  readonly port: number;
}

/** The REGISTERs of one registration: one Call-ID, a CSeq that grows (RFC 3261 §10.2). */
export class UpperRegister {
  readonly #sip: SipUserAgent;
  readonly #random: RandomSource;
  readonly #upper: UpperPlatform;
  readonly #answerMs: number;
  readonly #callId: string;
  #sequence = 0;

  constructor(options: {
    readonly sip: SipUserAgent;
    readonly random: RandomSource;
    readonly upper: UpperPlatform;
    readonly answerMs: number;
  }) {
    this.#sip = options.sip;
    this.#random = options.random;
    this.#upper = options.upper;
    this.#answerMs = options.answerMs;
    this.#callId = `${options.random.hex(16)}@${options.upper.localGbId}`;
  }

  /** `expiresS` 0 takes the registration back. Rejects with TransactionTimeout or TransportFailed. */
  async attempt(link: UpperLink, expiresS: number): Promise<RegisterResult> {
    let response = await this.#send(link, expiresS, undefined);
    for (let proofs = 0; proofs < MAX_PROOFS && isChallenge(response); proofs += 1) {
      const { username, password } = this.#upper;
      const answer = answerChallenge(
        response.challenges,
        { username, password },
        { method: 'REGISTER', uri: this.#uri, cnonce: this.#random.hex(8) },
      );
      if (answer === undefined) return refused(response, 'its challenge is of no known kind');
      // A second challenge after a proof says that the password is wrong, unless the nonce alone was too old.
      if (proofs > 0 && !answer.stale) break;
      const name = response.status === 407 ? 'Proxy-Authorization' : 'Authorization';
      response = await this.#send(link, expiresS, { name, value: answer.authorization });
    }
    if (response.status < 300) return accepted(response, expiresS);
    const why =
      isChallenge(response) || response.status === 403
        ? 'user name or password is refused'
        : `it answered ${String(response.status)} ${response.reason}`;
    return refused(response, why);
  }

  get #uri(): string {
    return `sip:${this.#upper.gbId}@${this.#upper.domain}`;
  }

  async #send(link: UpperLink, expiresS: number, proof: SipHeader | undefined): Promise<SipResponse> {
    const { localGbId, domain, gbVersion } = this.#upper;
    this.#sequence += 1;
    return await this.#sip.request({
      method: 'REGISTER',
      requestUri: this.#uri,
      // Both name who registers (RFC 3261 §10.2).
      from: `sip:${localGbId}@${domain}`,
      to: `sip:${localGbId}@${domain}`,
      flow: link.flow,
      headers: [
        { name: 'Contact', value: this.#sip.contact(localGbId, link.flow) },
        { name: 'Expires', value: String(expiresS) },
        { name: 'X-GB-Ver', value: gbVersion },
        ...(proof === undefined ? [] : [proof]),
      ],
      timeoutMs: this.#answerMs,
      series: { callId: this.#callId, sequence: this.#sequence },
    });
  }
}

function isChallenge({ status }: SipResponse): boolean {
  return status === 401 || status === 407;
}

/** What was granted counts (RFC 3261 §10.2.4); an upper platform that names nothing grants what was asked. */
function accepted(response: SipResponse, askedS: number): RegisterResult {
  const ofContact = response.contacts[0]?.params.get('expires');
  const granted = response.expires ?? (/^\d{1,9}$/.test(ofContact ?? '') ? Number(ofContact) : askedS);
  return { ok: true, expiresS: Math.min(granted, askedS), dateMs: readGbTime(response.header('Date')) };
}

function refused(response: SipResponse, why: string): RegisterResult {
  const uri = response.status === 301 || response.status === 302 ? response.contacts[0]?.uri : undefined;
  const movedTo = uri === undefined ? undefined : { host: uri.host, port: uri.port ?? 5060 };
  return { ok: false, status: response.status, why, movedTo };
}
