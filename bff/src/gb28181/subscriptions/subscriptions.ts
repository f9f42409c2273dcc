import type { Cancel } from '../../kernel/index.ts';
import { RejectedResponse, type Subscription, TransactionTimeout } from '../../sip/index.ts';
import type { Capability, PlatformFloor } from '../capability.ts';
import { deviceUri } from '../commands/command-sender.ts';
import type { InboundMessage } from '../inbound/inbound-routes.ts';
import { MANSCDP_TYPE } from '../manscdp/bodies.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import { ExpiryWheel } from '../registrar/expiry-wheel.ts';
import { GbFailure } from '../types.ts';
import { isRefusal, refreshInMs, resumeAfterS, retryAfterS } from './retry-delay.ts';
import { cmdTypeOf, eventOf, subscribeBody } from './subscribe-form.ts';
import { keyOf, SubscriptionLine } from './subscription-line.ts';
import type { GbSubscriptions, SubscriptionStatus, SubscriptionWish } from './types.ts';

const TICK_MS = 1_000;
const MAX_WISHES = 8;
/** NOTIFYs say what is left in whole seconds, and came a moment later. */
const ABOUT_MS = 5_000;
/** A REGISTER soon after an answer, or after none, teaches nothing about the subscription. */
const FRESH_MS = 60_000;
const BAD_EVENT = 489;
const TOO_BRIEF = 423;
const LONGEST_EXPIRES_S = 86_400;
/** Farewells that are said when the platform closes; the other devices learn it from a 481. */
const MAX_FAREWELLS = 500;
const FAREWELL_MS = 1_000;

/**
 * Keeps the subscriptions that are wanted of devices (GB/T 28181-2016 §9.11, RFC 6665): asks when a device comes
 * online, refreshes in time, begins anew when the device forgot it, waits longer each time it fails. One wheel times
 * all of them; few SUBSCRIBEs are on their way at once, and one for each device.
 */
export class Subscriptions implements Capability, GbSubscriptions {
  readonly #floor: PlatformFloor;
  readonly #wheel: ExpiryWheel<SubscriptionLine>;
  readonly #lines = new Map<string, readonly SubscriptionLine[]>();
  readonly #byCallId = new Map<string, SubscriptionLine>();
  /** Due and not begun; insertion order is the queue. */
  readonly #ready = new Set<SubscriptionLine>();
  /** What is on its way, by device. */
  readonly #asking = new Map<string, SubscriptionLine>();
  #stopTicks: Cancel | undefined;
  #closed = false;

