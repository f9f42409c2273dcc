import { readAuthValue, readChallenges } from './auth-value.ts';
import { readCSeq } from './cseq.ts';
import { MAX_UINT32 } from './decimal.ts';
import { Head } from './head.ts';
import { eachLine, firstLine, textsOf } from './head-values.ts';
import {
  HEADER,
  headerNumber,
  isListHeader,
  longName,
  UNNUMBERED,
  USUAL_LINE_STARTS,
} from './header-names.ts';
import { firstOf, listOf, splitList } from './lists.ts';
import type { AuthValue, CSeq, NameAddr, SipHeader, Via } from './message.ts';
import { readNameAddr } from './name-addr.ts';
import { type Reader, trimmedCut } from './source.ts';
import type { UsualHead } from './usual-head.ts';
import { MAY_BE_PASSED_OVER } from './usual-patterns.ts';
import { readVia } from './via.ts';

const MOST_FORWARDS = 255;
const DIGITS = /^\d+$/;
const readFirstVia = firstOf(readVia);
const readVias = listOf(readVia);
const readContacts = listOf(readNameAddr);

/** Media type in lower case, without its parameters. */
const readMediaType: Reader<string> = (source, from, to) => {
  const semicolon = source.text.indexOf(';', from);
  return trimmedCut(source, from, semicolon < 0 || semicolon > to ? to : semicolon).toLowerCase();
};

/** `null` in a field: it was looked for, and there is none. */
type Found<T> = T | null | undefined;

/** What only one of the two kinds of messages has. */
type Of<Kind, Wanted, T> = Kind extends Wanted ? T : undefined;

/** The start line of a message of one kind. */
export interface StartValues<Kind> {
  readonly kind: Kind;
  readonly method: Of<Kind, 'request', string>;
  readonly requestUri: Of<Kind, 'request', string>;
  readonly status: Of<Kind, 'response', number>;
  readonly reason: Of<Kind, 'response', string>;
}

/** A received message: fields are read when they are asked for, once, from the usual form or by their grammars. */
export class ParsedMessage<Kind extends 'request' | 'response'> implements StartValues<Kind> {
  readonly kind: Kind;
  readonly method: Of<Kind, 'request', string>;
  readonly requestUri: Of<Kind, 'request', string>;
  readonly status: Of<Kind, 'response', number>;
  readonly reason: Of<Kind, 'response', string>;
  readonly body: Uint8Array;
  readonly repairs: readonly string[];
  readonly #usual: UsualHead | undefined;
  readonly #head: Head | undefined;
  #headers: readonly SipHeader[] | undefined;
  #callId: Found<string>;
  #cSeq: Found<CSeq>;
  #from: Found<NameAddr>;
  #to: Found<NameAddr>;
  #topVia: Found<Via>;
  #vias: readonly Via[] | undefined;
  #contacts: readonly NameAddr[] | undefined;
  #expires: Found<number>;
  #maxForwards: Found<number>;
  #contentType: Found<string>;
  #authorization: Found<AuthValue>;
  #challenges: readonly AuthValue[] | undefined;

  /** One of `usual` and `head` is there; `head` when there are lines that `usual` does not hold. */
  constructor(
    line: StartValues<Kind>,
    usual: UsualHead | undefined,
    head: Head | undefined,
    body: Uint8Array,
    repairs: readonly string[],
  ) {
    this.kind = line.kind;
    this.method = line.method;
    this.requestUri = line.requestUri;
    this.status = line.status;
    this.reason = line.reason;
    this.body = body;
    this.repairs = repairs;
    this.#usual = usual;
    this.#head = head;
  }

  get headers(): readonly SipHeader[] {
    if (this.#headers === undefined) {
      const head = this.#head ?? wholeHead(this.#usual);
      this.#headers = head?.headers ?? [];
    }
    return this.#headers;
  }

