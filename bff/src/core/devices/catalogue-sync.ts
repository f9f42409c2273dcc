import type { Clock, Instruments, Logger, RandomSource } from '../../kernel/index.ts';
import { CoreError } from '../../kernel/index.ts';
import { cleanText } from '../clean-text.ts';
import type { DeviceFacts, SignallingPort } from '../ports/signalling.ts';
import type { DeviceCatalogue } from './device-catalogue.ts';
import type { DeviceRegistry } from './device-registry.ts';
import { NAME_LENGTH } from './catalogue-limits.ts';
import { factText } from './fact-text.ts';
import type { WriteBehind } from './write-behind.ts';

/** Attempts at a catalogue after one registration. */
const MAX_ATTEMPTS = 4;
/** Of a crowd that came at once, one device each so many ms is asked, on average. */
const PACE_MS = 4;
/** While more devices than these come each second, they have the right of way: few are asked, each so much later. */
const RUSH_PER_SECOND = 100;
const RUSH_FACTOR = 16;
const RUSH_CONCURRENCY = 16;
const RUSH_WINDOW_MS = 1_000;

interface Deps {
  readonly registry: DeviceRegistry;
  readonly catalogue: DeviceCatalogue;
  readonly writeBehind: WriteBehind;
  readonly signalling: SignallingPort;
  /** Whether channels stay that the device names no more. */
  readonly keepsChannels: (gbId: string) => boolean;
  /** A device told of itself. */
  readonly onFacts: (gbId: string) => void;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly concurrency: number;
  readonly jitterMs: number;
  readonly retryMs: number;
}

interface Retry {
  readonly dueAtMs: number;
  readonly attempt: number;
}

/**
 * Asks devices that came online for their catalogue and facts: a limited number at a time, each after a random wait
 * that grows with that number. So many may be waited for that some which never answer do not hold up the others.
 */
export class CatalogueSync {
  readonly #deps: Deps;
  /** gbId → attempt; insertion order is the queue, one entry a device. */
  readonly #waiting = new Map<string, number>();
  readonly #retries = new Map<string, Retry>();
  readonly #running = new Map<string, () => void>();
  /** Devices that came within the window, and in the one before it. */
  #came = 0;
  #cameBefore = 0;
  #windowEndsAtMs = 0;
  #closed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.instruments.gauge(
      'yimu_core_catalogues_wanted',
      'Devices whose catalogue is asked for or will be',
      () => this.#waiting.size + this.#running.size + this.#retries.size,
    );
  }

  request(gbId: string): void {
    this.#retries.delete(gbId);
    this.#turnWindow();
    this.#came += 1;
    this.#enqueue(gbId, 1);
  }

  forget(gbId: string): void {
    this.#retries.delete(gbId);
    this.#waiting.delete(gbId);
  }

  tick(): void {
    const now = this.#deps.clock.monotonicMs();
    for (const [gbId, retry] of this.#retries) {
      if (retry.dueAtMs > now) continue;
      this.#retries.delete(gbId);
      this.#enqueue(gbId, retry.attempt);
    }
  }

  close(): void {
    this.#closed = true;
    this.#waiting.clear();
    this.#retries.clear();
    for (const cancel of this.#running.values()) cancel();
  }

  #enqueue(gbId: string, attempt: number): void {
    if (this.#closed) return;
    this.#waiting.set(gbId, attempt);
    this.#pump();
  }

  #pump(): void {
    const isRush = this.#isRush();
    const { concurrency } = this.#deps;
    const most = isRush ? Math.min(RUSH_CONCURRENCY, concurrency) : concurrency;
    const paceMs = isRush ? PACE_MS * RUSH_FACTOR : PACE_MS;
    for (const [gbId, attempt] of this.#waiting) {
      if (this.#running.size >= most) return;
      if (this.#running.has(gbId)) continue;
      this.#waiting.delete(gbId);
      // A device that left while it waited takes no place: a crowd that left keeps nobody waiting.
      if (!this.#deps.signalling.presence(gbId).online) continue;
      const spreadMs = Math.max(this.#deps.jitterMs, 2 * paceMs * this.#running.size);
      const waitMs = this.#deps.random.below(spreadMs + 1);
      const cancel = this.#deps.clock.after(waitMs, () => {
        void this.#ask(gbId, attempt).finally(() => {
          this.#running.delete(gbId);
          if (!this.#closed) this.#pump();
        });
      });
      this.#running.set(gbId, cancel);
    }
  }

  /** A registration is worth more than a catalogue: a device that is not heard repeats itself, and makes it worse. */
  #isRush(): boolean {
    this.#turnWindow();
    return Math.max(this.#came, this.#cameBefore) > RUSH_PER_SECOND;
  }

  #turnWindow(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs < this.#windowEndsAtMs) return;
    // Nobody came in the window that was skipped.
    this.#cameBefore = nowMs < this.#windowEndsAtMs + RUSH_WINDOW_MS ? this.#came : 0;
    this.#came = 0;
    this.#windowEndsAtMs = nowMs + RUSH_WINDOW_MS;
  }

  async #ask(gbId: string, attempt: number): Promise<void> {
    const { registry, signalling, logger } = this.#deps;
    const device = registry.byGbId(gbId);
    if (!device || !signalling.presence(gbId).online) return;
    let again: boolean;
    try {
      again = await this.#askCatalogue(gbId, device.id);
    } catch (error) {
      logger.info({ deviceId: gbId, attempt, error: reasonOf(error) }, 'device tells no catalogue');
      await this.#assume(device.id);
      again = true;
    }
    await this.#askFacts(gbId, device.id);
    if (!again || attempt >= MAX_ATTEMPTS || this.#closed || this.#waiting.has(gbId)) return;
    const dueAtMs = this.#deps.clock.monotonicMs() + this.#deps.retryMs;
    this.#retries.set(gbId, { dueAtMs, attempt: attempt + 1 });
  }

  async #askCatalogue(gbId: string, deviceId: number): Promise<boolean> {
    const { entries, complete } = await this.#deps.signalling.queryCatalog(gbId);
    // A catalogue that is not complete deletes nothing.
    const mayDelete = complete && !this.#deps.keepsChannels(gbId);
    const unconfirmed = await this.#deps.catalogue.merge(deviceId, entries, mayDelete);
    await this.#assume(deviceId);
    return unconfirmed || !complete;
  }

  async #assume(deviceId: number): Promise<void> {
    if (this.#deps.registry.channels(deviceId).length > 0) return;
    try {
      await this.#deps.catalogue.assumeChannel(deviceId);
    } catch (error) {
      this.#deps.logger.error({ err: error, deviceId }, 'channel could not be stored');
    }
  }

  async #askFacts(gbId: string, deviceId: number): Promise<void> {
    let facts: DeviceFacts;
    try {
      facts = await this.#deps.signalling.queryDeviceFacts(gbId);
    } catch (error) {
      this.#deps.logger.info(
        { deviceId: gbId, error: reasonOf(error) },
        'device tells no facts about itself',
      );
      return;
    }
    const device = this.#deps.registry.byId(deviceId);
    if (!device) return;
    this.#deps.registry.put({
      ...device,
      reportedName: cleanText(facts.name, NAME_LENGTH) ?? device.reportedName,
      manufacturer: factText(facts.manufacturer) ?? device.manufacturer,
      model: factText(facts.model) ?? device.model,
      firmware: factText(facts.firmware) ?? device.firmware,
    });
    this.#deps.writeBehind.mark(deviceId);
    this.#deps.onFacts(gbId);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof CoreError ? error.code : String(error);
}
