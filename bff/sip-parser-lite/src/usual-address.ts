import type { NameAddr, SipParams, SipUri } from './message.ts';
import { NO_PARAMS } from './params.ts';
import { usualNumber, usualParams, type UsualText, usualValue } from './usual-lines.ts';

const SIP = 'sip';
const NOTHING = '';

/** `sip:user@host` or `sip:user@host:port`. */
class UsualUri implements SipUri {
  readonly user: string;
  readonly #head: UsualText;
  readonly #number: number;
  #text: string | undefined;
  #host: string | undefined;
  /** `null` as long as it was not looked for. */
  #port: number | null | undefined;

  constructor(
    head: UsualText,
    number: number,
    user: string,
    host: string | undefined,
    port: number | undefined,
  ) {
    this.#head = head;
    this.#number = number;
    this.user = user;
    this.#host = host;
    this.#port = host === undefined ? null : port;
  }

  get scheme(): string {
    return SIP;
  }

  get password(): undefined {
    return undefined;
  }

  get params(): SipParams {
    return NO_PARAMS;
  }

  get headers(): string {
    return NOTHING;
  }

  get text(): string {
    if (this.#text === undefined) {
      const value = usualValue(this.#head, this.#number);
      this.#text = value.slice(1, value.indexOf('>'));
    }
    return this.#text;
  }

  get host(): string {
    if (this.#host === undefined) {
      const { text } = this;
      const from = hostStart(this.user);
      const colon = text.indexOf(':', from);
      this.#host = text.slice(from, colon < 0 ? text.length : colon);
    }
    return this.#host;
  }

  get port(): number | undefined {
    if (this.#port === null) {
      const { text } = this;
      const colon = text.indexOf(':', hostStart(this.user));
      this.#port = colon < 0 ? undefined : usualNumber(text.slice(colon + 1));
    }
    return this.#port;
  }
}

/** Behind `sip:`, the user and `@`. */
function hostStart(user: string): number {
  return user.length + 5;
}

/** `<sip:user@host:port>;tag=token`: From, To or the only Contact of a usual head. */
export class UsualAddress implements NameAddr {
  readonly uri: SipUri;
  readonly tag: string | undefined;
  readonly #head: UsualText;
  readonly #number: number;
  #params: SipParams | undefined;

  /** What stands in the line of header `number` of the head at `start`; host and port are found there unless given. */
  constructor(
    head: UsualText,
    number: number,
    user: string,
    tag: string | undefined,
    host?: string,
    port?: number,
  ) {
    this.#head = head;
    this.#number = number;
    this.uri = new UsualUri(head, number, user, host, port);
    this.tag = tag;
  }

  get displayName(): string {
    return NOTHING;
  }

  get params(): SipParams {
    if (this.#params === undefined) {
      const value = usualValue(this.#head, this.#number);
      this.#params = usualParams(value.slice(value.indexOf('>') + 1));
    }
    return this.#params;
  }
}
