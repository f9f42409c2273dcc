import { createHash, timingSafeEqual } from 'node:crypto';
import { CORE_ERROR_TEXTS } from '@yimu/shared';
import jwt from 'jsonwebtoken';
import { FailureBudget, sourceOf } from '../../core/index.ts';
import { type Clock, CoreError } from '../../kernel/index.ts';

const SCHEME = /^Bearer ([\x21-\x7e]{1,1024})$/;
const MAX_KEY_LENGTH = 256;
const SESSION_S = 12 * 3_600;
const AUDIENCE = 'yimu console';
const SUBJECT = 'operator';
const GUESSES = { tries: 10, windowMs: 600_000, capacity: 10_000 };

/** Options of {@link OperatorDoor}. */
export interface OperatorDoorOptions {
  /** What an operator must show; made anew at each start. */
  readonly operatorKey: string;
  /** Signs sessions; made anew at each start, which ends them all. */
  readonly sessionKey: Uint8Array;
  readonly clock: Clock;
}

/** Who asks to be let in. */
interface Visitor {
  readonly address: string;
  /** Whether it is a program on this machine. */
  readonly isFromHere: boolean;
}

/** A signed pass for the console, in place of the key. */
interface OperatorSession {
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

/**
 * Lets operators in. The key opens the door itself only for programs of this machine, such as the command
 * line; a browser trades it for a session (RFC 7519, HS256) that ends by itself.
 */
export class OperatorDoor {
  readonly #keyDigest: Buffer;
  readonly #sessionKey: Buffer;
  readonly #clock: Clock;
  readonly #guesses: FailureBudget;

  constructor({ operatorKey, sessionKey, clock }: OperatorDoorOptions) {
    this.#keyDigest = digest(operatorKey);
    this.#sessionKey = Buffer.from(sessionKey);
    this.#clock = clock;
    this.#guesses = new FailureBudget({ ...GUESSES, clock });
  }

  /** Trades the key for a session. Refuses with UNAUTHENTICATED or RATE_LIMITED. */
  signIn(key: string, visitor: Visitor): OperatorSession {
    this.#requireKey(key, visitor);
    const nowS = Math.floor(this.#clock.nowMs() / 1_000);
    const claims = { sub: SUBJECT, aud: AUDIENCE, iat: nowS, exp: nowS + SESSION_S };
    return {
      sessionToken: jwt.sign(claims, this.#sessionKey, { algorithm: 'HS256' }),
      expiresAtMs: claims.exp * 1_000,
    };
  }

  /** Reads an `Authorization` header. Refuses with UNAUTHENTICATED or RATE_LIMITED. */
  admit(authorization: string, visitor: Visitor): void {
    const shown = SCHEME.exec(authorization)?.[1];
    if (shown === undefined) throw refused('UNAUTHENTICATED', '请先登录控制台');
    if (this.#isSession(shown)) return;
    // A session that has ended is no guess at the key, which has no dot in it.
    if (shown.includes('.')) throw refused('UNAUTHENTICATED', '登录已过期，请重新登录');
    this.#requireKey(shown, visitor);
    if (!visitor.isFromHere) throw refused('UNAUTHENTICATED', '请先登录控制台');
  }

  #requireKey(shown: string, { address, isFromHere }: Visitor): void {
    const source = sourceOf(address);
    // Programs of this machine can read the key anyway: none of them shall be able to shut the others out.
    if (!isFromHere && this.#guesses.exhausted(source))
      throw refused('RATE_LIMITED', CORE_ERROR_TEXTS.RATE_LIMITED);
    if (this.#isKey(shown)) return;
    this.#guesses.spend(source);
    throw refused('UNAUTHENTICATED', '控制台密钥不正确');
  }

  #isKey(shown: string): boolean {
    return shown.length <= MAX_KEY_LENGTH && timingSafeEqual(digest(shown), this.#keyDigest);
  }

  #isSession(shown: string): boolean {
    try {
      jwt.verify(shown, this.#sessionKey, {
        algorithms: ['HS256'],
        audience: AUDIENCE,
        subject: SUBJECT,
        clockTimestamp: Math.floor(this.#clock.nowMs() / 1_000),
      });
      return true;
    } catch {
      return false;
    }
  }
}

function refused(code: 'UNAUTHENTICATED' | 'RATE_LIMITED', message: string): CoreError {
  return new CoreError(code, message);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
