import { type Clock, ExpiringMap } from '../../kernel/index.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { ReportsPort, ToldAlarm, ToldPosition } from '../ports/reports.ts';
import type { UpwardAlarm, UpwardDirection, UpwardPosition } from '../ports/cascade.ts';

/** Devices tell one alarm in a MESSAGE and in a NOTIFY (GB/T 28181-2016 §9.4, §9.11): it goes up once. */
const SAME_FOR_MS = 60_000;
const REMEMBERED = 10_000;
const LEAST_GRAVE = 4;
const OTHER_METHOD = 7;

/** Who tells upper platforms. */
interface Upward {
  alarm(deviceId: number, channelGbId: string | undefined, alarm: Omit<UpwardAlarm, 'gbId'>): void;
  position(deviceId: number, channelGbId: string | undefined, position: Omit<UpwardPosition, 'gbId'>): void;
  direction(deviceId: number, channelGbId: string, direction: Omit<UpwardDirection, 'gbId'>): void;
}

interface Deps {
  readonly cascade: Upward;
  readonly registry: DeviceRegistry;
  readonly port: Pick<ReportsPort, 'on'>;
  readonly clock: Clock;
}

/** What devices report goes up to whoever is shown them. */
export class UpwardReports {
  readonly #deps: Deps;
  readonly #recent: ExpiringMap<string, true>;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#recent = new ExpiringMap({ clock: deps.clock, lifeMs: SAME_FOR_MS, capacity: REMEMBERED });
  }

  /** Gives the calls that end it. */
  listen(): readonly (() => void)[] {
    const { port, cascade, registry } = this.#deps;
    return [
      port.on('alarm', (gbId, alarm) => {
        this.#onAlarm(gbId, alarm);
      }),
      port.on('positions', (gbId, positions) => {
        for (const position of positions) this.#onPosition(gbId, position);
      }),
      port.on('direction', (gbId, channelGbId, direction) => {
        const device = registry.byGbId(gbId);
        if (device !== undefined) cascade.direction(device.id, channelGbId, direction);
      }),
    ];
  }

  #onAlarm(gbId: string, told: ToldAlarm): void {
    const { cascade, registry, clock } = this.#deps;
    const device = registry.byGbId(gbId);
    if (device === undefined) return;
    const { sourceGbId, method, type, eventType, description, longitude, latitude } = told;
    const key = [device.id, sourceGbId, method, type, eventType, told.atMs].join(' ');
    if (this.#recent.get(key) !== undefined) return;
    this.#recent.set(key, true);
    cascade.alarm(device.id, sourceGbId, {
      priority: told.priority ?? LEAST_GRAVE,
      method: method ?? OTHER_METHOD,
      atMs: told.atMs ?? clock.nowMs(),
      ...{ description, type, eventType, longitude, latitude },
    });
  }

  #onPosition(gbId: string, told: ToldPosition): void {
    const { cascade, registry, clock } = this.#deps;
    const device = registry.byGbId(gbId);
    if (device === undefined) return;
    const { sourceGbId, longitude, latitude, speed, direction, altitude } = told;
    cascade.position(device.id, sourceGbId, {
      atMs: told.atMs ?? clock.nowMs(),
      ...{ longitude, latitude },
      speedKmh: speed,
      directionDeg: direction,
      altitudeM: altitude,
    });
  }
}
