import { HEADER } from './header-names.ts';
import type { AuthValue, CSeq, NameAddr, SipLimits, Via } from './message.ts';
import { latin1 } from './octets.ts';
import { UsualAddress } from './usual-address.ts';
import { UsualCredentials } from './usual-credentials.ts';
import { usualNumber, usualValue } from './usual-lines.ts';
import {
  ASKED,
  BRANCH,
  CALL_ID,
  CONTACT_HOST,
  CONTACT_PORT,
  CONTACT_USER,
  CONTENT_LENGTH,
  CREDENTIALS_USERNAME,
  FOUND_BEFORE,
  FOUND_BEHIND,
  FROM_TAG,
  FROM_USER,
  METHOD_OR_STATUS,
  REGISTER_CONTENT_LENGTH,
  REGISTER_EXPIRES,
  SEQUENCE,
  SEQUENCE_METHOD,
  TO_TAG,
  TO_USER,
  TYPE_MANSCDP,
  TYPE_OTHER,
  TYPE_SDP,
  URI_OR_REASON,
  USUAL_REGISTER,
  USUAL_REQUEST,
  USUAL_RESPONSE,
  VIA_HOST,
  VIA_PORT,
} from './usual-patterns.ts';
import { RPORT, UsualVia } from './usual-via.ts';

const LF = 0x0a;
const CR = 0x0d;
const SLASH = 0x2f;
const LETTER_G = 0x47;

function optionalNumber(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : usualNumber(digits);
}

/** What the client found out, or asks for, by Via parameters before the branch. */
function foundBefore(groups: RegExpExecArray): string {
  return groups[ASKED] === undefined ? (groups[FOUND_BEFORE] ?? '') : RPORT;
}

/** The beginning of a head in its usual form, read by one match; values are made of it when they are asked for. */
export class UsualHead {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** First octet of the start line. */
  readonly start: number;
  /** Behind the last line that was read. */
  readonly end: number;
  readonly contentLength: number | undefined;
  readonly lengthsDiffer = false;
  readonly #pattern: RegExp;
  readonly #groups: RegExpExecArray;

  constructor(bytes: Uint8Array, text: string, start: number, groups: RegExpExecArray, pattern: RegExp) {
    this.bytes = bytes;
    this.text = text;
    this.start = start;
    this.end = pattern.lastIndex;
    this.contentLength = optionalNumber(
      groups[pattern === USUAL_REGISTER ? REGISTER_CONTENT_LENGTH : CONTENT_LENGTH],
    );
    this.#pattern = pattern;
    this.#groups = groups;
  }

  get isResponse(): boolean {
    return this.#pattern === USUAL_RESPONSE;
  }

  /** Whether the empty line follows. */
  get isWhole(): boolean {
    const { bytes, end } = this;
    return end + 2 <= this.text.length && bytes[end] === CR && bytes[end + 1] === LF;
  }

  /** First octet behind the empty line, provided that this follows. */
  get bodyStart(): number {
    return this.end + 2;
  }

  // As other heads have them.

  get fault(): undefined {
    return undefined;
  }

  get methodOrStatus(): string {
    return this.#groups[METHOD_OR_STATUS] ?? '';
  }

  get uriOrReason(): string {
    return this.#groups[URI_OR_REASON] ?? '';
  }

  get callId(): string {
    return this.#groups[CALL_ID] ?? '';
  }

  get cSeq(): CSeq {
    const groups = this.#groups;
    const method = groups[this.isResponse ? SEQUENCE_METHOD : METHOD_OR_STATUS] ?? '';
    return { sequence: usualNumber(groups[SEQUENCE] ?? ''), method };
  }

  get from(): NameAddr {
    const groups = this.#groups;
    return new UsualAddress(this, HEADER.from, groups[FROM_USER] ?? '', groups[FROM_TAG]);
  }

  get to(): NameAddr {
    const groups = this.#groups;
    return new UsualAddress(this, HEADER.to, groups[TO_USER] ?? '', groups[TO_TAG]);
  }

