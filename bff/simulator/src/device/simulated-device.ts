import type { SipMessage, SipRequest } from 'sip-parser-lite';
import { type Archive, usualArchive } from '../archive/archive.ts';
import { osdText } from '../media/osd/osd-text.ts';
import { type Scheduler, systemScheduler } from '../scheduler.ts';
import type { Endpoint, Link, LinkListener } from '../signalling/link.ts';
import { SipClient, token } from '../signalling/sip-client.ts';
import { openTcpLink } from '../signalling/tcp-link.ts';
import { openUdpLink, type SharedUdpLink } from '../signalling/udp-link.ts';
import { Attendance } from './attendance.ts';
import { Calls } from './calls.ts';
import type { DeviceEvent, DeviceEventListener } from './events.ts';
import type { Fault } from './faults.ts';
import { CommandTable } from './commands/command-table.ts';
import { knowsCommands } from './commands/knows-commands.ts';
import { DeviceState } from './device-state.ts';
import { Loudspeaker } from './loudspeaker/loudspeaker.ts';
import type { InletTransport } from './loudspeaker/voice-inlet.ts';
import { keepaliveBody, readCommand } from './manscdp.ts';
import type { SimulatedPosition } from './notices.ts';
import type { ChannelProfile, DeviceProfile } from './profile.ts';
import { PtzHeads } from './ptz-heads.ts';
import { type RegisterOutcome, Registration } from './registration.ts';
import { Teller } from './teller.ts';

const DEFAULT_EXPIRES_S = 3_600;
const DEFAULT_KEEPALIVE_S = 60;
const DEFAULT_RETRY_MS = 3_000;
/** Unregistering shall not keep whoever stops the device. */
const UNREGISTER_WITHIN_MS = 3_000;
const MANSCDP_TYPE = 'Content-Type: Application/MANSCDP+xml';
const ALLOW = 'Allow: INVITE, ACK, BYE, CANCEL, INFO, MESSAGE, OPTIONS, SUBSCRIBE';

/** Options of {@link SimulatedDevice}. */
export interface SimulatedDeviceOptions {
  readonly server: Endpoint & { readonly id: string; readonly domain: string };
  readonly profile: DeviceProfile;
  readonly password: string;
  readonly transport?: 'udp' | 'tcp';
  /** One socket for many devices (UDP). */
  readonly sharedLink?: Pick<SharedUdpLink, 'linkFor'>;
  readonly expiresS?: number;
  readonly keepaliveS?: number;
  /** First wait before a refused or unanswered registration is tried again. */
  readonly retryMs?: number;
  readonly faults?: readonly Fault[];
  /** `false`: answers INVITE and sends nothing, for load on signalling alone. */
  readonly media?: boolean;
  /** Where media goes instead of the address that is offered, e.g. loopback for a platform on this machine. */
  readonly mediaHost?: string;
  /** What it has recorded; absent: thirty days, as usual. */
  readonly archive?: Archive;
  /** Where it passes when it is asked to tell where it is; absent: it stays. */
  readonly track?: readonly SimulatedPosition[];
  /** An alarm every so often, s; absent: only those that are asked for. */
  readonly alarmEveryS?: number;
  /** How its loudspeaker fetches a voice; `tcp-active`: it dials. Absent: datagrams. */
  readonly voice?: InletTransport;
  readonly onEvent?: DeviceEventListener;
  readonly scheduler?: Scheduler;
}

/** A GB28181 device in software. */
export class SimulatedDevice {
  /** What it keeps: presets, guard, home position, cards, firmware. */
  readonly state: DeviceState;
  /** What it tells unasked: alarms, positions, changes. */
  readonly teller: Teller;
  readonly loudspeaker: Loudspeaker;
  readonly #options: SimulatedDeviceOptions;
  readonly #client: SipClient;
  readonly #attendance: Attendance;
  readonly #calls: Calls;
  readonly #heads: PtzHeads;
  readonly #faults: ReadonlySet<Fault>;
  readonly #commands: CommandTable;
  #faulty: readonly string[] = [];
  /** What waits for the next registration. */
  readonly #onceRegistered: (() => void)[] = [];
  #registration: Registration | undefined;
  #stopped = false;
  /** Counts up when the link is dropped: one that comes up late is not wanted any more. */
  #links = 0;
  #sn = 0;
  #sequence = 0;

