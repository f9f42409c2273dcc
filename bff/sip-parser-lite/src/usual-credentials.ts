import type { AuthValue, DigestParams, SipParams } from './message.ts';
import { CREDENTIALS_USERNAME as FIRST } from './usual-patterns.ts';

const NAMES: readonly (keyof DigestParams)[] = [
  'username',
  'realm',
  'nonce',
  'uri',
  'response',
  'algorithm',
  'cnonce',
  'opaque',
  'qop',
  'nc',
];

/** `Digest username="…", realm="…", …`: Authorization of a usual REGISTER. */
export class UsualCredentials implements AuthValue {
  readonly scheme = 'digest';
  readonly username: string | undefined;
  readonly realm: string | undefined;
  readonly nonce: string | undefined;
  readonly uri: string | undefined;
  readonly response: string | undefined;
  readonly algorithm: string | undefined;
  readonly cnonce: string | undefined;
  readonly opaque: string | undefined;
  readonly qop: string | undefined;
  readonly nc: string | undefined;
  #params: SipParams | undefined;

  constructor(groups: RegExpExecArray) {
    this.username = groups[FIRST];
    this.realm = groups[FIRST + 1];
    this.nonce = groups[FIRST + 2];
    this.uri = groups[FIRST + 3];
    this.response = groups[FIRST + 4];
    this.algorithm = groups[FIRST + 5];
    this.cnonce = groups[FIRST + 6];
    this.opaque = groups[FIRST + 7];
    this.qop = groups[FIRST + 8];
    this.nc = groups[FIRST + 9];
  }

  get params(): SipParams {
    this.#params ??= paramsOf(this);
    return this.#params;
  }
}

/** In the order in which they stand. */
function paramsOf(credentials: DigestParams): SipParams {
  const params = new Map<string, string>();
  for (const name of NAMES) {
    const value = credentials[name];
    if (value !== undefined) params.set(name, value);
  }
  return params;
}