  constructor(floor: PlatformFloor) {
    const { clock, instruments, inbound } = floor;
    this.#floor = floor;
    this.#wheel = new ExpiryWheel(clock.monotonicMs());
    inbound.letNotifyIn((message) => this.#isWanted(message));
    instruments.gauge('yimu_gb_subscriptions', 'subscriptions to devices that stand', () => {
      let standing = 0;
      for (const lines of this.#lines.values())
        for (const { phase } of lines) if (phase === 'active') standing += 1;
      return standing;
    });
    instruments.gauge(
      'yimu_gb_subscriptions_asking',
      'SUBSCRIBEs to devices whose answer is awaited',
      () => this.#asking.size,
    );
  }

  want(gbId: string, wishes: readonly SubscriptionWish[]): void {
    if (this.#closed) return;
    if (wishes.length > MAX_WISHES) throw new GbFailure('exhausted', 'too many subscriptions to one device');
    const before = this.#lines.get(gbId) ?? [];
    const byKey = new Map(wishes.map((wish) => [keyOf(wish), wish]));
    const kept = before.filter((line) => byKey.delete(line.key));
    for (const line of before) if (!kept.includes(line)) this.#end(line);
    const added = [...byKey.values()].map(
      (wish) => new SubscriptionLine(gbId, wish, this.#floor.limits.subscribeExpiresS),
    );
    if (kept.length + added.length === 0) this.#lines.delete(gbId);
    else this.#lines.set(gbId, [...kept, ...added]);
    if (this.#entryOf(gbId) !== undefined) for (const line of added) this.#schedule(line, 0);
    this.#tickWhileNeeded();
  }

  status(gbId: string): readonly SubscriptionStatus[] {
    const { clock } = this.#floor;
    const offsetMs = clock.nowMs() - clock.monotonicMs();
    return (this.#lines.get(gbId) ?? []).map((line) => line.status(offsetMs));
  }

  /** The device of the subscription in whose dialog a NOTIFY came. */
  deviceOf(callId: string): string | undefined {
    return this.#byCallId.get(callId)?.gbId;
  }

  onOnline(entry: DeviceEntry, how: 'registered' | 'refreshed' | 'moved'): void {
    const { clock, random, limits } = this.#floor;
    const nowMs = clock.monotonicMs();
    for (const line of this.#lines.get(entry.gbId) ?? []) {
      if (how === 'registered') {
        // Whatever it held before, a device that was away may have forgotten it.
        this.#drop(line);
        line.failures = 0;
        line.plainEvent = false;
        this.#schedule(line, random.below(limits.subscribeJitterMs + 1));
        continue;
      }
      line.subscription?.moveTo(entry.flow);
      const isFresh = nowMs - Math.max(line.confirmedMs, line.failedMs) < FRESH_MS;
      if (!line.isWorthAsking || (how === 'refreshed' && isFresh)) continue;
      // What did not answer may not have been where it was asked.
      if (how === 'moved') line.failures = 0;
      this.#schedule(line, random.below(limits.subscribeJitterMs + 1));
    }
  }

  abandon(gbId: string): void {
    for (const line of this.#lines.get(gbId) ?? []) {
      this.#unschedule(line);
      this.#drop(line);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTicks?.();
    this.#stopTicks = undefined;
    const farewells: Promise<void>[] = [];
    for (const line of [...this.#lines.values()].flat()) {
      const { subscription } = line;
      const isTold = subscription !== undefined && farewells.length < MAX_FAREWELLS;
      if (isTold) farewells.push(this.#unsubscribe(line, subscription, FAREWELL_MS));
      this.#drop(line);
    }
    this.#lines.clear();
    this.#ready.clear();
    await Promise.all(farewells);
  }

  /** Within a subscription's dialog; or, as some devices do, outside any while such a subscription stands. */
  #isWanted({ sender, document, incoming }: InboundMessage): boolean {
    const { clock, metrics } = this.#floor;
    const callId = incoming.dialog?.callId;
    const held = callId === undefined ? undefined : this.#byCallId.get(callId);
    const line =
      held ??
      (this.#lines.get(sender.gbId) ?? []).find(
        ({ phase, wish }) => phase === 'active' && cmdTypeOf(wish.kind) === document.cmdType,
      );
    if (line?.gbId !== sender.gbId) return false;
    metrics.notifies.of(held === undefined ? 'outside-dialog' : 'in-dialog').value += 1;
    if (held !== undefined) this.#hasten(held);
    line.notified += 1;
    line.lastNotifiedAtMs = clock.nowMs();
    return true;
  }

  #tickWhileNeeded(): void {
    if (this.#lines.size === 0) {
      this.#stopTicks?.();
      this.#stopTicks = undefined;
      return;
    }
    this.#stopTicks ??= this.#floor.clock.every(TICK_MS, () => {
      this.#tick();
    });
  }

  #tick(): void {
    const nowMs = this.#floor.clock.monotonicMs();
    this.#wheel.advance(nowMs, (line) => {
      if (line.dueMs > nowMs) return line.dueMs;
      this.#ready.add(line);
      return undefined;
    });
    this.#pump();
  }

  #schedule(line: SubscriptionLine, delayMs: number): void {
    this.#unschedule(line);
    line.dueMs = this.#floor.clock.monotonicMs() + delayMs;
    if (delayMs > 0) this.#wheel.add(line, line.dueMs);
    else {
      this.#ready.add(line);
      this.#pump();
    }
  }

  #unschedule(line: SubscriptionLine): void {
    this.#wheel.remove(line);
    this.#ready.delete(line);
    line.dueMs = Infinity;
  }

