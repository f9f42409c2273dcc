import type { FirmwareOrder, FirmwareResult } from '@yimu/shared';
import {
  type Clock,
  CoreError,
  type Instruments,
  type Logger,
  type RandomSource,
} from '../../kernel/index.ts';
import { cleanText } from '../clean-text.ts';
import { type Device, requireOnline } from '../devices/device.ts';
import type { ControlPort } from '../ports/control.ts';
import type { UpgradeRecord, UpgradeRepository } from '../ports/upgrades.ts';
import { refuse } from '../refuse.ts';
import { UpgradeBook } from './upgrade-book.ts';

/** A device that did not say how its upgrade ended is given up after this. */
const PATIENCE_MS = 3_600_000;
/** Octets of a session's ID before they are written: the standard has 32 to 128 characters. */
const SESSION_OCTETS = 16;
const MAX_SESSION = 128;
const MAX_FACT = 64;
const MAX_URL = 1_024;
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'ftp:', 'ftps:']);
/** Failures after which it is sure that the device does not obey; after any other it may. */
const REFUSALS: ReadonlySet<CoreError['code']> = new Set([
  'CHANNEL_NOT_FOUND',
  'CHANNEL_OFFLINE',
  'DEVICE_BUSY',
  'DEVICE_REFUSED',
  'NOT_SUPPORTED_BY_DEVICE',
  'QUOTA_EXCEEDED',
]);

/** An upgrade of a device as operators see it. */
export interface UpgradeView extends Omit<UpgradeRecord, 'deviceId' | 'state'> {
  /** `overdue`: nothing was heard for an hour; a result that comes later counts all the same. */
  readonly state: UpgradeRecord['state'] | 'overdue';
}

interface Deps {
  readonly port: ControlPort;
  readonly repository: UpgradeRepository;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/**
 * Upgrades of firmware (GB/T 28181-2022 §9.13). An order is durable before it is sent, so that the result, which comes
 * when the device has restarted, finds it though this process restarted too.
 */
export class Upgrades {
  readonly #deps: Deps;
  readonly #book: UpgradeBook;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#book = new UpgradeBook(deps);
  }

  async load(): Promise<void> {
    await this.#book.load();
  }

