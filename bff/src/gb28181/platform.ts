import { TypedEmitter } from '../kernel/index.ts';
import type { Flow, IncomingRequest } from '../sip/index.ts';
import { buildCapabilities, type Capabilities } from './capabilities.ts';
import type { PlatformFloor } from './capability.ts';
import { CommandSender } from './commands/command-sender.ts';
import { PtzLanes } from './commands/ptz-lanes.ts';
import { GbMetrics } from './gb-metrics.ts';
import { InboundRoutes } from './inbound/inbound-routes.ts';
import { MessageHandler } from './inbound/message-handler.ts';
import { factOf } from './learned.ts';
import { DeviceProfiles, type ProfileDesk } from './profile/device-profiles.ts';
import { DEFAULT_GB_LIMITS, type Gb28181Limits, type Gb28181PlatformOptions } from './options.ts';
import type { DeviceEntry } from './registrar/device-entry.ts';
import { DeviceTable } from './registrar/device-table.ts';
import { Registrar } from './registrar/registrar.ts';
import { SsrcPool } from './ssrc-pool.ts';
import { SignalRecorder } from './trace/signal-recorder.ts';
import type { SignalTrace } from './trace/types.ts';
import {
  type CatalogAnswer,
  type Gb28181Platform,
  type GbEvents,
  GbFailure,
  type MediaDialog,
  type OfflineCause,
  type PlayOrder,
  type PtzCommand,
  type Registration,
  type SsrcLease,
} from './types.ts';

const FIRST_SN_BELOW = 1_000_000;

/** The platform side of GB/T 28181 over a SIP user agent; not started yet. */
export function createGb28181Platform(options: Gb28181PlatformOptions): Gb28181Platform {
  return new Platform(options);
}

class Platform implements Gb28181Platform {
  readonly profiles: ProfileDesk;
  readonly trace: SignalTrace;
  readonly #options: Gb28181PlatformOptions;
  readonly #metrics: GbMetrics;
  readonly #events: TypedEmitter<GbEvents>;
  readonly #table: DeviceTable;
  readonly #registrar: Registrar;
  readonly #sender: CommandSender;
  readonly #ptz: PtzLanes;
  readonly #ssrcs: SsrcPool;
  readonly #capabilities: Capabilities;
  readonly #profiles: DeviceProfiles;
  readonly #limits: Gb28181Limits;
  #closed = false;

