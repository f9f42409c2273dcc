import type { SipResponse } from 'sip-parser-lite';
import { authorizationValue, chooseChallenge } from '../signalling/digest.ts';
import { type SipClient, token } from '../signalling/sip-client.ts';

/** How one attempt to register ended. */
export interface RegisterOutcome {
  /** `undefined`: nobody answered. */
  readonly status: number | undefined;
  readonly how: 'digest' | 'open';
  readonly expiresS: number;
}

/** REGISTER in one round trip, or in two when the platform challenges (GB/T 28181 §9.1). */
export class Registration {
  readonly #client: SipClient;
  readonly #deviceId: string;
  readonly #password: string;
  readonly #gbVersion: '2.0' | '3.0';
  readonly #requestUri: string;
  readonly #to: string;
  readonly #callId = token();
  readonly #tag = token();
  #sequence = 0;

  constructor(options: {
    readonly client: SipClient;
    readonly deviceId: string;
    readonly domain: string;
    readonly serverId: string;
    readonly password: string;
    readonly gbVersion: '2.0' | '3.0';
  }) {
    this.#client = options.client;
    this.#deviceId = options.deviceId;
    this.#password = options.password;
    this.#gbVersion = options.gbVersion;
    this.#requestUri = `sip:${options.serverId}@${options.domain}`;
    this.#to = `<sip:${options.deviceId}@${options.domain}>`;
  }

  /** `expiresS` 0 takes the registration back. */
  async attempt(expiresS: number, timeoutMs?: number): Promise<RegisterOutcome> {
    const first = await this.#send(expiresS, undefined, timeoutMs);
    let authorization = this.#answerTo(first);
    if (first === undefined || authorization === undefined) return outcome(first, 'open', expiresS);
    let second = await this.#send(expiresS, authorization, timeoutMs);
    if (second?.status === 401 && chooseChallenge(second.challenges)?.stale === true) {
      authorization = this.#answerTo(second);
      second = await this.#send(expiresS, authorization, timeoutMs);
    }
    return outcome(second, 'digest', expiresS);
  }

  #answerTo(response: SipResponse | undefined): string | undefined {
    const challenge = response?.status === 401 ? chooseChallenge(response.challenges) : undefined;
    return (
      challenge &&
      authorizationValue(challenge, {
        username: this.#deviceId,
        password: this.#password,
        method: 'REGISTER',
        uri: this.#requestUri,
        cnonce: token(),
      })
    );
  }

  #send(
    expiresS: number,
    authorization: string | undefined,
    timeoutMs: number | undefined,
  ): Promise<SipResponse | undefined> {
    this.#sequence += 1;
    return this.#client.request({
      method: 'REGISTER',
      requestUri: this.#requestUri,
      to: this.#to,
      callId: this.#callId,
      sequence: this.#sequence,
      fromTag: this.#tag,
      headers: [
        `Expires: ${String(expiresS)}`,
        `X-GB-Ver: ${this.#gbVersion}`,
        ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
      ],
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }
}

/** RFC 3261 §10.2.4: what the platform grants stands in Expires, or in the Contact that it names. */
function outcome(
  response: SipResponse | undefined,
  how: RegisterOutcome['how'],
  askedS: number,
): RegisterOutcome {
  const ofContact = Number(response?.contacts[0]?.params.get('expires') ?? Number.NaN);
  const granted = response?.expires ?? (Number.isFinite(ofContact) ? ofContact : askedS);
  return { status: response?.status, how, expiresS: granted };
}
