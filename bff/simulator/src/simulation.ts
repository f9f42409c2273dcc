import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises';
import type { DeviceEvent } from './device/events.ts';
import { SimulatedDevice } from './device/simulated-device.ts';
import type { SimulationPlan } from './plan.ts';
import { SharedUdpLink } from './signalling/udp-link.ts';
import { type SimulationTotals, TotalsKeeper } from './totals.ts';

const TICK_MS = 20;
const STOP_AT_ONCE = 500;
/** A platform that is away must not keep the simulation: what is left then stops without a word. */
const POLITE_FOR_MS = 5_000;

/** Many devices that follow one plan. */
export class Simulation {
  readonly #plan: SimulationPlan;
  readonly #devices: SimulatedDevice[] = [];
  readonly #keeper: TotalsKeeper;
  readonly #onEvent: (deviceId: string, event: DeviceEvent) => void;
  readonly #stopping = new AbortController();
  #shared: SharedUdpLink | undefined;

  constructor(plan: SimulationPlan, onEvent: (deviceId: string, event: DeviceEvent) => void) {
    this.#plan = plan;
    this.#onEvent = onEvent;
    this.#keeper = new TotalsKeeper(plan.devices.length, this.#devices);
  }

  get totals(): SimulationTotals {
    return this.#keeper.totals;
  }

  /** Brings the devices up at the planned rate; resolves when the last one has begun to register. */
  async start(): Promise<void> {
    if (this.#plan.sharedSocket) {
      this.#shared = new SharedUdpLink(this.#plan.server);
      await this.#shared.open();
    }
    this.#keeper.begin();
    const startedAtMs = performance.now();
    let breathedAtMs = startedAtMs;
    for (const [index, entry] of this.#plan.devices.entries()) {
      const nowMs = performance.now();
      const earlyMs = startedAtMs + (index * 1_000) / this.#plan.rate - nowMs;
      if (earlyMs > TICK_MS) await this.#pause(earlyMs);
      // Behind the plan: the answers of the platform must be heard all the same.
      else if (nowMs - breathedAtMs > TICK_MS) await breathe();
      if (earlyMs > TICK_MS || nowMs - breathedAtMs > TICK_MS) breathedAtMs = performance.now();
      if (this.#stopping.signal.aborted) return;
      this.#begin(entry);
    }
  }

  /** Hangs up, unregisters and closes every device. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const politeUntilMs = performance.now() + POLITE_FOR_MS;
    for (let at = 0; at < this.#devices.length; at += STOP_AT_ONCE) {
      const abruptly = performance.now() > politeUntilMs;
      await Promise.all(this.#devices.slice(at, at + STOP_AT_ONCE).map((device) => device.stop(abruptly)));
    }
    this.#shared?.close();
  }

  #begin({ profile, password }: SimulationPlan['devices'][number]): void {
    const { server, transport, expiresS, keepaliveS, faults, media, mediaHost } = this.#plan;
    const device = new SimulatedDevice({
      server,
      profile,
      password,
      transport,
      expiresS,
      keepaliveS,
      faults,
      media,
      ...(mediaHost === undefined ? {} : { mediaHost }),
      ...(this.#shared ? { sharedLink: this.#shared } : {}),
      onEvent: (deviceId, event) => {
        this.#keeper.count(deviceId, event);
        this.#onEvent(deviceId, event);
      },
    });
    this.#devices.push(device);
    void device.start();
  }

  async #pause(ms: number): Promise<void> {
    try {
      await wait(ms, undefined, { signal: this.#stopping.signal });
    } catch {
      // Stopped while it waited.
    }
  }
}
