import type { Access, NewApp } from './access/access.ts';
import type { Principal } from './access/principal.ts';
import { type AccessParts, accessParts } from './build/access-parts.ts';
import { type DeviceParts, deviceParts } from './build/device-parts.ts';
import { type MediaParts, mediaParts } from './build/media-parts.ts';
import type { Cascade } from './cascade/cascade.ts';
import { Control } from './control/control.ts';
import type { CoreDeps } from './core-deps.ts';
import { CatalogueTree } from './devices/catalogue-tree.ts';
import type { DeviceRecord } from './ports/repositories.ts';
import type { Devices } from './devices/devices.ts';
import { DevicesInSight } from './devices/devices-in-sight.ts';
import { Inquiry } from './inquiry/inquiry.ts';
import type { Live } from './live/live.ts';
import type { History } from './playback/history.ts';
import type { Profiles } from './profile/profiles.ts';
import { Ptz } from './ptz/ptz.ts';
import { refuse } from './refuse.ts';
import type { Alarms } from './reports/alarms.ts';
import type { Positions } from './reports/positions.ts';
import type { PresenceLog } from './reports/presence-log.ts';
import { Reports } from './reports/reports.ts';
import type { Subscriptions } from './reports/subscriptions.ts';
import { SecretBox } from './secret-box.ts';
import { TicketSeal } from './tickets/ticket-seal.ts';
import { Tickets } from './tickets/tickets.ts';
import { Trace } from './trace/trace.ts';
import type { Voice } from './voice/voice.ts';

const TICK_MS = 1_000;

/** The use-cases of Yimu. */
export interface Core {
  readonly devices: Devices;
  readonly access: Access;
  readonly history: History;
  readonly live: Live;
  readonly ptz: Ptz;
  /** Questions, configuration, pictures, and what is learnt of devices. */
  readonly inquiry: Inquiry;
  readonly tickets: Tickets;
  /** Upper platforms; started when SIP is up. */
  readonly cascade: Cascade;
  readonly catalogueTree: CatalogueTree;
  readonly control: Control;
  readonly voice: Voice;
  readonly trace: Trace;
  readonly alarms: Alarms;
  readonly positions: Positions;
  readonly presenceLog: PresenceLog;
  readonly subscriptions: Subscriptions;
  readonly profiles: Profiles;
  /** The devices as one principal sees them. */
  devicesOf(principal: Principal): DevicesInSight;
  /** Loads what is kept and begins to listen. Resolves with the first application when this made it. */
  start(): Promise<NewApp | undefined>;
  /** Ends streams and movements, writes what waits. */
  stop(): Promise<void>;
  /** UTC milliseconds. */
  nowMs(): number;
}

/** Builds the use-cases over their ports. */
export function createCore(deps: CoreDeps): Core {
  const { repositories, signalling, clock, random, logger, instruments, settings } = deps;
  const secretBox = new SecretBox(deps.sealingKey, random);
  const onRemoved = (device: DeviceRecord): void => {
    void reports.forgetDevice(device);
    media.cascade.deviceRemoved(device.id);
    inquiry.capabilities.forget(device.id);
    ptz.forgetDevice(device.gbId);
    control.upgrades.forgetDevice(device.id);
    media.streams.endOfDevice(device.gbId, refuse('DEVICE_NOT_FOUND'));
  };
  const known = deviceParts(deps, secretBox, onRemoved);
  const { devices, registry } = known;
  const access = accessParts(deps, secretBox);
  const media = mediaParts(deps, { devices, registry, grants: access.grants, secretBox });
  const inquiry = new Inquiry({
    ...{ registry, repository: repositories.capabilities, clock, random, logger, instruments },
    ports: deps.inquiry,
    writeBehindMs: settings.writeBehindMs,
  });
  const ptz = new Ptz({ signalling, clock, logger, instruments, settings });
  const control = new Control({
    ...{ clock, random, logger, instruments },
    port: deps.control,
    keyFrames: media.keyFrames,
    presets: repositories.presets,
    upgrades: repositories.upgrades,
    askPresets: async (camera) => {
      const { items } = await inquiry.questions.presets(camera);
      return items.map(({ index: no, name }) => ({ no, name }));
    },
  });
  const reports = new Reports({
    ...{ devices, registry, repositories, signalling, clock, logger, instruments },
    port: deps.reports,
    settings: settings.reports,
  });
  const tickets = new Tickets({
    ...{ seal: new TicketSeal(deps.sealingKey), devices, access: access.access, clock },
  });
  const trace = new Trace(deps.trace, devices);
  return new RunningCore({
    ...{ deps, ...known, ...access, ...media, inquiry, ptz, control, reports, tickets, trace },
  });
}

interface Parts extends DeviceParts, AccessParts, MediaParts {
  readonly deps: CoreDeps;
  readonly ptz: Ptz;
  readonly inquiry: Inquiry;
  readonly control: Control;
  readonly tickets: Tickets;
  readonly trace: Trace;
  readonly reports: Reports;
}