  get topVia(): Via {
    const groups = this.#groups;
    const behind = groups[FOUND_BEHIND] ?? '';
    const isAsked = groups[ASKED] !== undefined && behind === '';
    return new UsualVia(
      this,
      groups[VIA_HOST] ?? '',
      optionalNumber(groups[VIA_PORT]),
      groups[BRANCH] ?? '',
      isAsked ? RPORT : foundBefore(groups) + behind,
    );
  }

  /** This and the following are undefined when they are not among the lines that were read. */
  get contact(): NameAddr | undefined {
    const groups = this.#groups;
    const user = groups[CONTACT_USER];
    if (user === undefined) return undefined;
    const host = groups[CONTACT_HOST];
    const port = optionalNumber(groups[CONTACT_PORT]);
    return new UsualAddress(this, HEADER.contact, user, undefined, host, port);
  }

  get authorization(): AuthValue | undefined {
    return this.#pattern === USUAL_REGISTER && this.#groups[CREDENTIALS_USERNAME] !== undefined
      ? new UsualCredentials(this.#groups)
      : undefined;
  }

  get expires(): number | undefined {
    return this.#pattern === USUAL_REGISTER ? optionalNumber(this.#groups[REGISTER_EXPIRES]) : undefined;
  }

  /** In lower case. */
  get contentType(): string | undefined {
    if (this.#pattern === USUAL_REGISTER) return undefined;
    const groups = this.#groups;
    if (groups[TYPE_MANSCDP] !== undefined) return 'application/manscdp+xml';
    if (groups[TYPE_SDP] !== undefined) return 'application/sdp';
    return groups[TYPE_OTHER]?.toLowerCase();
  }

  /** Whether the first line of a header, given by its number, was read. */
  has(number: number): boolean {
    switch (number) {
      case HEADER.via:
      case HEADER.from:
      case HEADER.to:
      case HEADER.callId:
      case HEADER.cSeq:
        return true;
      case HEADER.contact:
        return this.#groups[CONTACT_USER] !== undefined;
      case HEADER.authorization:
        return this.authorization !== undefined;
      case HEADER.expires:
        return this.expires !== undefined;
      case HEADER.contentType:
        return this.contentType !== undefined;
      case HEADER.contentLength:
        return this.contentLength !== undefined;
      default:
        return false;
    }
  }

  /** The value of Via, From, To, Call-ID, CSeq or Contact as it stands; undefined when it was not read, or for others. */
  value(number: number): string | undefined {
    return number <= HEADER.contact && this.has(number) ? usualValue(this, number) : undefined;
  }
}

/** Most heads are shorter than the first, nearly all than the second: so much is made text, whatever the body. */
const FEW_OCTETS = 512;
const MORE_OCTETS = 1024;
/** No more header lines fit into so few octets: their number need not be counted. */
const FEW_LINES = 256;

/** The head that starts at `start`, as far as it has the usual form; undefined when its beginning has not. */
export function readUsualHead(bytes: Uint8Array, start: number, limits: SipLimits): UsualHead | undefined {
  if (limits.maxHeaders < FEW_LINES) return undefined;
  const most = Math.min(bytes.length, start + limits.maxHeaderBytes);
  const pattern = patternFor(bytes, start);
  if (pattern !== USUAL_REGISTER) {
    const head = matched(pattern, bytes, start, Math.min(most, start + FEW_OCTETS));
    if (head?.isWhole === true || most <= start + FEW_OCTETS) return head;
  }
  return matched(pattern, bytes, start, Math.min(most, start + MORE_OCTETS));
}

function matched(pattern: RegExp, bytes: Uint8Array, start: number, end: number): UsualHead | undefined {
  const text = latin1(bytes, 0, end);
  pattern.lastIndex = start;
  const groups = pattern.exec(text);
  // A line that ends where the text does may go on behind it.
  if (groups === null || (pattern.lastIndex === end && end < bytes.length)) return undefined;
  return new UsualHead(bytes, text, start, groups, pattern);
}

function patternFor(bytes: Uint8Array, start: number): RegExp {
  if (bytes[start + 3] === SLASH) return USUAL_RESPONSE;
  return bytes[start + 2] === LETTER_G ? USUAL_REGISTER : USUAL_REQUEST;
}
