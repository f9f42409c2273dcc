import type { DeviceEvent } from './device/events.ts';
import type { SimulatedDevice } from './device/simulated-device.ts';

/** What happened, over all devices. */
export interface SimulationTotals {
  /** Devices of the plan. */
  readonly devices: number;
  /** Devices that have begun to register. */
  readonly started: number;
  /** Devices whose registration holds now. */
  readonly registered: number;
  /** Devices that were registered at some time. */
  readonly registeredOnce: number;
  /** From the first REGISTER until every device was registered once. */
  readonly allRegisteredAfterMs: number | undefined;
  /** Media sessions that run now. */
  readonly calls: number;
  /** RTP packets that were sent. */
  readonly packetsSent: number;
  /** Events by name; with `:status` where a status is not 200, `:none` where nobody answered. */
  readonly events: Readonly<Record<string, number>>;
}

/** Counts the events of many devices. */
export class TotalsKeeper {
  readonly #planned: number;
  readonly #devices: readonly SimulatedDevice[];
  readonly #events = new Map<string, number>();
  readonly #registeredOnce = new Set<string>();
  #startedAtMs: number | undefined;
  #allRegisteredAfterMs: number | undefined;

  constructor(planned: number, devices: readonly SimulatedDevice[]) {
    this.#planned = planned;
    this.#devices = devices;
  }

  /** The first device begins. */
  begin(): void {
    this.#startedAtMs = performance.now();
  }

  count(deviceId: string, event: DeviceEvent): void {
    const name = nameOf(event);
    this.#events.set(name, (this.#events.get(name) ?? 0) + 1);
    if (event.event !== 'registered' || this.#registeredOnce.has(deviceId)) return;
    this.#registeredOnce.add(deviceId);
    if (this.#registeredOnce.size === this.#planned && this.#startedAtMs !== undefined)
      this.#allRegisteredAfterMs = Math.round(performance.now() - this.#startedAtMs);
  }

  get totals(): SimulationTotals {
    const sum = (of: (device: SimulatedDevice) => number): number =>
      this.#devices.reduce((total, device) => total + of(device), 0);
    return {
      devices: this.#planned,
      started: this.#devices.length,
      registered: sum((device) => (device.registered ? 1 : 0)),
      registeredOnce: this.#registeredOnce.size,
      allRegisteredAfterMs: this.#allRegisteredAfterMs,
      calls: sum((device) => device.calls),
      packetsSent: sum((device) => device.packetsSent),
      events: Object.fromEntries([...this.#events].sort(([a], [b]) => a.localeCompare(b))),
    };
  }
}

function nameOf(event: DeviceEvent): string {
  if (!('status' in event) || event.status === 200) return event.event;
  return `${event.event}:${event.status === undefined ? 'none' : String(event.status)}`;
}
