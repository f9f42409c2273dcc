import type { Cancel, Clock, Logger, RandomSource } from '../../kernel/index.ts';
import type { SipUserAgent } from '../../sip/index.ts';
import { GbFailure } from '../types.ts';
import type { UpperPlatform, UpperState } from './types.ts';
import { keepaliveBody } from './upper-bodies.ts';
import { UpperLink } from './upper-link.ts';
import { type Redirect, UpperRegister } from './upper-register.ts';
import type { CascadeLimits } from './upper-times.ts';

/** A registration is refreshed when so much of it has passed. */
const REFRESH_AT = 0.8;
/** Answers to a keepalive that say: register first (annex J). */
const UNKNOWN_THERE: ReadonlySet<number> = new Set([401, 403, 404, 481]);

interface Deps {
  readonly sip: SipUserAgent;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly limits: CascadeLimits;
  readonly nextSn: () => number;
  /** The first address of a host name. */
  readonly resolve: (host: string) => Promise<string>;
  readonly onState: (state: UpperState) => void;
  /** What ran for it has to end: nothing is sent to an upper platform that is lost. */
  readonly onLost: () => void;
}

/**
 * One registration to an upper platform, kept for as long as it is wanted (GB/T 28181-2016 §9.1, §9.6): register,
 * refresh, say that we are there, notice that it is not, and begin again.
 */
