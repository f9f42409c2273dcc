import { hash } from 'node:crypto';
import type { Cancel } from '../../kernel/index.ts';
import type { PlatformFloor } from '../capability.ts';
import { QueryBook } from '../commands/query-book.ts';
import type { InboundMessage } from '../inbound/inbound-routes.ts';
import { learning } from '../learned.ts';
import { type BodyNode, writeBody } from '../manscdp/body-writer.ts';
import type { ManscdpDocument } from '../manscdp/document.ts';
import { reportedFailure } from '../manscdp/fields.ts';
import type { XmlElement } from '../manscdp/xml-element.ts';
import { GbFailure } from '../types.ts';

/** Silence behind a part that ends an incomplete answer. */
const SILENCE_MS = 2_000;
const MAX_PARTS = 64;
/** What stands in every answer. */
const HEAD: ReadonlySet<string> = new Set(['CmdType', 'SN', 'DeviceID']);

/** One kind of question, and how its answer is read. */
export interface QuestionForm<Part, Answer> {
  readonly cmdType: string;
  /** Other names under which devices answer it. */
  readonly aliases?: readonly string[];
  /** For the text of a timeout. */
  readonly what: string;
  /** Undefined when the answer holds nothing of what was asked. */
  readonly read: (document: ManscdpDocument) => Part | undefined;
  readonly isWhole: (parts: readonly Part[]) => boolean;
  readonly join: (parts: readonly Part[], complete: boolean) => Answer;
  /** What the answer holds counts even if it reports an error. */
  readonly dataWins?: true;
}

interface Gathered<Part> {
  readonly parts: Part[];
  readonly prints: Set<string>;
  stop: Cancel;
}

/** Whom a question is for, and what it says beside CmdType, SN and DeviceID. */
export interface Asked {
  readonly gbId: string;
  readonly targetGbId: string;
  readonly fields?: readonly BodyNode[];
  /** Tells apart questions to one target; equal ones are one. */
  readonly key?: string;
}

/**
 * One kind of question whose answer may come in parts with one SN (GB/T 28181-2016 §9.5.1, annex A). An answer that
 * is not whole is joined when the device has been silent for two seconds.
 */
export class Question<Part, Answer> {
  readonly #floor: PlatformFloor;
  readonly #form: QuestionForm<Part, Answer>;
  readonly #book: QueryBook<Answer>;
  /** Answers that have begun, by device and SN; at most one a waiting question. */
  readonly #gathered = new Map<string, Gathered<Part>>();
  /** Forms of waiting questions that have one of their own. */
  readonly #ownForms = new Map<string, QuestionForm<Part, Answer>>();
  /** Whoever joins a question that runs teaches nothing anew. */
  readonly #learnt = new WeakMap<Promise<Answer>, Promise<Answer>>();

  constructor(floor: PlatformFloor, form: QuestionForm<Part, Answer>) {
    this.#floor = floor;
    this.#form = form;
    this.#book = new QueryBook(floor, form.what);
    for (const cmdType of [form.cmdType, ...(form.aliases ?? [])])
      floor.inbound.on('Response', cmdType, (message) => {
        this.#onPart(message);
      });
  }

  get waiting(): number {
    return this.#book.size;
  }

  /** Rejects with GbFailure. What comes of it is learnt. */
  async ask(asked: Asked): Promise<Answer> {
    const { gbId, targetGbId } = asked;
    const { cmdType } = this.#form;
    const answer = this.#ask(asked);
    const learnt =
      this.#learnt.get(answer) ?? learning(this.#floor, { gbId, command: cmdType, targetGbId }, answer);
    this.#learnt.set(answer, learnt);
    return await learnt;
  }

  /** As `ask`, for an answer that only this asker can read; nothing is learnt. */
  async askInOwnForm(asked: Asked, form: QuestionForm<Part, Answer>): Promise<Answer> {
    return await this.#ask(asked, form);
  }

  abandon(gbId: string): void {
    this.#book.abandon(gbId);
  }

