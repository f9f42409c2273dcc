import type { Clock, Instruments, Logger } from '../../kernel/index.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { Devices } from '../devices/devices.ts';
import type { HistoryFilter, HistoryRepository, PresenceRecord } from '../ports/report-repositories.ts';
import type { DevicePresence, SignallingPort } from '../ports/signalling.ts';
import type { ReportSettings } from '../settings.ts';
import { Journal } from './journal.ts';
import { NotBack } from './not-back.ts';

const MAX_PAGE = 1_000;
const DETAIL_LENGTH = 255;
/** IDs that fit into it, and how many there are beyond. */
const MAX_NAMED = 11;
/** Among so many last events one is of coming or going, unless a device reports nothing but faults. */
const LAST_EVENTS = 20;
const COMING_AND_GOING: ReadonlySet<PresenceRecord['kind']> = new Set(['online', 'moved', 'offline']);

interface Deps {
  readonly devices: Pick<Devices, 'get'>;
  readonly registry: DeviceRegistry;
  readonly repository: HistoryRepository<PresenceRecord>;
  readonly signalling: Pick<SignallingPort, 'presence'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly settings: ReportSettings;
}

/** When devices came and went, why, and what they said was out of order: a bounded history. */
export class PresenceLog {
  readonly #deps: Deps;
  readonly #journal: Journal<Omit<PresenceRecord, 'id'>>;
  readonly #notBack: NotBack;

  constructor(deps: Deps) {
    const { clock, logger, instruments, settings, repository, registry } = deps;
    this.#deps = deps;
    this.#journal = new Journal({
      name: 'presence_events',
      capacity: settings.maxWaitingPresence,
      gives: 'oldest',
      periodMs: settings.reportWriteMs,
      write: (rows) => repository.add(rows.filter(({ deviceId }) => registry.byId(deviceId) !== undefined)),
      ...{ clock, logger, instruments },
    });
    this.#notBack = new NotBack({
      ...{ registry, clock, logger, afterMs: settings.comeBackMs },
      isOnline: (gbId) => deps.signalling.presence(gbId).online,
      cameLast: (deviceId) => this.#cameLast(deviceId),
      note: (gbId) => {
        this.#add(gbId, 'offline', 'not-back', undefined);
      },
    });
  }

  takePresence({ gbId, online, address, transport }: DevicePresence, cause: string): void {
    // A registration that is refreshed changes nothing.
    if (online && cause === 'refreshed') return;
    const where = address === undefined ? undefined : `${transport ?? ''} ${address}`;
    if (!online) this.#add(gbId, 'offline', cause, undefined);
    else this.#add(gbId, cause === 'moved' ? 'moved' : 'online', undefined, where);
  }

  /** A camera asked to be watched. */
  takeVideoOffer(gbId: string, sourceGbId: string): void {
    this.#add(gbId, 'video-offered', undefined, sourceGbId);
  }

  takeFaults(gbId: string, faultyGbIds: readonly string[]): void {
    if (faultyGbIds.length === 0) this.#add(gbId, 'well', undefined, undefined);
    else this.#add(gbId, 'faults', undefined, named(faultyGbIds));
  }

  /** Newest first; `ref`: serial or ID; all devices without one. */
  async list(
    ref: string | undefined,
    filter: Omit<HistoryFilter, 'deviceId' | 'sourceGbId'>,
    page: { readonly beforeId?: number | undefined; readonly limit: number },
  ): Promise<readonly PresenceRecord[]> {
    const deviceId = ref === undefined ? undefined : this.#deps.devices.get(ref).id;
    await this.#journal.flush();
    return await this.#deps.repository.list(
      { ...filter, deviceId },
      { beforeId: page.beforeId, limit: Math.min(page.limit, MAX_PAGE) },
    );
  }

  tick(): void {
    this.#journal.tick();
    this.#notBack.tick();
  }

  async prune(): Promise<void> {
    const { settings, clock, repository } = this.#deps;
    await repository.prune(clock.nowMs() - settings.presenceKeepMs, settings.maxPresencePerDevice);
  }

  async forgetDevice(deviceId: number): Promise<void> {
    await this.#journal.flush();
    await this.#deps.repository.removeDevice(deviceId);
  }

  async flush(): Promise<void> {
    await this.#journal.flush();
  }

  async #cameLast(deviceId: number): Promise<boolean> {
    await this.#journal.flush();
    const events = await this.#deps.repository.list({ deviceId }, { limit: LAST_EVENTS });
    const last = events.find(({ kind }) => COMING_AND_GOING.has(kind));
    return last !== undefined && last.kind !== 'offline';
  }

  #add(
    gbId: string,
    kind: PresenceRecord['kind'],
    cause: string | undefined,
    detail: string | undefined,
  ): void {
    const device = this.#deps.registry.byGbId(gbId);
    if (device === undefined) return;
    const atMs = this.#deps.clock.nowMs();
    this.#journal.add({ deviceId: device.id, atMs, kind, cause, detail: detail?.slice(0, DETAIL_LENGTH) });
  }
}

function named(gbIds: readonly string[]): string {
  const beyond = gbIds.length - MAX_NAMED;
  return [...gbIds.slice(0, MAX_NAMED), ...(beyond > 0 ? [`+${String(beyond)}`] : [])].join(' ');
}
