import { type Clock, ExpiringMap, type Instruments, type Logger } from '../../kernel/index.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { Devices } from '../devices/devices.ts';
import type { HistoryFilter, HistoryRepository, PositionRecord } from '../ports/report-repositories.ts';
import type { ToldDirection, ToldPosition } from '../ports/reports.ts';
import type { ReportSettings } from '../settings.ts';
import { believable } from './believable-time.ts';
import { Journal } from './journal.ts';

const MAX_PAGE = 1_000;
/** Directions of domes are worth something for as long as they may hold. */
const DIRECTION_LIFE_MS = 86_400_000;
const MAX_DIRECTIONS = 20_000;

interface Deps {
  readonly devices: Pick<Devices, 'get'>;
  readonly registry: DeviceRegistry;
  readonly repository: HistoryRepository<PositionRecord>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly settings: ReportSettings;
}

/** Where a dome looked when it told so last. */
export interface LastDirection extends ToldDirection {
  readonly channelGbId: string;
  /** UTC ms. */
  readonly atMs: number;
}

/** Where mobile devices were: a bounded history; and where domes look, as they told last. */
export class Positions {
  readonly #deps: Deps;
  readonly #journal: Journal<Omit<PositionRecord, 'id'>>;
  readonly #directions: ExpiringMap<string, Map<string, LastDirection>>;

  constructor(deps: Deps) {
    const { clock, logger, instruments, settings, repository, registry } = deps;
    this.#deps = deps;
    this.#directions = new ExpiringMap({ clock, lifeMs: DIRECTION_LIFE_MS, capacity: MAX_DIRECTIONS });
    this.#journal = new Journal({
      name: 'positions',
      capacity: settings.maxWaitingPositions,
      // Where it is now is worth more than where it was.
      gives: 'oldest',
      periodMs: settings.reportWriteMs,
      write: (rows) => repository.add(rows.filter(({ deviceId }) => registry.byId(deviceId) !== undefined)),
      ...{ clock, logger, instruments },
    });
  }

  take(gbId: string, told: readonly ToldPosition[]): void {
    const device = this.#deps.registry.byGbId(gbId);
    if (device === undefined) return;
    const nowMs = this.#deps.clock.nowMs();
    for (const position of told)
      this.#journal.add({ ...position, deviceId: device.id, atMs: believable(position.atMs, nowMs) });
  }

  takeDirection(gbId: string, channelGbId: string, { pan, tilt, zoom }: ToldDirection): void {
    if (this.#deps.registry.byGbId(gbId) === undefined) return;
    const ofDevice = this.#directions.get(gbId) ?? new Map<string, LastDirection>();
    if (ofDevice.size >= this.#deps.settings.maxDirectionsPerDevice && !ofDevice.has(channelGbId)) return;
    ofDevice.set(channelGbId, { channelGbId, pan, tilt, zoom, atMs: this.#deps.clock.nowMs() });
    this.#directions.set(gbId, ofDevice);
  }

  /** Newest first; `ref`: serial or ID. */
  async list(
    ref: string,
    filter: Omit<HistoryFilter, 'deviceId'>,
    page: { readonly beforeId?: number | undefined; readonly limit: number },
  ): Promise<readonly PositionRecord[]> {
    const { id } = this.#deps.devices.get(ref);
    await this.#journal.flush();
    return await this.#deps.repository.list(
      { ...filter, deviceId: id },
      { beforeId: page.beforeId, limit: Math.min(page.limit, MAX_PAGE) },
    );
  }

  /** Where the domes of a device look, as they told last. */
  directions(ref: string): readonly LastDirection[] {
    const { gbId } = this.#deps.devices.get(ref);
    return [...(this.#directions.get(gbId)?.values() ?? [])];
  }

  tick(): void {
    this.#journal.tick();
  }

  async prune(): Promise<void> {
    const { settings, clock, repository } = this.#deps;
    await repository.prune(clock.nowMs() - settings.positionKeepMs, settings.maxPositionsPerDevice);
  }

  async forgetDevice(deviceId: number, gbId: string): Promise<void> {
    this.#directions.delete(gbId);
    await this.#journal.flush();
    await this.#deps.repository.removeDevice(deviceId);
  }

  async flush(): Promise<void> {
    await this.#journal.flush();
  }
}
