import type { Scheduler } from '../scheduler.ts';
import type { RegisterOutcome } from './registration.ts';

/** GB/T 28181-2016 §9.6.1. */
const KEEPALIVES_LOST = 3;
const SHORTEST_REFRESH_MS = 1_000;
const LONGEST_RETRY_FACTOR = 20;
const RETRY_SPREAD = 0.2;

/** How a device attends, in numbers. */
export interface AttendanceTiming {
  readonly expiresS: number;
  /** `undefined`: no keepalives, only refreshes. */
  readonly keepaliveS: number | undefined;
  /** Wait before a registration that failed is tried again; it doubles up to twenty times this. */
  readonly retryMs: number;
}

/** What attending does and tells. */
export interface AttendanceActions {
  /** One attempt; never rejects. */
  register(expiresS: number): Promise<RegisterOutcome>;
  /** One keepalive: the status of its answer, `undefined` without one. */
  keepalive(timeoutMs: number): Promise<number | undefined>;
  onRegistered(outcome: RegisterOutcome): void;
  onRefused(status: number | undefined): void;
  onKeepalive(status: number | undefined): void;
}

/**
 * Keeps a device registered: refreshes at half of the expiry, sends keepalives, and registers anew when the
 * platform refuses a keepalive, stays silent for three, or lets the connection go.
 */
export class Attendance {
  readonly #timing: AttendanceTiming;
  readonly #actions: AttendanceActions;
  readonly #scheduler: Scheduler;
  #registered = false;
  #expiresAtMs = 0;
  #refreshAtMs = 0;
  #keepaliveAtMs = 0;
  #keepalivesLost = 0;
  #failures = 0;
  #cancelTimer: () => void = () => undefined;
  /** Counts up when what runs now is void: the link is gone, or nobody wants it any more. */
  #era = 0;

  constructor(timing: AttendanceTiming, actions: AttendanceActions, scheduler: Scheduler) {
    this.#timing = timing;
    this.#actions = actions;
    this.#scheduler = scheduler;
  }

  get registered(): boolean {
    return this.#registered && this.#scheduler.monotonicMs() < this.#expiresAtMs;
  }

  /** Resolves after the first attempt, successful or not; what follows goes by itself. */
  async start(): Promise<void> {
    await this.#register();
  }

  /** The way to the platform is gone: tries again a little later. */
  onLost(): void {
    this.stop();
    this.#retry();
  }

  /** Ends all timers; an attempt that runs has no consequence. */
  stop(): void {
    this.#era += 1;
    this.#cancelTimer();
    this.#registered = false;
  }

  async #register(): Promise<void> {
    this.#cancelTimer();
    const era = this.#era;
    const outcome = await this.#actions.register(this.#timing.expiresS);
    if (era !== this.#era) return;
    if (outcome.status === 200) {
      this.#accept(outcome);
      return;
    }
    // A refusal is final; silence leaves the binding of before until it expires.
    if (outcome.status !== undefined) this.#registered = false;
    this.#actions.onRefused(outcome.status);
    this.#retry();
  }

  #accept(outcome: RegisterOutcome): void {
    const nowMs = this.#scheduler.monotonicMs();
    const expiresMs = outcome.expiresS * 1_000;
    if (!this.registered) this.#keepaliveAtMs = nowMs + (this.#timing.keepaliveS ?? 0) * 1_000;
    this.#registered = true;
    this.#failures = 0;
    this.#keepalivesLost = 0;
    this.#expiresAtMs = nowMs + expiresMs;
    this.#refreshAtMs = nowMs + Math.max(SHORTEST_REFRESH_MS, expiresMs / 2);
    this.#actions.onRegistered(outcome);
    this.#plan();
  }

  #retry(): void {
    const factor = Math.min(2 ** this.#failures, LONGEST_RETRY_FACTOR);
    this.#failures = Math.min(this.#failures + 1, 16);
    // A crowd that lost its platform at one moment shall not come back at one moment.
    const spread = 1 + (Math.random() * 2 - 1) * RETRY_SPREAD;
    this.#after(this.#timing.retryMs * factor * spread, () => this.#register());
  }

  #plan(): void {
    const nowMs = this.#scheduler.monotonicMs();
    const keepaliveDueMs = this.#timing.keepaliveS === undefined ? Infinity : this.#keepaliveAtMs;
    if (this.#refreshAtMs <= keepaliveDueMs) this.#after(this.#refreshAtMs - nowMs, () => this.#register());
    else this.#after(keepaliveDueMs - nowMs, () => this.#keepalive());
  }

  async #keepalive(): Promise<void> {
    const era = this.#era;
    const periodMs = (this.#timing.keepaliveS ?? 0) * 1_000;
    this.#keepaliveAtMs = this.#scheduler.monotonicMs() + periodMs;
    const status = await this.#actions.keepalive(Math.max(periodMs, 1_000));
    if (era !== this.#era) return;
    this.#actions.onKeepalive(status);
    this.#keepalivesLost = status === undefined ? this.#keepalivesLost + 1 : 0;
    if (status === 200 || (status === undefined && this.#keepalivesLost < KEEPALIVES_LOST)) {
      this.#plan();
      return;
    }
    this.#registered = false;
    await this.#register();
  }

  #after(delayMs: number, run: () => Promise<void>): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#scheduler.after(Math.max(0, delayMs), () => {
      void run();
    });
  }
}
