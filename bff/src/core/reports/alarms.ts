import {
  type Cancel,
  type Clock,
  type Counter,
  ExpiringMap,
  type Instruments,
  type Logger,
} from '../../kernel/index.ts';
import { cleanText } from '../clean-text.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { Devices } from '../devices/devices.ts';
import type { AlarmFilter, AlarmRecord, AlarmRepository } from '../ports/report-repositories.ts';
import type { ReportsPort, ToldAlarm } from '../ports/reports.ts';
import { refuse } from '../refuse.ts';
import type { ReportSettings } from '../settings.ts';
import { AlarmKinds, kindOf } from './alarm-kinds.ts';
import { believed } from './believable-time.ts';
import { Journal } from './journal.ts';

const DESCRIPTION_LENGTH = 256;
const MAX_PAGE = 1_000;

interface Deps {
  readonly devices: Pick<Devices, 'get' | 'byId'>;
  readonly registry: DeviceRegistry;
  readonly repository: AlarmRepository;
  readonly port: Pick<ReportsPort, 'resetAlarm' | 'guard'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly settings: ReportSettings;
}

/** An alarm of which the same may be told again. */
interface Recent {
  readonly key: string;
  /** Its AlarmTime is believed. */
  readonly hasOwnTime: boolean;
  readonly record: Omit<AlarmRecord, 'id'>;
  id: number | undefined;
  times: number;
  lastAtMs: number;
  /** It waits to be written. */
  isWaiting: boolean;
  /** Settled when it is written for the first time, or never will be; undefined after that. */
  stored: Promise<void> | undefined;
  settle: () => void;
}

/** Which alarms a client asks for; `device` by serial or ID. */
export interface AlarmQuery extends Omit<AlarmFilter, 'deviceId'> {
  readonly device?: string | undefined;
}

/**
 * The alarms that devices told: kept, each once however often it is told, with whether an operator has seen it. The
 * same source, priority, method, type and AlarmTime are the same alarm; where the AlarmTime cannot be believed, what is
 * told again within a minute is. Whoever tells a new one may wait until it is written; how often it was told is written within a second.
 * A storm costs bounded memory, and what is dropped is counted.
 */
export class Alarms {
  readonly #deps: Deps;
  readonly #recent: ExpiringMap<string, Recent>;
  readonly #journal: Journal<Recent>;
  readonly #kinds: AlarmKinds<Recent>;
  readonly #repeated: Counter;
  readonly #folded: Counter;
  /** When an operator marked some as read last, UTC ms. */
  #readAtMs = -Infinity;
  #gathering: Cancel | undefined;