  constructor(options: Gb28181PlatformOptions) {
    const { clock, sip, domain, random, logger, instruments } = options;
    const limits = { ...DEFAULT_GB_LIMITS, ...options.limits };
    const metrics = new GbMetrics(instruments);
    this.#options = options;
    this.#metrics = metrics;
    this.#limits = limits;
    this.#events = new TypedEmitter<GbEvents>((error) => {
      logger.error({ error }, 'listener of the GB/T 28181 platform fails');
    });
    this.#profiles = new DeviceProfiles(options.profiles ?? (() => undefined));
    this.#table = this.#newTable();
    this.profiles = this.#profileDesk();
    this.trace = this.#recordSignals();
    this.#registrar = this.#newRegistrar();
    const firstSn = random.below(FIRST_SN_BELOW);
    this.#sender = new CommandSender({ sip, platformId: options.id, domain, limits, metrics, firstSn });
    this.#ssrcs = new SsrcPool({ clock, random, platformId: options.id });
    const inbound = new InboundRoutes();
    const floor: PlatformFloor = {
      ...{ sip, platformId: options.id, domain, clock, random, logger, instruments, limits, metrics },
      sender: this.#sender,
      inbound,
      entryOf: (gbId) => this.#entryOf(gbId),
      learn: (command, outcome) => {
        const fact = factOf(command, outcome, this.#table.find(command.gbId)?.gbVersion);
        if (fact !== undefined) this.#events.emit('learned', fact);
      },
    };
    this.#ptz = new PtzLanes(floor);
    this.#capabilities = buildCapabilities(floor, {
      events: this.#events,
      deviceAt: (flow, gbId) => this.#deviceAt(flow, gbId),
      reserveSsrc: () => this.reserveSsrc('live'),
    });
    this.#registerGauges();
    this.#listen(this.#newMessageHandler(inbound));
  }

  get cascade(): Capabilities['cascade'] {
    return this.#capabilities.cascade;
  }

  get records(): Capabilities['records'] {
    return this.#capabilities.records;
  }

  get control(): Capabilities['control'] {
    return this.#capabilities.control;
  }

  get subscriptions(): Capabilities['subscriptions'] {
    return this.#capabilities.subscriptions;
  }

  get queries(): Capabilities['queries'] {
    return this.#capabilities.queries;
  }

  get config(): Capabilities['config'] {
    return this.#capabilities.config;
  }

  get voice(): Capabilities['voice'] {
    return this.#capabilities.voice;
  }

  get registeredCount(): number {
    return this.#table.size;
  }

  start(): Promise<void> {
    this.#table.start();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#table.close();
    await Promise.all(this.#capabilities.all.map(async (capability) => capability.close()));
  }

  on<Name extends keyof GbEvents>(name: Name, listener: (...args: GbEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  registration(gbId: string): Registration | undefined {
    const entry = this.#table.find(gbId);
    return entry === undefined ? undefined : this.#table.snapshot(entry);
  }

  forget(gbId: string): void {
    this.#registrar.forgive(gbId);
    this.#table.remove(gbId, 'forgotten');
  }

  async queryCatalog(gbId: string): Promise<CatalogAnswer> {
    return await this.#capabilities.catalogs.query(gbId);
  }

  async ptz(gbId: string, channelGbId: string, command: PtzCommand): Promise<void> {
    await this.#ptz.send(this.#entryOf(gbId), channelGbId, command);
  }

  reserveSsrc(kind: 'live' | 'history'): SsrcLease {
    return this.#ssrcs.reserve(kind);
  }

  async play(order: PlayOrder): Promise<MediaDialog> {
    return await this.#capabilities.calls.play(order);
  }

  #newTable(): DeviceTable {
    const { clock, logger } = this.#options;
    return new DeviceTable({
      clock,
      keepaliveIntervalS: this.#limits.keepaliveIntervalS,
      keepaliveMisses: this.#limits.keepaliveMisses,
      profileOf: (gbId, userAgent) => this.#profiles.resolve(gbId, userAgent).profile,
      onTick: () => {
        this.#registrar.sweep();
      },
      onOffline: (entry, cause) => {
        this.#onOffline(entry, cause);
      },
      onFlapping: ({ gbId, flow }) => {
        this.#metrics.flapping.value += 1;
        logger.warn(
          { deviceId: gbId, remoteAddress: flow.remoteAddress },
          'device keeps changing its address',
        );
      },
    });
  }

  #profileDesk(): ProfileDesk {
    return {
      of: (gbId) => this.#profiles.resolve(gbId, this.#table.find(gbId)?.userAgent),
      profileOf: (gbId) => this.#table.find(gbId)?.profile ?? this.#profiles.resolve(gbId, undefined).profile,
      refresh: (gbId) => {
        const entry = this.#table.find(gbId);
        if (entry !== undefined)
          this.#table.setProfile(entry, this.#profiles.resolve(gbId, entry.userAgent).profile);
      },
    };
  }

  #recordSignals(): SignalTrace {
    const { clock, instruments, sip, credentials, localAddress } = this.#options;
    const trace = new SignalRecorder({
      ...{ table: this.#table, keepalives: this.#metrics.keepalives, clock, instruments },
      isDevice: (gbId) => credentials.find(gbId) !== undefined,
      local: () => ({ address: localAddress ?? '127.0.0.1', port: sip.port }),
    });
    sip.onTrace(trace.take);
    return trace;
  }

  #newRegistrar(): Registrar {
    return new Registrar(this.#options, {
      table: this.#table,
      metrics: this.#metrics,
      limits: this.#limits,
      listener: {
        onOnline: (entry, how) => {
          this.#onOnline(entry, how);
        },
        onRefused: (gbId, why) => {
          this.#events.emit('refusedRegistration', gbId, why);
        },
      },
    });
  }

  #newMessageHandler(routes: InboundRoutes): MessageHandler {
    const { credentials, logger } = this.#options;
    const { calls, subscriptions, voice, cascade, faults } = this.#capabilities;
    return new MessageHandler({
      table: this.#table,
      isDevice: (gbId) => credentials.find(gbId) !== undefined,
      revive: (gbId, flow) => this.#revive(this.#profiles.revivalOf(gbId, flow.remoteAddress), gbId, flow),
      fromUpper: (incoming) => cascade.takes(incoming),
      deviceOfCall: (callId) =>
        calls.find(callId)?.deviceGbId ?? subscriptions.deviceOf(callId) ?? voice.deviceOf(callId),
      onFaultKeepalive: (entry, body) => {
        faults.onKeepalive(entry, body);
      },
      routes,
      metrics: this.#metrics,
      logger,
    });
  }

  #entryOf(gbId: string): DeviceEntry {
    const entry = this.#closed ? undefined : this.#table.find(gbId);
    if (entry === undefined) throw new GbFailure('not-registered', 'the device is not registered');
    return entry;
  }

  /** Vendor: some sign with a channel's ID; but who signs as another device has to register first. */
  #deviceAt(flow: Flow, gbId: string | undefined): DeviceEntry | undefined {
    const known = gbId === undefined ? undefined : this.#table.at(flow, gbId);
    const isOther = gbId !== undefined && this.#options.credentials.find(gbId) !== undefined;
    return known ?? (isOther ? undefined : this.#table.soleAt(flow));
  }

  /** A device is here again as if it had registered, until `endsAtMs`. */
  #revive(endsAtMs: number | undefined, gbId: string, flow: Flow): DeviceEntry | undefined {
    if (endsAtMs === undefined || this.#table.find(gbId) !== undefined) return undefined;
    const expiresS = Math.floor((endsAtMs - this.#options.clock.nowMs()) / 1_000);
    if (expiresS <= 0 || this.#table.size >= this.#limits.maxDevices) return undefined;
    const { entry, how } = this.#table.put({
      ...{ gbId, flow, expiresS, gbVersion: undefined, userAgent: undefined },
    });
    this.#metrics.registerResults.of('revived').value += 1;
    this.#onOnline(entry, how);
    return entry;
  }

  #onOnline(entry: DeviceEntry, how: GbEvents['online'][1]): void {
    if (how !== 'refreshed') {
      const { transport, remoteAddress, remotePort } = entry.flow;
      this.#options.logger.info(
        { deviceId: entry.gbId, transport, remoteAddress, remotePort, how, userAgent: entry.userAgent },
        'device online',
      );
    }
    for (const capability of this.#capabilities.all) capability.onOnline?.(entry, how);
    this.#events.emit('online', this.#table.snapshot(entry), how);
  }

  #onOffline(entry: DeviceEntry, cause: OfflineCause): void {
    const { gbId } = entry;
    this.#metrics.offline.of(cause).value += 1;
    this.#options.logger.info({ deviceId: gbId, cause }, 'device offline');
    for (const capability of this.#capabilities.all) capability.abandon(gbId, cause);
    this.#events.emit('offline', gbId, cause);
  }

  #listen(messages: MessageHandler): void {
    const { sip } = this.#options;
    const on = (method: string, handle: (incoming: IncomingRequest) => void): void => {
      sip.onRequest(method, (incoming) => {
        if (this.#closed) incoming.reply(503);
        else handle(incoming);
      });
    };
    on('REGISTER', (incoming) => {
      this.#registrar.onRegister(incoming);
    });
    on('MESSAGE', (incoming) => {
      messages.onMessage(incoming);
    });
    on('NOTIFY', (incoming) => {
      messages.onNotify(incoming);
    });
    on('OPTIONS', (incoming) => {
      messages.onOptions(incoming);
    });
    for (const method of ['INVITE', 'SUBSCRIBE'])
      on(method, (incoming) => {
        if (this.cascade.takes(incoming)) return;
        if (method === 'INVITE') this.voice.onInvite(incoming);
        else incoming.refuse(403);
      });
    sip.onFlowClosed((flow) => {
      if (!this.#closed) this.#table.removeFlow(flow.key);
    });
  }

  #registerGauges(): void {
    const { instruments } = this.#options;
    instruments.gauge('yimu_devices_registered', 'devices registered now', () => this.#table.size);
    instruments.gauge(
      'yimu_media_dialogs',
      'media sessions with devices',
      () => this.#capabilities.calls.size,
    );
    instruments.gauge('yimu_ssrc_in_use', 'SSRCs handed out', () => this.#ssrcs.inUse);
    instruments.gauge(
      'yimu_gb_commands_in_flight',
      'MESSAGEs to devices whose SIP answer is awaited',
      () => this.#sender.inFlight,
    );
    instruments.gauge('yimu_gb_queries_waiting', 'queries whose answer is awaited', () =>
      this.#capabilities.all.reduce((sum, { waiting }) => sum + (waiting ?? 0), 0),
    );
  }
}