class RunningCore implements Core {
  readonly cascade: Cascade;
  readonly catalogueTree: CatalogueTree;
  readonly devices: Devices;
  readonly access: Access;
  readonly history: History;
  readonly live: Live;
  readonly ptz: Ptz;
  readonly inquiry: Inquiry;
  readonly control: Control;
  readonly voice: Voice;
  readonly tickets: Tickets;
  readonly trace: Trace;
  readonly profiles: Profiles;
  readonly alarms: Alarms;
  readonly positions: Positions;
  readonly presenceLog: PresenceLog;
  readonly subscriptions: Subscriptions;
  readonly #parts: Parts;
  readonly #ends: (() => void)[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.cascade = parts.cascade;
    this.devices = parts.devices;
    this.catalogueTree = new CatalogueTree(parts.registry);
    this.access = parts.access;
    this.history = parts.history;
    this.live = parts.live;
    this.ptz = parts.ptz;
    this.inquiry = parts.inquiry;
    this.control = parts.control;
    this.voice = parts.voice;
    this.tickets = parts.tickets;
    this.trace = parts.trace;
    this.profiles = parts.profiles;
    this.alarms = parts.reports.alarms;
    this.positions = parts.reports.positions;
    this.presenceLog = parts.reports.presenceLog;
    this.subscriptions = parts.reports.subscriptions;
  }

  nowMs(): number {
    return this.#parts.deps.clock.nowMs();
  }

  devicesOf(principal: Principal): DevicesInSight {
    return new DevicesInSight(this.devices, principal);
  }

  async start(): Promise<NewApp | undefined> {
    const { devices, access, keys, cancellations } = this.#parts;
    await devices.load();
    await this.profiles.load();
    await this.control.upgrades.load();
    await this.#parts.reports.load();
    await this.cascade.load();
    await keys.load();
    await cancellations.load();
    const firstApp = await access.load();
    await this.inquiry.start();
    await this.history.start();
    this.#listen();
    return firstApp;
  }

  async stop(): Promise<void> {
    const { catalogueSync, writeBehind, ptz, streams, keyFrames, reports } = this.#parts;
    for (const end of this.#ends.splice(0)) end();
    keyFrames.close();
    catalogueSync.close();
    // At once: whoever comes while one of them ends is refused by all.
    await Promise.all([
      this.cascade.stop(),
      this.history.stop(),
      this.voice.close(),
      ptz.close(),
      streams.close(),
    ]);
    await writeBehind.flush();
    await this.control.upgrades.flush();
    await this.inquiry.stop();
    await reports.stop();
  }

  #listen(): void {
    const { deps, devices, registry, catalogue, catalogueSync, writeBehind, streams, ptz } = this.#parts;
    const offPresence = deps.signalling.on('presence', (presence, cause) => {
      const { gbId, online, lastSeenAtMs } = presence;
      const device = registry.byGbId(gbId);
      if (!device) return;
      this.profiles.noteRegistration(device.id, presence, cause);
      writeBehind.mark(device.id);
      // When a device that is here was seen last is asked where it registered.
      if (cause === 'refreshed') return;
      registry.put({ ...device, lastSeenAtMs: lastSeenAtMs ?? device.lastSeenAtMs });
      if (!online) {
        ptz.forgetDevice(gbId);
        streams.endOfDevice(gbId, refuse('DEVICE_OFFLINE'));
      } else {
        devices.forgetRefusal(gbId);
        catalogueSync.request(gbId);
      }
    });
    const offRefused = deps.signalling.on('passwordRefused', (gbId) => {
      devices.notePasswordRefused(gbId);
    });
    const offParts = deps.signalling.on('catalogPart', (gbId, entries) => {
      const device = registry.byGbId(gbId);
      if (device) void this.#stored(device.id, catalogue.merge(device.id, entries, false));
    });
    const offChanges = deps.signalling.on('catalogChanged', (gbId, changes) => {
      const device = registry.byGbId(gbId);
      if (device) void this.#stored(device.id, catalogue.applyCatalogueEvent(device.id, changes));
    });
    const offUpgrades = deps.control.onUpgradeResult((gbId, result, waitFor) => {
      const device = registry.byGbId(gbId);
      const stored = device && this.control.upgrades.onResult(device, result);
      if (stored) waitFor?.(stored);
    });
    const stopTicking = deps.clock.every(TICK_MS, () => {
      void this.#tick();
    });
    this.#ends.push(offPresence, offRefused, offParts, offChanges, offUpgrades, stopTicking);
    this.#ends.push(...this.#parts.reports.listen());
  }

  async #stored(deviceId: number, change: Promise<unknown>): Promise<void> {
    try {
      await change;
    } catch (error) {
      this.#parts.deps.logger.error({ err: error, deviceId }, 'a catalogue part could not be stored');
    }
  }

  async #tick(): Promise<void> {
    const { access, grants, catalogueSync, writeBehind, reports, deps } = this.#parts;
    catalogueSync.tick();
    writeBehind.tick();
    this.inquiry.tick();
    this.control.upgrades.tick();
    reports.tick();
    try {
      await access.tick();
      await grants.tick();
    } catch (error) {
      deps.logger.error({ err: error }, 'housekeeping failed and is tried again');
    }
  }
}