  get callId(): string | undefined {
    if (this.#callId === undefined)
      this.#callId = this.#usual?.callId ?? firstLine(this.#head, HEADER.callId, trimmedCut) ?? null;
    return this.#callId ?? undefined;
  }

  get cSeq(): CSeq | undefined {
    if (this.#cSeq === undefined)
      this.#cSeq = this.#usual?.cSeq ?? firstLine(this.#head, HEADER.cSeq, readCSeq) ?? null;
    return this.#cSeq ?? undefined;
  }

  get from(): NameAddr | undefined {
    if (this.#from === undefined)
      this.#from = this.#usual?.from ?? firstLine(this.#head, HEADER.from, readNameAddr) ?? null;
    return this.#from ?? undefined;
  }

  get to(): NameAddr | undefined {
    if (this.#to === undefined)
      this.#to = this.#usual?.to ?? firstLine(this.#head, HEADER.to, readNameAddr) ?? null;
    return this.#to ?? undefined;
  }

  get topVia(): Via | undefined {
    if (this.#topVia === undefined)
      this.#topVia = this.#usual?.topVia ?? firstLine(this.#head, HEADER.via, readFirstVia) ?? null;
    return this.#topVia ?? undefined;
  }

  get vias(): readonly Via[] {
    this.#vias ??= allOf(this.#head, 'Via', this.#usual?.topVia, readVias);
    return this.#vias;
  }

  get contacts(): readonly NameAddr[] {
    this.#contacts ??= allOf(this.#head, 'Contact', this.#usual?.contact, readContacts);
    return this.#contacts;
  }

  get contactIsStar(): boolean {
    return this.#usual?.contact === undefined && firstLine(this.#head, HEADER.contact, trimmedCut) === '*';
  }

  get expires(): number | undefined {
    if (this.#expires === undefined)
      this.#expires = this.#usual?.expires ?? wholeNumber(this.header('Expires'), MAX_UINT32) ?? null;
    return this.#expires ?? undefined;
  }

  get maxForwards(): number | undefined {
    if (this.#maxForwards === undefined)
      this.#maxForwards = wholeNumber(this.header('Max-Forwards'), MOST_FORWARDS) ?? null;
    return this.#maxForwards ?? undefined;
  }

  /** Undefined also when there are two that differ, or it is no number that can be counted with. */
  get contentLength(): number | undefined {
    const head = this.#head ?? this.#usual;
    const length = head?.lengthsDiffer === true ? undefined : head?.contentLength;
    return length === Infinity ? undefined : length;
  }

  get contentType(): string | undefined {
    if (this.#contentType === undefined)
      this.#contentType =
        this.#usual?.contentType ?? firstLine(this.#head, HEADER.contentType, readMediaType) ?? null;
    return this.#contentType ?? undefined;
  }

  get authorization(): AuthValue | undefined {
    if (this.#authorization === undefined)
      this.#authorization =
        this.#usual?.authorization ?? firstLine(this.#head, HEADER.authorization, readAuthValue) ?? null;
    return this.#authorization ?? undefined;
  }

  get challenges(): readonly AuthValue[] {
    const head = this.#head;
    this.#challenges ??=
      head === undefined
        ? []
        : [
            ...eachLine(head, 'WWW-Authenticate', readChallenges),
            ...eachLine(head, 'Proxy-Authenticate', readChallenges),
          ].flat();
    return this.#challenges;
  }

  header(name: string): string | undefined {
    const number = headerNumber(name);
    const usual = this.#usual?.value(number);
    if (usual !== undefined) return usual;
    const text = number === UNNUMBERED ? this.#searched(name) : firstText(this.#usual, this.#head, number);
    if (text === undefined || !text.includes(',') || !isListHeader(longName(name))) return text;
    return splitList(text)[0] ?? '';
  }

  headerValues(name: string): readonly string[] {
    const number = headerNumber(name);
    const usual = this.#usual?.value(number);
    // A list of one, where there are lists.
    if (usual !== undefined && this.#head?.isRepeated(number) !== true) return [usual];
    const texts = textsOf(this.headers, name);
    return isListHeader(longName(name)) ? texts.flatMap(splitList) : texts;
  }

  /** The first line of a header without a number, of which no place is noted. */
  #searched(name: string): string | undefined {
    const isThere = this.#head !== undefined || MAY_BE_PASSED_OVER.has(longName(name));
    return isThere ? textsOf(this.headers, name)[0] : undefined;
  }
}

/** The first line of a numbered header: all that the usual form lets through have one spelling. */
function firstText(usual: UsualHead | undefined, head: Head | undefined, number: number): string | undefined {
  if (usual === undefined) return firstLine(head, number, trimmedCut);
  const start = USUAL_LINE_STARTS[number] ?? '';
  const at = usual.text.indexOf(start, usual.start);
  if (at < 0 || at + 1 >= usual.end) return firstLine(head, number, trimmedCut);
  const from = at + start.length;
  return trimmedCut(usual, from, usual.text.indexOf('\r', from));
}

/** Digits and no more, up to `max`. */
function wholeNumber(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !DIGITS.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** The elements of all lines of a header; `usual` is the only one of the first, when that has the usual form. */
function allOf<T>(
  head: Head | undefined,
  name: string,
  usual: T | undefined,
  read: Reader<readonly T[]>,
): readonly T[] {
  if (usual !== undefined && head?.isRepeated(headerNumber(name)) !== true) return [usual];
  return head === undefined ? [] : eachLine(head, name, read).flat();
}

function wholeHead(usual: UsualHead | undefined): Head | undefined {
  return usual && new Head(usual.bytes, usual.text, usual.start, usual);
}