  #pump(): void {
    for (const line of this.#ready) {
      if (this.#asking.size >= this.#floor.limits.maxSubscribesAtOnce) return;
      if (this.#asking.has(line.gbId)) continue;
      this.#ready.delete(line);
      const entry = this.#entryOf(line.gbId);
      if (entry === undefined) continue;
      this.#asking.set(line.gbId, line);
      void this.#ask(line, entry).finally(() => {
        this.#asking.delete(line.gbId);
        if (!this.#closed) this.#pump();
      });
    }
  }

  async #ask(line: SubscriptionLine, entry: DeviceEntry): Promise<void> {
    const { subscription } = line;
    try {
      if (subscription === undefined) await this.#begin(line, entry);
      else await this.#refresh(line, entry, subscription);
      this.#onGranted(line);
    } catch (error) {
      this.#onFailure(line, subscription !== undefined, error);
    }
  }

  async #begin(line: SubscriptionLine, entry: DeviceEntry): Promise<void> {
    const { sip, platformId, domain, sender, limits } = this.#floor;
    const sn = sender.nextSn();
    const target = line.wish.channelGbId ?? entry.gbId;
    const attempt = sip.subscribe({
      requestUri: deviceUri(target, entry.flow),
      from: `sip:${platformId}@${domain}`,
      to: `sip:${target}@${domain}`,
      flow: entry.flow,
      event: line.plainEvent ? 'presence' : eventOf(line.wish.kind, sn),
      expiresS: line.expiresS,
      body: subscribeBody(line.wish, entry, sn),
      contentType: MANSCDP_TYPE,
      timeoutMs: limits.messageTimeoutMs,
    });
    line.phase = 'asking';
    line.attempt = attempt;
    this.#byCallId.set(attempt.callId, line);
    try {
      const subscription = await attempt.answered;
      if (line.attempt === attempt) this.#stands(line, subscription);
      else subscription.drop();
    } catch (error) {
      this.#byCallId.delete(attempt.callId);
      // Dropped meanwhile: nobody waits for it.
      if (line.attempt === attempt) throw error;
    } finally {
      if (line.attempt === attempt) line.attempt = undefined;
    }
  }

  #stands(line: SubscriptionLine, subscription: Subscription): void {
    line.subscription = subscription;
    subscription.onEnded((end) => {
      this.#byCallId.delete(subscription.callId);
      if (line.subscription !== subscription) return;
      line.subscription = undefined;
      if (line.phase === 'active') line.phase = 'waiting';
      // Whoever is asking just now sees it by the answer.
      if (!this.#closed && this.#asking.get(line.gbId) !== line && this.#isHeld(line))
        this.#schedule(line, resumeAfterS(end) * 1_000);
    });
  }

  async #refresh(line: SubscriptionLine, entry: DeviceEntry, subscription: Subscription): Promise<void> {
    const { sender, limits } = this.#floor;
    try {
      await subscription.refresh({
        expiresS: line.expiresS,
        body: subscribeBody(line.wish, entry, sender.nextSn()),
        timeoutMs: limits.messageTimeoutMs,
      });
    } catch (error) {
      // A 481 has ended it; but one that was dropped meanwhile is nobody's concern.
      if (line.phase === 'active' || this.#asking.get(line.gbId) === line) throw error;
    }
  }

  #onGranted(line: SubscriptionLine): void {
    const { clock, metrics } = this.#floor;
    const { subscription } = line;
    if (!this.#isHeld(line)) return;
    if (subscription === undefined || subscription.ended) {
      this.#onNothingGranted(line);
      return;
    }
    metrics.subscribes.of('ok').value += 1;
    this.#learn(line, 'supported');
    line.phase = 'active';
    line.failures = 0;
    line.refusedBy = undefined;
    line.confirmedMs = clock.monotonicMs();
    this.#schedule(line, refreshInMs(subscription.expiresMs - line.confirmedMs));
  }

  /** A NOTIFY may say that less time is left than was granted (RFC 6665 §4.1.3). */
  #hasten(line: SubscriptionLine): void {
    const nowMs = this.#floor.clock.monotonicMs();
    if (line.subscription === undefined || line.phase !== 'active') return;
    const delayMs = refreshInMs(line.subscription.expiresMs - nowMs);
    if (nowMs + delayMs < line.dueMs - ABOUT_MS) this.#schedule(line, delayMs);
  }

  /** A 2xx with no time in it, or an end that overtook it; unless it was dropped meanwhile, which has its own time. */
  #onNothingGranted(line: SubscriptionLine): void {
    const { clock, metrics } = this.#floor;
    if (this.#ready.has(line) || line.dueMs > clock.monotonicMs()) return;
    metrics.subscribes.of('no-time').value += 1;
    line.failures += 1;
    line.failedMs = clock.monotonicMs();
    line.phase = 'failed';
    this.#schedule(line, retryAfterS(undefined, line.failures) * 1_000);
  }

  #onFailure(line: SubscriptionLine, wasStanding: boolean, error: unknown): void {
    const status = error instanceof RejectedResponse ? error.status : undefined;
    this.#floor.metrics.subscribes.of(status === undefined ? 'no-answer' : String(status)).value += 1;
    if (!this.#isHeld(line) || this.#entryOf(line.gbId) === undefined) return;
    // The device knows nothing of it any more, or cannot be asked within it: it begins anew (RFC 6665 §4.1.2.3).
    if (wasStanding && (status === 481 || error instanceof TransactionTimeout)) {
      this.#drop(line);
      this.#schedule(line, 1);
      return;
    }
    line.failures += 1;
    line.failedMs = this.#floor.clock.monotonicMs();
    line.refusedBy = status;
    if (this.#adapts(line, error) && line.failures <= 3) {
      this.#schedule(line, 1);
      return;
    }
    if (status === BAD_EVENT || status === 405 || status === 501)
      this.#learn(line, new GbFailure('rejected', 'the device refuses the subscription', status));
    if (line.subscription === undefined) line.phase = isRefusal(error) ? 'refused' : 'failed';
    const delayS = retryAfterS(error, line.failures);
    const { logger } = this.#floor;
    logger.info({ deviceId: line.gbId, kind: line.wish.kind, status, delayS }, 'no subscription to a device');
    this.#schedule(line, delayS * 1_000);
  }

  /** Asks otherwise where the device says how it wants to be asked. */
  #adapts(line: SubscriptionLine, error: unknown): boolean {
    if (!(error instanceof RejectedResponse)) return false;
    if (error.status === TOO_BRIEF && error.minExpiresS !== undefined && error.minExpiresS > line.expiresS) {
      line.expiresS = Math.min(error.minExpiresS, LONGEST_EXPIRES_S);
      return true;
    }
    // Annex J knows `presence` alone.
    if (error.status !== BAD_EVENT || line.plainEvent || line.wish.kind !== 'catalog') return false;
    line.plainEvent = true;
    return true;
  }

  #learn(line: SubscriptionLine, outcome: 'supported' | GbFailure): void {
    const command = `Subscribe.${cmdTypeOf(line.wish.kind)}`;
    this.#floor.learn({ gbId: line.gbId, command }, outcome);
  }

  /** Ends what nobody wants any more, and tells the device. */
  #end(line: SubscriptionLine): void {
    this.#unschedule(line);
    const { subscription } = line;
    if (subscription !== undefined)
      void this.#unsubscribe(line, subscription, this.#floor.limits.messageTimeoutMs);
    this.#drop(line);
  }

  async #unsubscribe(line: SubscriptionLine, subscription: Subscription, timeoutMs: number): Promise<void> {
    const entry = this.#entryOf(line.gbId);
    if (line.subscription === subscription) line.subscription = undefined;
    this.#byCallId.delete(subscription.callId);
    if (entry === undefined) subscription.drop();
    else {
      const body = subscribeBody(line.wish, entry, this.#floor.sender.nextSn());
      await subscription.unsubscribe({ body, timeoutMs });
    }
  }

  /** Forgets what there is without a word to the device. */
  #drop(line: SubscriptionLine): void {
    const { subscription, attempt } = line;
    line.subscription = undefined;
    line.attempt = undefined;
    line.phase = 'waiting';
    attempt?.drop();
    subscription?.drop();
  }

  #isHeld(line: SubscriptionLine): boolean {
    return this.#lines.get(line.gbId)?.includes(line) === true;
  }

  #entryOf(gbId: string): DeviceEntry | undefined {
    try {
      return this.#floor.entryOf(gbId);
    } catch {
      return undefined;
    }
  }
}