  constructor(options: SimulatedDeviceOptions) {
    const scheduler = options.scheduler ?? systemScheduler;
    this.#options = options;
    this.state = new DeviceState(options.profile);
    this.#faults = new Set(options.faults);
    this.#client = new SipClient(this.gbId, options.server.domain, scheduler);
    this.#heads = new PtzHeads(options.profile, scheduler);
    const report = (event: DeviceEvent): void => {
      this.#report(event);
    };
    this.#commands = new CommandTable({
      profile: options.profile,
      faults: this.#faults,
      scheduler,
      report,
      send: (body) => this.#message(body),
      nextSn: () => (this.#sn += 1),
    });
    const archive = options.archive ?? usualArchive(() => Date.now());
    knowsCommands(this.#commands, {
      archive,
      heads: this.#heads,
      state: this.state,
      encodes: () => (options.media ?? true) && this.#calls.active > 0,
      restart: async () => {
        if (!this.#stopped) await this.restart();
      },
      onceRegistered: (run) => {
        this.#onceRegistered.push(run);
      },
    });
    this.teller = this.#newTeller(options, scheduler);
    this.#calls = new Calls({
      profile: options.profile,
      client: this.#client,
      scheduler,
      faults: this.#faults,
      sendsMedia: options.media ?? true,
      mediaHost: options.mediaHost,
      display: (channel, at) => this.#display(channel, at),
      archive,
      report,
    });
    this.loudspeaker = new Loudspeaker(
      {
        ...{ profile: options.profile, client: this.#client, scheduler, faults: this.#faults, report },
        server: options.server,
        transport: options.voice ?? 'udp',
      },
      this.#commands,
    );
    this.#attendance = new Attendance(
      {
        expiresS: options.expiresS ?? DEFAULT_EXPIRES_S,
        keepaliveS: this.#faults.has('no-keepalive')
          ? undefined
          : (options.keepaliveS ?? DEFAULT_KEEPALIVE_S),
        retryMs: options.retryMs ?? DEFAULT_RETRY_MS,
      },
      {
        register: (expiresS) => this.#register(expiresS),
        keepalive: (timeoutMs) => this.#keepalive(timeoutMs),
        onRegistered: ({ how, expiresS }) => {
          report({ event: 'registered', how, expiresS });
          for (const run of this.#onceRegistered.splice(0)) run();
        },
        onRefused: (status) => {
          report({ event: 'register-refused', status });
        },
        onKeepalive: (status) => {
          report({ event: 'keepalive', status });
        },
      },
      scheduler,
    );
  }

  get gbId(): string {
    return this.#options.profile.gbId;
  }

  get registered(): boolean {
    return this.#attendance.registered;
  }

  /** Media sessions that run now. */
  get calls(): number {
    return this.#calls.active;
  }

  /** RTP packets sent since the device exists. */
  get packetsSent(): number {
    return this.#calls.packetsSent;
  }

  /** Where a channel's camera looks now. */
  position(channelGbId: string): ReturnType<PtzHeads['position']> {
    return this.#heads.position(channelGbId);
  }

  /** What its keepalives say is out of order from now on; nothing: all is well. One is sent at once. */
  async tellFaulty(gbIds: readonly string[]): Promise<number | undefined> {
    this.#faulty = gbIds;
    return await this.#keepalive(UNREGISTER_WITHIN_MS);
  }

  /** Begins to register; resolves after the first attempt, successful or not. */
  async start(): Promise<void> {
    this.teller.start();
    await this.#attendance.start();
  }

  /** Drops the link without a word, as a power cut does, and comes back. */
  async restart(): Promise<void> {
    this.#attendance.stop();
    this.#calls.close();
    this.loudspeaker.close();
    this.teller.subscriptions.clear();
    this.#dropLink();
    await this.#attendance.start();
  }

  /** Hangs up and takes the registration back, unless `abruptly`, and closes everything. */
  async stop(abruptly = false): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const registered = this.#attendance.registered;
    this.#attendance.stop();
    this.teller.stop();
    if (!abruptly) await this.#takeLeave(registered);
    this.#calls.close();
    this.loudspeaker.close();
    this.#client.close();
  }

  #newTeller({ track = [], alarmEveryS }: SimulatedDeviceOptions, scheduler: Scheduler): Teller {
    const report = (event: DeviceEvent): void => {
      this.#report(event);
    };
    this.#commands.on('Response', 'Alarm', ({ sn, deviceId }) => {
      report({ event: 'alarm-answered', sn, source: deviceId });
      return [];
    });
    return new Teller({
      gbId: this.gbId,
      client: this.#client,
      scheduler,
      faults: this.#faults,
      report,
      send: (body) => this.#message(body),
      nextSn: () => (this.#sn += 1),
      isArmed: () => this.state.guarded,
      track,
      alarmEveryS,
    });
  }

  async #takeLeave(registered: boolean): Promise<void> {
    await this.loudspeaker.hangUp();
    await this.#calls.hangUpAll();
    if (!registered) return;
    const outcome = await this.#registration?.attempt(0, UNREGISTER_WITHIN_MS);
    this.#report({ event: 'unregistered', status: outcome?.status });
  }

  async #register(expiresS: number): Promise<RegisterOutcome> {
    try {
      this.#registration ??= await this.#connect();
    } catch {
      return { status: undefined, how: 'open', expiresS: 0 };
    }
    return await this.#registration.attempt(expiresS);
  }

  async #connect(): Promise<Registration> {
    const { server, password } = this.#options;
    const links = this.#links;
    const link = await this.#openLink();
    if (this.#stopped || links !== this.#links) {
      link.close();
      throw new Error('the device was stopped meanwhile');
    }
    this.#client.use(link);
    return new Registration({
      client: this.#client,
      deviceId: this.gbId,
      domain: server.domain,
      serverId: server.id,
      password,
      gbVersion: this.#options.profile.edition === '2022' ? '3.0' : '2.0',
    });
  }

  async #openLink(): Promise<Link> {
    const { server, sharedLink, transport, profile } = this.#options;
    const listener: LinkListener = {
      onMessage: (message) => {
        this.#onMessage(message);
      },
      onUnreadable: (reason) => {
        this.#report({ event: 'unreadable', reason });
      },
      onClosed: () => {
        this.#dropLink();
        if (!this.#stopped) this.#attendance.onLost();
      },
    };
    if (sharedLink) {
      const ids = [profile.gbId, ...profile.channels.map((channel) => channel.gbId)];
      return sharedLink.linkFor(ids, listener);
    }
    return transport === 'tcp' ? await openTcpLink(server, listener) : await openUdpLink(server, listener);
  }

  #dropLink(): void {
    this.#links += 1;
    this.#client.close();
    this.#registration = undefined;
  }

  async #keepalive(timeoutMs: number): Promise<number | undefined> {
    this.#sn += 1;
    return await this.#message(keepaliveBody(this.gbId, this.#sn, this.#faulty), timeoutMs);
  }

  async #message(body: Buffer, timeoutMs?: number): Promise<number | undefined> {
    const { server } = this.#options;
    this.#sequence += 1;
    const response = await this.#client.request({
      method: 'MESSAGE',
      requestUri: `sip:${server.id}@${server.domain}`,
      to: `<sip:${server.id}@${server.domain}>`,
      callId: token(),
      sequence: this.#sequence,
      fromTag: token(),
      headers: [MANSCDP_TYPE],
      body,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    return response?.status;
  }

  #onMessage(message: SipMessage): void {
    if (message.kind === 'response') this.#client.onResponse(message);
    else if (message.method === 'ACK') {
      if (!this.loudspeaker.onAck(message)) this.#calls.onAck(message);
    } else if (!this.#client.absorbed(message)) this.#onRequest(message);
  }

  #onRequest(request: SipRequest): void {
    if (request.method === 'INVITE') {
      const taker = this.loudspeaker.takes(request) ? this.loudspeaker : this.#calls;
      void taker.onInvite(request);
    } else if (request.method === 'BYE') {
      if (!this.loudspeaker.onBye(request)) this.#calls.onBye(request);
    } else if (request.method === 'INFO') this.#calls.onInfo(request);
    else if (request.method === 'CANCEL') this.#calls.onCancel(request);
    else if (request.method === 'MESSAGE') this.#onCommand(request);
    else if (request.method === 'SUBSCRIBE') this.teller.subscriptions.onSubscribe(request);
    else {
      const known = request.method === 'OPTIONS';
      this.#client.reply(request, {
        ...(known ? { status: 200, reason: 'OK' } : { status: 405, reason: 'Method Not Allowed' }),
        toTag: token(),
        headers: [ALLOW],
      });
    }
  }

  #onCommand(request: SipRequest): void {
    const command = readCommand(request.body);
    if (!command) {
      this.#client.reply(request, { status: 400, reason: 'Bad Request', toTag: token() });
      this.#report({ event: 'unreadable', reason: 'a MESSAGE without command' });
      return;
    }
    this.#client.reply(request, { status: 200, reason: 'OK', toTag: token() });
    this.#commands.obey(command);
  }

  /** The time of day, and where a dome looks: who turns it sees that it turns. */
  #display({ gbId, ptzType }: ChannelProfile, recordedAt?: Date): string {
    const looks = ptzType === 1 && recordedAt === undefined;
    return osdText(recordedAt ?? new Date(), looks ? this.#heads.position(gbId) : undefined);
  }

  #report(event: DeviceEvent): void {
    this.#options.onEvent?.(this.gbId, event);
  }
}
