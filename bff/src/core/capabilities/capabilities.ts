import type { Clock, Counter, Instruments, Logger } from '../../kernel/index.ts';
import { cleanText } from '../clean-text.ts';
import type { Device } from '../devices/device.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { CapabilityRecord, CapabilityRepository, LearnedOutcome } from '../ports/learning.ts';
import { refuse } from '../refuse.ts';
import { CapabilityWrites, lastAtMs } from './capability-writes.ts';
import { isOf, isSettled, type Verdict, verdictOf } from './verdict.ts';

/** Commands kept of one device. */
const MAX_COMMANDS = 128;
const COMMAND = /^[A-Za-z0-9_.]{1,64}$/;
const MAX_TEXT = 200;
const MAX_VERSION = 16;

/** What is known of one command of a device. */
export interface CommandFact {
  readonly command: string;
  readonly verdict: Verdict;
  /** When that was seen last, UTC ms. */
  readonly seenAtMs: number;
  /** Of the last refusal. */
  readonly sipStatus: number | undefined;
  readonly text: string | undefined;
  /** Whether the device is asked again only on demand; with several channels, the one that refused last. */
  readonly settled: boolean;
}

/** What a device has really answered. */
export interface CapabilityReport {
  /** X-GB-Ver as claimed when it was last heard: a hint and no more. */
  readonly claimedVersion: string | undefined;
  readonly firmware: string | undefined;
  readonly commands: readonly CommandFact[];
}

/** Whom a command is for. */
export interface Target {
  readonly device: Pick<Device, 'id' | 'gbId'>;
  /** The device itself when absent. */
  readonly channelGbId?: string | undefined;
}

/** How a command is put. */
export interface Asking {
  /** Asks even if the device is known not to know it. */
  readonly force?: boolean | undefined;
}

interface Deps {
  readonly registry: DeviceRegistry;
  readonly repository: CapabilityRepository;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly periodMs: number;
}

/**
 * What devices really answer, by command, kept over restarts. With another firmware or another X-GB-Ver nothing is
 * known any more, and the device is asked anew.
 */
