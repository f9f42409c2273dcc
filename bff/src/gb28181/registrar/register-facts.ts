import type { SipRequest } from 'sip-parser-lite';
import { SameTexts } from '../../kernel/index.ts';
import type { Gb28181Limits } from '../options.ts';

const MAX_USER_AGENT = 128;
const MAX_KNOWN_TEXTS = 1_024;
const GB_VERSION = /^\d\.\d$/;
const BEIJING_OFFSET_MS = 8 * 3_600_000;
/** Behind `2026-01-15T10:20:30.` */
const SECONDS_END = 20;

/**
 * Seconds for which a REGISTER asks, brought within the limits; 0 takes the registration back. The Expires header
 * goes before the parameter of Contact, as devices mean it.
 */
export function expiresOf(request: SipRequest, limits: Gb28181Limits): number {
  const asked = request.expires ?? wholeNumber(request.contacts[0]?.params.get('expires'));
  if (asked === undefined) return limits.defaultExpiresS;
  return asked === 0 ? 0 : Math.min(limits.maxExpiresS, Math.max(limits.minExpiresS, asked));
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** `X-GB-Ver` (GB/T 28181-2022 annex I); undefined when absent or malformed. */
export function gbVersionOf(request: SipRequest): string | undefined {
  const text = request.header('X-GB-Ver')?.trim();
  return text !== undefined && GB_VERSION.test(text) ? text : undefined;
}

/**
 * Beijing time without a zone, as §9.10.3 of GB/T 28181-2016 writes it: `2026-01-15T10:20:30.123`. What is the same
 * within a second is written once.
 */
export class GbDates {
  #second = Number.NaN;
  #text = '';

  /** `nowMs`: UTC, ms since 1970. */
  of(nowMs: number): string {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = new Date(second * 1_000 + BEIJING_OFFSET_MS).toISOString().slice(0, SECONDS_END);
    }
    return this.#text + String(Math.floor(nowMs - second * 1_000)).padStart(3, '0');
  }
}

/**
 * Keeps one copy of the few texts that a hundred thousand devices say, and no view into the message that said it.
 * Bounded: when it is full, a new text gets a copy of its own.
 */
export class KnownTexts {
  readonly #texts = new SameTexts(MAX_KNOWN_TEXTS);

  of(text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    return this.#texts.of(text.slice(0, MAX_USER_AGENT));
  }
}
