import { hash } from 'node:crypto';
import type { Clock, RandomSource } from '../../kernel/index.ts';
import { equalTexts } from './equal-texts.ts';
import { networkOf } from './network-of.ts';

/** With it, what is hashed fits into one block. */
const KEY_BYTES = 16;
/** 128 bits. */
const MAC_DIGITS = 32;
const TIME_DIGITS = 8;
const RANDOM_BYTES = 4;
const PREFIX_DIGITS = TIME_DIGITS + 2 * RANDOM_BYTES;
const NONCE = new RegExp(`^[0-9a-f]{${String(PREFIX_DIGITS + MAC_DIGITS)}}$`);

/** Whom a nonce is for: it proves nothing from elsewhere or for another name. */
export interface NonceBinding {
  /** IP address of the peer. */
  readonly source: string;
  readonly username: string;
}

/** A nonce of ours, and when it was made, or why it is none. */
export type NonceCheck =
  | { readonly ok: true; readonly issuedAtS: number }
  | { readonly ok: false; readonly why: 'foreign' | 'expired' };

/**
 * Makes nonces that need no memory: time, chance, and a hash of both and the binding behind a key of this process
 * (RFC 7616 §3.3 leaves the form to the server). A flood of challenges stores nothing. The hash is SHA-512/256 (FIPS
 * 180-4 §6.7), which shows half of its state and so cannot be carried on by who has seen it: one is enough, where
 * SHA-256 would need the two of an HMAC.
 */
export class NonceIssuer {
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #lifeS: number;
  readonly #key: string;

  constructor(options: { readonly clock: Clock; readonly random: RandomSource; readonly lifeS: number }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#lifeS = options.lifeS;
    this.#key = options.random.hex(KEY_BYTES);
  }

  issue(binding: NonceBinding): string {
    const prefix = this.#nowS().toString(16).padStart(TIME_DIGITS, '0') + this.#random.hex(RANDOM_BYTES);
    return prefix + this.#mac(prefix, binding);
  }

  check(nonce: string, binding: NonceBinding): NonceCheck {
    if (!NONCE.test(nonce)) return { ok: false, why: 'foreign' };
    const mac = this.#mac(nonce.slice(0, PREFIX_DIGITS), binding);
    if (!equalTexts(mac, nonce.slice(PREFIX_DIGITS))) return { ok: false, why: 'foreign' };
    const issuedAtS = parseInt(nonce.slice(0, TIME_DIGITS), 16);
    return this.#nowS() - issuedAtS > this.#lifeS ? { ok: false, why: 'expired' } : { ok: true, issuedAtS };
  }

  #nowS(): number {
    return Math.floor(this.#clock.nowMs() / 1000);
  }

  #mac(prefix: string, { source, username }: NonceBinding): string {
    return hash('sha512-256', `${this.#key}${prefix}\n${networkOf(source)}\n${username}`).slice(
      0,
      MAC_DIGITS,
    );
  }
}