  constructor(deps: Deps) {
    const { clock, logger, instruments, settings } = deps;
    this.#deps = deps;
    this.#recent = new ExpiringMap({
      clock,
      lifeMs: Math.max(settings.alarmWindowMs, settings.alarmSameTimeMs),
      capacity: settings.maxRecentAlarms,
    });
    this.#kinds = new AlarmKinds({
      clock,
      windowMs: settings.alarmWindowMs,
      most: settings.maxAlarmsOfKind,
      capacity: settings.maxRecentAlarms,
    });
    this.#folded = instruments.counter(
      'yimu_core_alarms_folded',
      'alarms of their own time that counted up another one: too many of one kind within a minute',
    );
    this.#repeated = instruments.counter(
      'yimu_core_alarms_repeated',
      'alarms that were told again and counted up',
    );
    this.#journal = new Journal({
      name: 'alarms',
      capacity: settings.maxWaitingAlarms,
      gives: 'newest',
      periodMs: settings.reportWriteMs,
      write: (rows) => this.#write(rows),
      onDropped: (row) => {
        row.isWaiting = false;
        settle(row);
      },
      ...{ clock, logger, instruments },
    });
  }

  /** What was told shortly before a restart is known when it is told again. */
  async load(): Promise<void> {
    const { repository, clock, settings } = this.#deps;
    const nowMs = clock.nowMs();
    const found: AlarmRecord[] = [];
    for (let beforeId: number | undefined; found.length < settings.maxRecentAlarms;) {
      const page = await repository.list({}, { beforeId, limit: MAX_PAGE });
      found.push(
        ...page.filter((row) =>
          this.#isCurrent({ record: row, lastAtMs: row.lastAtMs, hasOwnTime: hadOwnTime(row) }, nowMs),
        ),
      );
      beforeId = page.at(-1)?.id;
      const longestMs = Math.max(settings.alarmSpanMs, settings.alarmSameTimeMs);
      if (page.length < MAX_PAGE || page.every((row) => nowMs - row.receivedAtMs >= longestMs)) break;
    }
    for (const { id, ...record } of found.reverse()) {
      const { times, lastAtMs } = record;
      const hasOwnTime = hadOwnTime(record);
      const key = keyOf(kindOf(record), hasOwnTime ? record.atMs : undefined);
      const known = {
        key,
        hasOwnTime,
        record,
        id,
        times,
        lastAtMs,
        isWaiting: false,
        stored: undefined,
        settle: nothing,
      };
      this.#recent.set(key, known);
    }
  }

  /**
   * A device told an alarm. One of a device that is not known is left out. Gives what is settled when an alarm that is
   * new is written, or dropped; undefined when there is nothing to wait for.
   */
  take(gbId: string, told: ToldAlarm): Promise<void> | undefined {
    const device = this.#deps.registry.byGbId(gbId);
    if (device === undefined) return undefined;
    const nowMs = this.#deps.clock.nowMs();
    const { sourceGbId, method, type, eventType } = told;
    const kind = kindOf({ ...told, deviceId: device.id });
    const ownTimeMs = believed(told.atMs, nowMs);
    const key = keyOf(kind, ownTimeMs);
    const same = this.#sameAs(kind, key, nowMs);
    if (same !== undefined) {
      this.#repeat(same, nowMs);
      return same.stored;
    }
    const { priority, longitude, latitude } = told;
    const description = cleanText(told.description, DESCRIPTION_LENGTH);
    let settleIt = nothing;
    const stored = new Promise<void>((resolve) => {
      settleIt = resolve;
    });
    const entry: Recent = {
      key,
      hasOwnTime: ownTimeMs !== undefined,
      stored,
      settle: settleIt,
      record: {
        ...{ deviceId: device.id, sourceGbId, priority, method, type, eventType, description },
        ...{ longitude, latitude, receivedAtMs: nowMs, lastAtMs: nowMs, times: 1, read: false },
        atMs: ownTimeMs ?? nowMs,
      },
      id: undefined,
      times: 1,
      lastAtMs: nowMs,
      isWaiting: true,
    };
    if (!this.#journal.add(entry)) return undefined;
    this.#recent.set(key, entry);
    this.#kinds.add(kind, entry);
    this.#gathering ??= this.#deps.clock.after(this.#deps.settings.alarmGatherMs, () => {
      this.#gathering = undefined;
      void this.#journal.flush();
    });
    return stored;
  }

  /** Newest first, from `beforeId` down. */
  async list(
    query: AlarmQuery,
    page: { readonly beforeId?: number | undefined; readonly limit: number },
  ): Promise<readonly AlarmRecord[]> {
    await this.#journal.flush();
    return await this.#deps.repository.list(this.#filter(query), {
      beforeId: page.beforeId,
      limit: Math.min(page.limit, MAX_PAGE),
    });
  }

  async count(query: AlarmQuery): Promise<number> {
    await this.#journal.flush();
    return await this.#deps.repository.count(this.#filter(query));
  }

  /** Resolves with how many changed. */
  async setRead(query: AlarmQuery, read: boolean): Promise<number> {
    await this.#journal.flush();
    const changed = await this.#deps.repository.setRead(this.#filter(query), read);
    if (read) this.#readAtMs = this.#deps.clock.nowMs();
    return changed;
  }

  /** Resolves with how many are gone. */
  async remove(query: AlarmQuery): Promise<number> {
    await this.#journal.flush();
    // What is told again after it was removed is an alarm of its own.
    this.#recent.clear();
    this.#kinds.clear();
    return await this.#deps.repository.remove(this.#filter(query));
  }

  /**
   * Tells the device that an alarm was dealt with, and marks it as read (GB/T 28181-2016 §9.3.1 AlarmCmd): a device
   * alarm is not told again before. Rejects with INVALID_ARGUMENT for an alarm that is not there.
   */
  async reset(id: number): Promise<void> {
    const [alarm] = await this.list({ ids: [id] }, { limit: 1 });
    const device = alarm && this.#deps.devices.byId(alarm.deviceId);
    if (alarm === undefined || device === undefined) throw refuse('INVALID_ARGUMENT', { field: 'id' });
    const { method, type } = alarm;
    await this.#deps.port.resetAlarm(device.gbId, alarm.sourceGbId, { method, type });
    await this.setRead({ ids: [id] }, true);
  }

  /** Arms or disarms a device, or one camera of it: some tell no alarm before (GuardCmd). */
  async guard(ref: string, on: boolean, channelGbId?: string): Promise<void> {
    const { gbId } = this.#deps.devices.get(ref);
    await this.#deps.port.guard(gbId, channelGbId ?? gbId, on);
  }

  tick(): void {
    this.#journal.tick();
  }

  /** Forgets what is too old or too much. */
  async prune(): Promise<void> {
    const { settings, clock, repository } = this.#deps;
    await repository.prune(clock.nowMs() - settings.alarmKeepMs, settings.maxAlarms);
  }

  async forgetDevice(deviceId: number): Promise<void> {
    await this.#journal.flush();
    await this.#deps.repository.remove({ deviceId });
  }

  async flush(): Promise<void> {
    this.#gathering?.();
    this.#gathering = undefined;
    await this.#journal.flush();
  }

  /** The alarm that counts up by what is told; undefined for a new one. */
  #sameAs(kind: string, key: string, nowMs: number): Recent | undefined {
    const same = this.#recent.get(key);
    if (same !== undefined && this.#isCurrent(same, nowMs)) {
      // Without a time of its own, what happens after an operator has read it is to be seen by him.
      if (same.hasOwnTime || this.#isUnread(same)) return same;
    }
    const last = this.#kinds.full(kind);
    if (last === undefined || !this.#isUnread(last)) return undefined;
    this.#folded.add();
    return last;
  }

  /** Whether the same told now is still that alarm. */
  #isCurrent(
    { record, lastAtMs, hasOwnTime }: Pick<Recent, 'record' | 'lastAtMs' | 'hasOwnTime'>,
    nowMs: number,
  ): boolean {
    const { alarmWindowMs, alarmSpanMs, alarmSameTimeMs } = this.#deps.settings;
    const sinceMs = nowMs - record.receivedAtMs;
    if (hasOwnTime) return sinceMs < alarmSameTimeMs;
    return sinceMs < alarmSpanMs && nowMs - lastAtMs < alarmWindowMs;
  }

  #isUnread({ record }: Recent): boolean {
    return record.receivedAtMs > this.#readAtMs;
  }

  #repeat(recent: Recent, nowMs: number): void {
    this.#repeated.add();
    recent.times += 1;
    recent.lastAtMs = nowMs;
    // Told again: it is kept in mind anew.
    this.#recent.set(recent.key, recent);
    if (recent.isWaiting) return;
    recent.isWaiting = this.#journal.add(recent);
  }

  async #write(rows: readonly Recent[]): Promise<void> {
    const { repository, registry } = this.#deps;
    // Its device may have been removed meanwhile.
    const held = rows.filter(({ record }) => registry.byId(record.deviceId) !== undefined);
    const added = held.filter(({ id }) => id === undefined);
    const repeated = held.flatMap(({ id, times, lastAtMs }) =>
      id === undefined ? [] : [{ id, times, lastAtMs }],
    );
    const written = added.map((row) => ({ row, times: row.times }));
    for (const row of rows) row.isWaiting = false;
    try {
      const ids = await repository.write(
        added.map(({ record, times, lastAtMs }) => ({ ...record, times, lastAtMs })),
        repeated,
      );
      // Those of devices that are gone too: there is nothing to wait for.
      for (const row of rows) settle(row);
      for (const [at, { row, times }] of written.entries()) {
        row.id = ids[at];
        // Told again while it was being written.
        if (row.times > times && !row.isWaiting) row.isWaiting = this.#journal.add(row);
      }
    } catch (error) {
      for (const row of rows) row.isWaiting = true;
      throw error;
    }
  }

  #filter({ device, ...rest }: AlarmQuery): AlarmFilter {
    return device === undefined ? rest : { ...rest, deviceId: this.#deps.devices.get(device).id };
  }
}

/** What makes two tellings one alarm: the AlarmTime too, where it is believed. */
function keyOf(kind: string, ownTimeMs: number | undefined): string {
  return ownTimeMs === undefined ? kind : `${kind} ${String(ownTimeMs)}`;
}

/** One without a time of its own bears ours. */
function hadOwnTime({ atMs, receivedAtMs }: Pick<AlarmRecord, 'atMs' | 'receivedAtMs'>): boolean {
  return atMs !== receivedAtMs;
}

function settle(row: Recent): void {
  row.settle();
  row.stored = undefined;
}

function nothing(): void {
  // Nobody waits.
}