  close(): void {
    this.#book.close();
    for (const { stop } of this.#gathered.values()) stop();
    this.#gathered.clear();
  }

  #ask({ gbId, targetGbId, fields = [], key }: Asked, form?: QuestionForm<Part, Answer>): Promise<Answer> {
    const entry = this.#floor.entryOf(gbId);
    let place: string | undefined;
    const answer = this.#book.ask(entry, {
      targetGbId,
      ...(key === undefined ? {} : { key: `${targetGbId} ${key}` }),
      body: (sn) => {
        place = placeOf(gbId, sn);
        if (form !== undefined) this.#ownForms.set(place, form);
        return writeBody('Query', entry, [
          ['CmdType', this.#form.cmdType],
          ['SN', String(sn)],
          ['DeviceID', targetGbId],
          ...fields,
        ]);
      },
    });
    if (place === undefined || form === undefined) return answer;
    const its = place;
    return answer.finally(() => {
      this.#ownForms.delete(its);
    });
  }

  #onPart({ sender: { gbId }, document, incoming }: InboundMessage): void {
    const { sn } = document;
    const { body } = incoming.request;
    if (sn === undefined) return;
    // A part that is sent again counts once, and keeps nobody waiting.
    if (this.#gathered.get(placeOf(gbId, sn))?.prints.has(printOf(body)) === true) return;
    // Whoever asked is held: a part that comes late shall not find the question closed.
    if (!this.#book.hold(gbId, sn, 2 * SILENCE_MS)) return;
    const form = this.#formOf(gbId, sn);
    const part = form.read(document);
    const failure = reportedFailure(document.element);
    if (part === undefined || (failure !== undefined && form.dataWins !== true)) {
      const why = failure ?? withoutContent(document.element);
      if (!this.#gathered.has(placeOf(gbId, sn))) this.#book.onAnswer(gbId, sn, why);
      return;
    }
    this.#gather(gbId, sn, part, printOf(body));
  }

  #gather(gbId: string, sn: number, part: Part, print: string): void {
    const key = placeOf(gbId, sn);
    const gathered: Gathered<Part> = this.#gathered.get(key) ?? {
      parts: [],
      prints: new Set(),
      stop: () => undefined,
    };
    this.#gathered.set(key, gathered);
    gathered.parts.push(part);
    gathered.prints.add(print);
    gathered.stop();
    const isWhole = this.#formOf(gbId, sn).isWhole(gathered.parts);
    if (isWhole || gathered.parts.length >= MAX_PARTS) this.#finish(gbId, sn, isWhole);
    else
      gathered.stop = this.#floor.clock.after(SILENCE_MS, () => {
        this.#finish(gbId, sn, false);
      });
  }

  #finish(gbId: string, sn: number, complete: boolean): void {
    const key = placeOf(gbId, sn);
    const gathered = this.#gathered.get(key);
    if (gathered === undefined) return;
    gathered.stop();
    this.#gathered.delete(key);
    this.#book.onAnswer(gbId, sn, this.#formOf(gbId, sn).join(gathered.parts, complete));
  }

  #formOf(gbId: string, sn: number): QuestionForm<Part, Answer> {
    return this.#ownForms.get(placeOf(gbId, sn)) ?? this.#form;
  }
}

/** "Unsupported" and "there is none" look alike: Result OK, or nothing at all, and no content (GB/T 28181-2022 A.2.6). */
function withoutContent(answer: XmlElement): GbFailure {
  const isEmpty =
    answer.textOf('Result')?.toUpperCase() === 'OK' || answer.children.every(({ name }) => HEAD.has(name));
  return isEmpty
    ? new GbFailure('empty', 'the device answered and returned nothing')
    : new GbFailure('bad-answer', 'the device returned nothing of what was asked');
}

function placeOf(gbId: string, sn: number): string {
  return `${gbId} ${String(sn)}`;
}

function printOf(body: Uint8Array): string {
  return hash('md5', body);
}