export class UpperSession {
  readonly upper: UpperPlatform;
  readonly #deps: Deps;
  readonly #register: UpperRegister;
  #link: UpperLink | undefined;
  #state: UpperState = {
    phase: 'registering',
    registeredAtMs: undefined,
    lastError: undefined,
    lastErrorAtMs: undefined,
    clockOffsetMs: undefined,
  };
  #redirect: Redirect | undefined;
  /** When the registration runs out, on the monotonic line. */
  #expiresMs = 0;
  #failures = 0;
  #misses = 0;
  #stopTimer: Cancel = () => undefined;
  #stopKeepalives: Cancel = () => undefined;
  /** Each attempt has its number: what an older one learns late counts no more. */
  #attempt = 0;
  #closed = false;

  constructor(upper: UpperPlatform, deps: Deps) {
    this.upper = upper;
    this.#deps = deps;
    const { sip, random, limits } = deps;
    this.#register = new UpperRegister({ sip, random, upper, answerMs: limits.answerMs });
  }

  get state(): UpperState {
    return this.#state;
  }

  /** Where it is spoken to; undefined while we are not registered. */
  get link(): UpperLink | undefined {
    return this.#state.phase === 'registered' ? this.#link : undefined;
  }

  start(): void {
    void this.#tryNow();
  }

  /** Takes the registration back when it stands; never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#attempt += 1;
    const link = this.link;
    this.#stopAll();
    this.#set({ phase: 'stopped', registeredAtMs: undefined });
    if (link === undefined) return;
    try {
      await this.#register.attempt(link, 0);
    } catch {
      // It is gone: the registration runs out by itself.
    }
  }

  /** The connection to it is gone. */
  connectionLost(): void {
    if (this.link !== undefined) this.#lose('the connection broke');
  }

  async #tryNow(): Promise<void> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    const isOld = (): boolean => this.#closed || attempt !== this.#attempt;
    const { upper } = this;
    this.#stopTimer();
    try {
      const link = await this.#linkTo(this.#redirect ?? upper);
      if (isOld()) return;
      const result = await this.#register.attempt(link, upper.expiresS);
      if (isOld()) {
        // Nobody wants it any more: what was granted meanwhile is given back.
        if (result.ok && this.#closed) await this.#register.attempt(link, 0).catch(() => undefined);
        return;
      }
      if (result.ok) this.#onRegistered(link, result.expiresS, result.dateMs);
      else if (result.movedTo !== undefined && this.#redirect === undefined) {
        this.#redirect = result.movedTo;
        void this.#tryNow();
      } else this.#onFailed(result.why, true);
    } catch (error) {
      if (!isOld()) this.#onFailed(error instanceof GbFailure ? error.message : 'it does not answer', false);
    }
  }

  async #linkTo({ host, port }: Redirect): Promise<UpperLink> {
    const { sip, limits, resolve } = this.#deps;
    const address = await resolve(host).catch(() => {
      throw new GbFailure('transport', 'its host name has no address');
    });
    return new UpperLink({ sip, upper: this.upper, address, port, timeoutMs: limits.answerMs });
  }

  #onRegistered(link: UpperLink, expiresS: number, dateMs: number | undefined): void {
    const { clock, logger } = this.#deps;
    const isNew = this.#state.phase !== 'registered';
    this.#link = link;
    this.#failures = 0;
    this.#expiresMs = clock.monotonicMs() + expiresS * 1_000;
    if (isNew) {
      const { gbId } = this.upper;
      logger.info({ upperId: gbId, remoteAddress: link.flow.remoteAddress, expiresS }, 'registered upward');
      this.#keepAlive();
    }
    const nowMs = clock.nowMs();
    this.#set({
      phase: 'registered',
      registeredAtMs: isNew ? nowMs : this.#state.registeredAtMs,
      clockOffsetMs: dateMs === undefined ? this.#state.clockOffsetMs : dateMs - nowMs,
      ...(isNew ? { lastError: undefined, lastErrorAtMs: undefined } : {}),
    });
    this.#stopTimer = clock.after(Math.max(1, expiresS) * 1_000 * REFRESH_AT, () => {
      void this.#tryNow();
    });
  }

  /** `refused`: it answered, and will answer the same for a while (§9.1.1). */
  #onFailed(why: string, refused: boolean): void {
    const { limits, logger, clock, random } = this.#deps;
    const wasRegistered = this.#state.phase === 'registered';
    if (wasRegistered && !refused && clock.monotonicMs() < this.#expiresMs) {
      // What was granted still holds; the keepalives tell whether it is there.
      this.#stopTimer = clock.after(limits.firstRetryMs, () => {
        void this.#tryNow();
      });
      return;
    }
    this.#redirect = undefined;
    this.#stopAll();
    const backOffMs = refused ? limits.retryMs : limits.firstRetryMs * 2 ** Math.min(this.#failures, 10);
    this.#failures += 1;
    // Many that lost one platform do not come back in one moment.
    const waitMs = Math.min(limits.retryMs, backOffMs) + random.below(1_000);
    logger.warn({ upperId: this.upper.gbId, why, waitMs }, 'registration upward fails');
    this.#set({ phase: 'waiting', registeredAtMs: undefined, ...this.#error(why) });
    this.#stopTimer = clock.after(waitMs, () => {
      void this.#tryNow();
    });
    if (wasRegistered) this.#deps.onLost();
  }

  /** Begins again at once: who was registered a moment ago is not kept waiting. */
  #lose(why: string): void {
    this.#deps.logger.warn({ upperId: this.upper.gbId, why }, 'upper platform lost');
    this.#redirect = undefined;
    this.#stopAll();
    this.#set({ phase: 'registering', registeredAtMs: undefined, ...this.#error(why) });
    this.#deps.onLost();
    void this.#tryNow();
  }

  #keepAlive(): void {
    this.#misses = 0;
    this.#stopKeepalives();
    this.#stopKeepalives = this.#deps.clock.every(this.upper.keepaliveS * 1_000, () => {
      void this.#sayAlive();
    });
  }

  async #sayAlive(): Promise<void> {
    const { link } = this;
    if (link === undefined) return;
    const { gbVersion, localGbId, keepaliveMisses } = this.upper;
    try {
      await link.message(keepaliveBody(gbVersion, this.#deps.nextSn(), localGbId));
      this.#misses = 0;
    } catch (error) {
      if (this.link !== link) return;
      const status = error instanceof GbFailure ? error.status : undefined;
      if (status !== undefined && UNKNOWN_THERE.has(status)) {
        this.#lose('it does not know this registration any more');
        return;
      }
      this.#misses += 1;
      if (this.#misses >= keepaliveMisses) this.#lose('it does not answer keepalives');
    }
  }

  #error(why: string): Pick<UpperState, 'lastError' | 'lastErrorAtMs'> {
    return { lastError: why, lastErrorAtMs: this.#deps.clock.nowMs() };
  }

  #stopAll(): void {
    this.#stopTimer();
    this.#stopKeepalives();
    this.#link = undefined;
  }

  #set(changes: Partial<UpperState>): void {
    this.#state = { ...this.#state, ...changes };
    this.#deps.onState(this.#state);
  }
}
