import { hash } from 'node:crypto';
import type { Cancel, Clock } from '../../kernel/index.ts';
import type { RecordItem, RecordPart } from '../manscdp/record-info.ts';
import { GbFailure } from '../types.ts';
import type { RecordAnswer } from './types.ts';

/** Times and bounds of one question. */
export interface RecordJobLimits {
  readonly recordFirstPartMs: number;
  readonly recordSilenceMs: number;
  readonly recordTotalMs: number;
  readonly maxRecordItems: number;
}

/** Some say in SumNum what one part holds: the next part, if there is one, comes at once. */
const LINGER_MS = 250;

/**
 * Gathers the parts of one answer. It ends when as much has come as was announced, by silence after a part, or by the
 * clock. Parts that come twice count once; what is announced may be wrong in both directions.
 */
export class RecordJob {
  readonly answer: Promise<RecordAnswer>;
  readonly sn: number;
  readonly channelId: string;
  readonly #clock: Clock;
  readonly #limits: RecordJobLimits;
  readonly #onEnd: (how: string) => void;
  readonly #items = new Map<string, RecordItem>();
  readonly #parts = new Set<string>();
  #received = 0;
  #announced: number | undefined;
  #stopWait: Cancel;
  readonly #stopTotal: Cancel;
  #settled = false;
  #resolve: (answer: RecordAnswer) => void = () => undefined;
  #reject: (error: GbFailure) => void = () => undefined;

  constructor(options: {
    readonly sn: number;
    readonly channelId: string;
    readonly clock: Clock;
    readonly limits: RecordJobLimits;
    readonly onEnd: (how: string) => void;
  }) {
    this.sn = options.sn;
    this.channelId = options.channelId;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#onEnd = options.onEnd;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#stopWait = this.#clock.after(this.#limits.recordFirstPartMs, () => {
      this.fail(new GbFailure('timeout', 'the device did not answer: RecordInfo'));
    });
    this.#stopTotal = this.#clock.after(this.#limits.recordTotalMs, () => {
      this.#finish(false);
    });
  }

  /** Whether anything of the answer has come. */
  get begun(): boolean {
    return this.#parts.size > 0;
  }

  /** Whether it was a part that had not come before. */
  onPart(part: RecordPart, body: Uint8Array): boolean {
    if (this.#settled) return false;
    if (part.refused && !this.begun) {
      this.fail(new GbFailure('rejected', 'the device refuses: RecordInfo'));
      return false;
    }
    const print = hash('md5', body);
    if (this.#parts.has(print)) return false;
    this.#parts.add(print);
    for (const item of part.items) {
      const key = keyOf(item);
      if (this.#items.size < this.#limits.maxRecordItems || this.#items.has(key)) this.#items.set(key, item);
    }
    this.#received += part.received;
    // Vendor: a later part may announce less, e.g. only what it holds itself.
    this.#announced = Math.max(part.announced ?? 0, this.#announced ?? 0);
    if (part.announced === 0 && part.received === 0) this.#finish(true);
    else if (
      this.#items.size >= this.#limits.maxRecordItems ||
      this.#parts.size > this.#limits.maxRecordItems
    )
      this.#finish(false);
    else this.#waitOn();
    return true;
  }

  fail(failure: GbFailure): void {
    if (this.#settle(failure.reason)) this.#reject(failure);
  }

  #waitOn(): void {
    this.#stopWait();
    const isAll = this.#isAll();
    this.#stopWait = this.#clock.after(isAll ? LINGER_MS : this.#limits.recordSilenceMs, () => {
      this.#finish(isAll);
    });
  }

  #isAll(): boolean {
    const announced = this.#announced ?? 0;
    return announced > 0 && Math.max(this.#items.size, this.#received) >= announced;
  }

  #finish(complete: boolean): void {
    if (this.#settle(complete ? 'complete' : 'incomplete'))
      this.#resolve({ items: [...this.#items.values()], complete });
  }

  #settle(how: string): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#stopWait();
    this.#stopTotal();
    this.#onEnd(how);
    return true;
  }
}

/** What makes a file another one; parts come out of order and repeat (GB/T 28181-2016 annex N). */
export function keyOf({ channelId, beginMs, endMs, filePath, kind }: RecordItem): string {
  return [channelId, beginMs, endMs, filePath ?? '', kind].join(' ');
}