export class Capabilities {
  readonly #deps: Deps;
  readonly #records = new Map<number, CapabilityRecord[]>();
  /** X-GB-Ver as claimed last, by device. */
  readonly #versions = new Map<number, string>();
  readonly #writes: CapabilityWrites;
  readonly #refused: Counter;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#writes = new CapabilityWrites({
      ...deps,
      find: (deviceId, command) => this.#find(deviceId, command),
    });
    this.#refused = deps.instruments.counter(
      'yimu_core_capabilities_refused',
      'Outcomes of commands that were not kept: no such device, or too many commands',
    );
  }

  async load(): Promise<void> {
    const records = await this.#deps.repository.load();
    for (const record of records) this.#put(record);
    // What was claimed last: rows of an edition before are still there until their commands are asked again.
    for (const { deviceId, gbVersion } of [...records].sort((a, b) => lastAtMs(a) - lastAtMs(b)))
      if (gbVersion !== undefined) this.#versions.set(deviceId, gbVersion);
  }

  /** Takes what came of a command. */
  learn(outcome: LearnedOutcome): void {
    const device = this.#deps.registry.byGbId(outcome.gbId);
    if (device === undefined || !COMMAND.test(outcome.command)) {
      this.#refused.add();
      return;
    }
    const gbVersion = cleanText(outcome.gbVersion, MAX_VERSION);
    if (gbVersion !== undefined) this.#versions.set(device.id, gbVersion);
    const known = this.#find(device.id, outcome.command);
    const now = { firmware: device.firmware, gbVersion };
    const before = known !== undefined && isOf(known, now) ? known : undefined;
    if (known === undefined && (this.#records.get(device.id)?.length ?? 0) >= MAX_COMMANDS) {
      this.#refused.add();
      return;
    }
    const seen = next(before, outcome, this.#deps.clock.nowMs());
    // Written out: fields behind a spread are kept outside of their object, which takes twice the memory.
    const after: CapabilityRecord = {
      deviceId: device.id,
      command: known?.command ?? outcome.command,
      firmware: now.firmware ?? before?.firmware,
      gbVersion: gbVersion ?? before?.gbVersion,
      supportedAtMs: seen.supportedAtMs,
      sentAtMs: seen.sentAtMs,
      emptyAtMs: seen.emptyAtMs,
      refusedAtMs: seen.refusedAtMs,
      silentAtMs: seen.silentAtMs,
      negatives: seen.negatives,
      targetGbId: seen.targetGbId,
      sipStatus: seen.sipStatus,
      text: seen.text,
    };
    this.#put(after);
    this.#writes.mark(after, known);
  }

  /** What is known of a device. */
  of(device: Pick<Device, 'id'>): CapabilityReport {
    const nowMs = this.#deps.clock.nowMs();
    const now = this.#asItIs(device.id);
    const commands = (this.#records.get(device.id) ?? [])
      .filter((record) => isOf(record, now))
      .map((record) => ({
        command: record.command,
        verdict: verdictOf(record),
        seenAtMs: seenAtMs(record),
        sipStatus: record.sipStatus,
        text: record.text,
        settled: record.targetGbId !== undefined && isSettled(record, record.targetGbId, nowMs),
      }))
      .sort((a, b) => (a.command < b.command ? -1 : 1));
    return { claimedVersion: now.gbVersion, firmware: now.firmware, commands };
  }

  /** What is known of one command of a device. */
  verdict(device: Pick<Device, 'id'>, command: string): Verdict {
    const record = this.#find(device.id, command);
    return record !== undefined && isOf(record, this.#asItIs(device.id)) ? verdictOf(record) : 'unknown';
  }

  /** Whether the target is worth asking: nothing says that it does not know the command. */
  isWorthAsking({ device, channelGbId }: Target, command: string): boolean {
    const record = this.#find(device.id, command);
    if (record === undefined || !isOf(record, this.#asItIs(device.id))) return true;
    return !isSettled(record, channelGbId ?? device.gbId, this.#deps.clock.nowMs());
  }

  /** Refuses with NOT_SUPPORTED_BY_DEVICE what the device is known not to know, unless it is asked by force. */
  require(target: Target, command: string, { force }: Asking = {}): void {
    if (force !== true && !this.isWorthAsking(target, command))
      throw refuse('NOT_SUPPORTED_BY_DEVICE', { deviceId: target.device.gbId, command });
  }

  /** Forgets what is known of a device: all is asked anew. Durable when it resolves. */
  async retest(device: Pick<Device, 'id'>): Promise<void> {
    this.forget(device.id);
    await this.#deps.repository.remove(device.id);
  }

  /** The device is gone, and with it its rows. */
  forget(deviceId: number): void {
    this.#records.delete(deviceId);
    this.#versions.delete(deviceId);
  }

  tick(): void {
    this.#writes.tick();
  }

  /** Writes what waits; never rejects. */
  async flush(): Promise<void> {
    await this.#writes.flush();
  }

  #asItIs(deviceId: number): {
    readonly firmware: string | undefined;
    readonly gbVersion: string | undefined;
  } {
    const firmware = this.#deps.registry.byId(deviceId)?.firmware;
    return { firmware, gbVersion: this.#versions.get(deviceId) };
  }

  #find(deviceId: number, command: string): CapabilityRecord | undefined {
    return this.#records.get(deviceId)?.find((record) => record.command === command);
  }

  #put(record: CapabilityRecord): void {
    const ofDevice = this.#records.get(record.deviceId);
    if (ofDevice === undefined) {
      this.#records.set(record.deviceId, [record]);
      return;
    }
    const at = ofDevice.findIndex(({ command }) => command === record.command);
    if (at === -1) ofDevice.push(record);
    else ofDevice[at] = record;
  }
}

type Seen = Omit<CapabilityRecord, 'deviceId' | 'command' | 'firmware' | 'gbVersion'>;

/** An answer ends the row of refusals. */
const NO_REFUSAL = { negatives: 0, targetGbId: undefined, sipStatus: undefined, text: undefined };

const NOTHING: Seen = {
  ...NO_REFUSAL,
  supportedAtMs: undefined,
  sentAtMs: undefined,
  emptyAtMs: undefined,
  refusedAtMs: undefined,
  silentAtMs: undefined,
};

function next(
  before: Seen = NOTHING,
  { outcome, targetGbId, sipStatus, text }: LearnedOutcome,
  nowMs: number,
): Seen {
  if (outcome === 'supported') return { ...NOTHING, ...kept(before), supportedAtMs: nowMs };
  if (outcome === 'sent') return { ...before, sentAtMs: nowMs };
  if (outcome === 'empty')
    return { ...before, ...NO_REFUSAL, emptyAtMs: nowMs, text: cleanText(text, MAX_TEXT) };
  const wasSilent = (before.silentAtMs ?? 0) > (before.refusedAtMs ?? 0);
  const isSameAgain = before.targetGbId === targetGbId && wasSilent === (outcome === 'silent');
  return {
    ...before,
    [outcome === 'refused' ? 'refusedAtMs' : 'silentAtMs']: nowMs,
    negatives: isSameAgain ? before.negatives + 1 : 1,
    targetGbId,
    sipStatus,
    text: cleanText(text, MAX_TEXT),
  };
}

/** When there were other outcomes stays known. */
function kept({ sentAtMs, emptyAtMs, refusedAtMs, silentAtMs }: Seen): Partial<Seen> {
  return { sentAtMs, emptyAtMs, refusedAtMs, silentAtMs };
}

function seenAtMs(record: CapabilityRecord): number {
  return record.supportedAtMs ?? lastAtMs(record);
}