  /**
   * Orders an upgrade; resolves when the device accepted it. One at a time: CONFLICT while one runs. Rejects as
   * {@link ControlPort} does, and with STORAGE_FAILED, when nothing was sent.
   */
  async order(device: Device, order: FirmwareOrder): Promise<UpgradeView> {
    const record = this.#newRecord(device, order);
    const { firmware = '', manufacturer = '' } = record;
    requireOnline(device);
    if (this.#runs(device.id)) throw refuse('CONFLICT');
    this.#book.put(record);
    try {
      await this.#book.save(device.id);
    } catch (error) {
      this.#book.drop(record);
      throw error;
    }
    const { fileUrl } = order;
    try {
      await this.#deps.port.upgrade(device.gbId, { firmware, manufacturer, fileUrl }, record.sessionId);
    } catch (error) {
      this.#notAccepted(record, error);
      throw error;
    }
    return this.#view(this.#find(record) ?? record);
  }

  /** The last one; undefined when none is known. */
  of(device: Pick<Device, 'id'>): UpgradeView | undefined {
    const last = this.#book.of(device.id).at(-1);
    return last && this.#view(last);
  }

  /** Those before the last one, newest first. */
  earlier(device: Pick<Device, 'id'>): readonly UpgradeView[] {
    return this.#book
      .of(device.id)
      .slice(0, -1)
      .reverse()
      .map((record) => this.#view(record));
  }

  /**
   * A device that is known says how an upgrade ended. Gives what is settled when the end of an order is stored, or the
   * database does not take it yet; undefined when there is nothing to wait for.
   */
  onResult(
    { id: deviceId, gbId }: Pick<Device, 'id' | 'gbId'>,
    result: FirmwareResult,
  ): Promise<void> | undefined {
    const { clock, logger } = this.#deps;
    const sessionId = cleanText(result.sessionId, MAX_SESSION);
    const before = sessionId === undefined ? undefined : this.#find({ deviceId, sessionId });
    if (sessionId === undefined || (before === undefined && this.#runs(deviceId))) {
      logger.warn({ deviceId: gbId }, 'a device reports an upgrade that is not the one ordered');
      return undefined;
    }
    const changedAtMs = clock.nowMs();
    const after = {
      ...(before ?? ofSomebodyElse(deviceId, sessionId, changedAtMs)),
      state: result.ok ? ('done' as const) : ('failed' as const),
      running: cleanText(result.firmware, MAX_FACT),
      reason: cleanText(result.reason, MAX_FACT),
      changedAtMs,
    };
    if (before !== undefined && saysTheSame(before, after)) return undefined;
    this.#book.put(after);
    logger.info({ deviceId: gbId, ok: result.ok, reason: result.reason }, 'upgrade of a device ended');
    // One end of each order is written at once; what a device tells beside that, it may tell as often as it likes.
    if (before !== undefined && !hasEnded(before)) return settled(this.#book.save(deviceId));
    this.#book.saveSoon(deviceId);
    return undefined;
  }

  /** The device was removed. */
  forgetDevice(deviceId: number): void {
    this.#book.forget(deviceId);
  }

  tick(): void {
    this.#book.tick();
  }

  /** Writes what waits; never rejects. */
  async flush(): Promise<void> {
    await this.#book.flush();
  }

  #newRecord(device: Device, { firmware, manufacturer, fileUrl }: FirmwareOrder): UpgradeRecord {
    const { clock, random } = this.#deps;
    const nowMs = clock.nowMs();
    return {
      deviceId: device.id,
      sessionId: random.hex(SESSION_OCTETS),
      state: 'running',
      firmware: required(firmware, 'firmware'),
      manufacturer: required(manufacturer, 'manufacturer'),
      source: sourceOf(fileUrl),
      running: cleanText(device.firmware, MAX_FACT),
      reason: undefined,
      askedAtMs: nowMs,
      changedAtMs: nowMs,
    };
  }

  /** A result may have come before the failure: then it is what counts. */
  #notAccepted(record: UpgradeRecord, error: unknown): void {
    if (this.#find(record)?.state !== 'running') return;
    const isRefused = error instanceof CoreError && REFUSALS.has(error.code);
    const changedAtMs = this.#deps.clock.nowMs();
    this.#book.put({ ...record, state: isRefused ? 'refused' : 'unanswered', changedAtMs });
    this.#book.saveSoon(record.deviceId);
  }

  #find({ deviceId, sessionId }: Pick<UpgradeRecord, 'deviceId' | 'sessionId'>): UpgradeRecord | undefined {
    return this.#book.of(deviceId).find((record) => record.sessionId === sessionId);
  }

  #runs(deviceId: number): boolean {
    return this.#book.of(deviceId).some((record) => record.state === 'running' && !this.#isOverdue(record));
  }

  #isOverdue({ state, askedAtMs }: UpgradeRecord): boolean {
    return state === 'running' && this.#deps.clock.nowMs() - askedAtMs > PATIENCE_MS;
  }

  #view(record: UpgradeRecord): UpgradeView {
    const { sessionId, firmware, manufacturer, source, running, reason, askedAtMs, changedAtMs } = record;
    const state = this.#isOverdue(record) ? 'overdue' : record.state;
    return { sessionId, state, firmware, manufacturer, source, running, reason, askedAtMs, changedAtMs };
  }
}

function required(text: string, field: string): string {
  const clean = cleanText(text, MAX_FACT);
  if (clean === undefined) throw refuse('INVALID_ARGUMENT', { field });
  return clean;
}

/** The device fetches it, not we: any host may be right. */
function sourceOf(text: string): string {
  const url = text.length <= MAX_URL && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !SCHEMES.has(url.protocol) || url.hostname === '')
    throw refuse('INVALID_ARGUMENT', { field: 'fileUrl' });
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, MAX_URL);
}

function ofSomebodyElse(
  deviceId: number,
  sessionId: string,
  askedAtMs: number,
): Omit<UpgradeRecord, 'state'> {
  return {
    ...{ deviceId, sessionId, askedAtMs, changedAtMs: askedAtMs },
    ...{ firmware: undefined, manufacturer: undefined, source: undefined },
    ...{ running: undefined, reason: undefined },
  };
}

function hasEnded({ state }: UpgradeRecord): boolean {
  return state === 'done' || state === 'failed';
}

/** The book has told of a failure, and tries again. */
async function settled(work: Promise<void>): Promise<void> {
  await work.catch(() => undefined);
}

function saysTheSame(before: UpgradeRecord, after: UpgradeRecord): boolean {
  return before.state === after.state && before.running === after.running && before.reason === after.reason;
}
