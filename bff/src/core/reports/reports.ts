import type { Clock, Instruments, Logger } from '../../kernel/index.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { Devices } from '../devices/devices.ts';
import type { ReportsPort } from '../ports/reports.ts';
import type { Repositories } from '../ports/repositories.ts';
import type { SignallingPort } from '../ports/signalling.ts';
import type { ReportSettings } from '../settings.ts';
import { Alarms } from './alarms.ts';
import { Positions } from './positions.ts';
import { PresenceLog } from './presence-log.ts';
import { Subscriptions } from './subscriptions.ts';

interface Deps {
  readonly devices: Pick<Devices, 'get' | 'byId'>;
  readonly registry: DeviceRegistry;
  readonly repositories: Pick<Repositories, 'alarms' | 'positions' | 'presence' | 'wishes'>;
  readonly signalling: Pick<SignallingPort, 'on' | 'presence'>;
  readonly port: ReportsPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly settings: ReportSettings;
}

/** Everything that devices tell unasked: hears it, keeps it, and says what they are to tell. */
export class Reports {
  readonly alarms: Alarms;
  readonly positions: Positions;
  readonly presenceLog: PresenceLog;
  readonly subscriptions: Subscriptions;
  readonly #deps: Deps;
  #pruneDueMs: number;
  #pruning: Promise<void> | undefined;

  constructor(deps: Deps) {
    const { devices, registry, repositories, port, clock, logger, instruments, settings } = deps;
    const common = { devices, registry, clock, logger, instruments, settings };
    this.#deps = deps;
    this.#pruneDueMs = clock.monotonicMs() + settings.pruneMs;
    this.alarms = new Alarms({ ...common, repository: repositories.alarms, port });
    this.positions = new Positions({ ...common, repository: repositories.positions });
    this.presenceLog = new PresenceLog({
      ...common,
      repository: repositories.presence,
      signalling: deps.signalling,
    });
    this.subscriptions = new Subscriptions({
      ...{ devices, registry, clock, logger, port },
      repository: repositories.wishes,
    });
  }

  async load(): Promise<void> {
    await this.alarms.load();
    await this.subscriptions.load();
  }

  /** Gives the calls that end it. */
  listen(): readonly (() => void)[] {
    const { port, signalling } = this.#deps;
    return [
      port.on('alarm', (gbId, alarm, waitFor) => {
        const stored = this.alarms.take(gbId, alarm);
        if (stored !== undefined) waitFor?.(stored);
      }),
      port.on('positions', (gbId, told) => {
        this.positions.take(gbId, told);
      }),
      port.on('direction', (gbId, channelGbId, direction) => {
        this.positions.takeDirection(gbId, channelGbId, direction);
      }),
      port.on('videoOffered', (gbId, sourceGbId) => {
        this.presenceLog.takeVideoOffer(gbId, sourceGbId);
      }),
      port.on('faults', (gbId, faultyGbIds) => {
        this.presenceLog.takeFaults(gbId, faultyGbIds);
      }),
      signalling.on('presence', (presence, cause) => {
        this.presenceLog.takePresence(presence, cause);
        if (presence.online) this.subscriptions.onRegistered(presence.gbId, cause === 'refreshed');
      }),
    ];
  }

  tick(): void {
    const { clock, settings } = this.#deps;
    this.alarms.tick();
    this.positions.tick();
    this.presenceLog.tick();
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#pruneDueMs || this.#pruning !== undefined) return;
    this.#pruneDueMs = nowMs + settings.pruneMs;
    this.#pruning = this.#prune().finally(() => {
      this.#pruning = undefined;
    });
  }

  /** A device was removed: what it told goes too. Never rejects; what stays is pruned in its time. */
  async forgetDevice({ id, gbId }: { readonly id: number; readonly gbId: string }): Promise<void> {
    const jobs = [
      this.subscriptions.forgetDevice(id, gbId),
      this.alarms.forgetDevice(id),
      this.positions.forgetDevice(id, gbId),
      this.presenceLog.forgetDevice(id),
    ];
    for (const job of await Promise.allSettled(jobs))
      if (job.status === 'rejected')
        this.#deps.logger.error({ err: job.reason as unknown, gbId }, 'what a removed device told stays');
  }

  /** Writes what waits. */
  async stop(): Promise<void> {
    await this.#pruning;
    await this.alarms.flush();
    await this.positions.flush();
    await this.presenceLog.flush();
  }

  async #prune(): Promise<void> {
    try {
      await this.alarms.prune();
      await this.positions.prune();
      await this.presenceLog.prune();
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'old reports could not be forgotten and are tried again');
    }
  }
}
