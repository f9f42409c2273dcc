import { HEADER } from './header-names.ts';
import type { SipParams, Via } from './message.ts';
import { usualNumber, usualParams, type UsualText, usualValue } from './usual-lines.ts';

/** The parameter by which a client asks for its port (RFC 3581 §3). */
export const RPORT = ';rport';
const RPORT_VALUE = /;rport=?(\d*)/;
const RECEIVED = /;received=([^;]+)/;
const UDP = 'SIP/2.0/UDP ';

/** `SIP/2.0/UDP host:port;rport;branch=token`: the first Via of a usual head. */
export class UsualVia implements Via {
  readonly host: string;
  readonly port: number | undefined;
  readonly branch: string;
  readonly rport: true | number | undefined;
  readonly received: string | undefined;
  readonly #head: UsualText;
  #transport: string | undefined;
  #params: SipParams | undefined;

  /** `found` holds the parameters `rport` and `received`. */
  constructor(head: UsualText, host: string, port: number | undefined, branch: string, found: string) {
    this.#head = head;
    this.host = host;
    this.port = port;
    this.branch = branch;
    // A request asks for it, as a rule; a response tells.
    const asked = found === RPORT;
    this.rport = asked ? true : readRport(found);
    this.received = asked ? undefined : RECEIVED.exec(found)?.[1];
  }

  get transport(): string {
    if (this.#transport === undefined) {
      const value = usualValue(this.#head, HEADER.via);
      this.#transport = value.startsWith(UDP) ? 'UDP' : 'TCP';
    }
    return this.#transport;
  }

  get params(): SipParams {
    if (this.#params === undefined) {
      const value = usualValue(this.#head, HEADER.via);
      this.#params = usualParams(value.slice(value.indexOf(';')));
    }
    return this.#params;
  }
}

function readRport(found: string): true | number | undefined {
  const digits = RPORT_VALUE.exec(found)?.[1];
  // A port of 0 is none.
  return digits === undefined ? undefined : usualNumber(digits) || true;
}
