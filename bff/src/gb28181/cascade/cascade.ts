import { lookup } from 'node:dns/promises';
import { TypedEmitter } from '../../kernel/index.ts';
import type { IncomingRequest } from '../../sip/index.ts';
import type { Capability, PlatformFloor } from '../capability.ts';
import { readManscdp } from '../manscdp/document.ts';
import { GbFailure, type SsrcLease } from '../types.ts';
import { AnswerLane, type AnswerParts } from './answer-lane.ts';
import { CommandRelay } from './command-relay.ts';
import { CascadeMetrics } from './cascade-metrics.ts';
import type {
  Cascade,
  CascadeEvents,
  CascadeService,
  CatalogChange,
  SharedChannel,
  UpperAlarm,
  UpperDirection,
  UpperPlatform,
  UpperPosition,
  UpperState,
} from './types.ts';
import { alarmBody, directionBody, positionBody } from './upper-bodies.ts';
import { UpperCalls } from './upper-calls.ts';
import { UpperMovements } from './upper-movements.ts';
import { UpperQuestions } from './upper-questions.ts';
import { UpperSession } from './upper-session.ts';
import { catalogNotices, UpperSubscriptions } from './upper-subscriptions.ts';
import { CASCADE_LIMITS, type CascadeLimits } from './upper-times.ts';

const ALLOWED = 'MESSAGE, INVITE, ACK, BYE, CANCEL, INFO, SUBSCRIBE, OPTIONS';

const MAX_MISSED = 20_000;

interface Joined {
  readonly session: UpperSession;
  readonly lane: AnswerLane;
  /** Changes since it asked for the catalogue that it was not told, having no subscription. */
  readonly missed: Map<string, CatalogChange>;
}

interface Options {
  readonly reserveSsrc: () => SsrcLease;
  readonly limits?: Partial<CascadeLimits>;
  /** The first address of a host name; default the system's resolver. */
  readonly resolve?: (host: string) => Promise<string>;
}

/** Every upper platform: who is registered where, and who takes what comes from there. */
export class UpperPlatforms implements Cascade, Capability {
  readonly #floor: PlatformFloor;
  readonly #limits: CascadeLimits;
  readonly #resolve: (host: string) => Promise<string>;
  readonly #events: TypedEmitter<CascadeEvents>;
  readonly #metrics: CascadeMetrics;
  readonly #uppers = new Map<number, Joined>();
  readonly #relay: CommandRelay;
  readonly #movements: UpperMovements;
  readonly #questions: UpperQuestions;
  readonly #calls: UpperCalls;
  readonly #subscriptions: UpperSubscriptions;
  #service: CascadeService | undefined;

  constructor(floor: PlatformFloor, options: Options) {
    const { sip, clock, logger, instruments, sender } = floor;
    this.#floor = floor;
    this.#limits = { ...CASCADE_LIMITS, ...options.limits };
    const limits = this.#limits;
    this.#resolve = options.resolve ?? firstAddress;
    this.#metrics = new CascadeMetrics(instruments);
    this.#events = new TypedEmitter((error) => {
      logger.error({ err: error }, 'a listener of the cascade fails');
    });
    this.#relay = new CommandRelay(floor, {
      maxPerUpper: limits.maxRelaysPerUpper,
      timeoutMs: limits.relayTimeoutMs,
    });
    this.#movements = new UpperMovements({
      clock,
      movementMs: limits.movementMs,
      send: (channel, ptzCmd) => {
        void this.#stopMovement(channel, ptzCmd);
      },
    });
    this.#questions = new UpperQuestions({ clock, relay: this.#relay, movements: this.#movements });
    const service = (): CascadeService | undefined => this.#service;
    this.#calls = new UpperCalls({
      floor,
      service,
      maxPerUpper: limits.maxCallsPerUpper,
      reserveSsrc: options.reserveSsrc,
      onOther: (incoming, upper) => {
        this.#onMessage(incoming, upper);
      },
      count: (result) => {
        this.#metrics.invites.of(result).value += 1;
      },
    });
    this.#subscriptions = new UpperSubscriptions({
      sip,
      service,
      maxPerUpper: limits.maxSubscriptionsPerUpper,
      maxExpiresS: limits.maxSubscriptionS,
      nextSn: () => sender.nextSn(),
      missed: ({ key }) => {
        const { missed } = this.#uppers.get(key) ?? {};
        const changes = [...(missed?.values() ?? [])];
        missed?.clear();
        return changes;
      },
      onFailed: () => {
        this.#metrics.dropped.of('notify').value += 1;
      },
    });
    this.#metrics.measure(instruments, {
      registered: () => this.#countRegistered(),
      calls: () => this.#calls.size,
      subscriptions: () => this.#subscriptions.size,
      relays: () => this.#relay.size,
      movements: () => this.#movements.size,
    });
    sip.onFlowClosed((flow) => {
      for (const { session } of this.#uppers.values())
        if (session.link?.isFrom(flow) === true) session.connectionLost();
    });
  }

  get waiting(): number {
    return this.#relay.size;
  }

  on<Name extends keyof CascadeEvents>(
    name: Name,
    listener: (...args: CascadeEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  serve(service: CascadeService): void {
    this.#service = service;
  }

  join(upper: UpperPlatform): void {
    const { key } = upper;
    if (this.#uppers.has(key)) throw new GbFailure('rejected', 'this upper platform is joined already');
    if (this.#uppers.size >= this.#limits.maxUppers)
      throw new GbFailure('exhausted', 'too many upper platforms');
    const { sip, clock, random, logger, sender } = this.#floor;
    const session = new UpperSession(upper, {
      ...{ sip, clock, random, logger, limits: this.#limits, resolve: this.#resolve },
      nextSn: () => sender.nextSn(),
      onState: (state) => {
        this.#events.emit('state', key, state);
      },
      onLost: () => {
        void this.#endWhatRuns(key, 'silent');
      },
    });
    const lane = new AnswerLane({
      clock,
      send: async (body) => {
        const { link } = session;
        if (link === undefined) throw new GbFailure('transport', 'not registered there');
        await link.message(body);
      },
      onDropped: (why) => {
        this.#metrics.dropped.of(why).value += 1;
      },
    });
    this.#uppers.set(key, { session, lane, missed: new Map() });
    session.start();
  }

  async leave(key: number): Promise<void> {
    const joined = this.#uppers.get(key);
    if (joined === undefined) return;
    await this.#endWhatRuns(key, joined.session.link === undefined ? 'silent' : 'farewell');
    this.#uppers.delete(key);
    joined.lane.close();
    await joined.session.close();
  }

  state(key: number): UpperState | undefined {
    return this.#uppers.get(key)?.session.state;
  }

  notifyCatalog(key: number, changes: readonly CatalogChange[]): void {
    if (changes.length === 0) return;
    for (const { event, gbId } of changes)
      if (event === 'DEL') {
        this.#movements.endOfChannel(key, gbId);
        void this.#calls.endOfChannel(key, gbId);
      }
    if (!this.#subscriptions.hearsOfCatalog(key)) {
      this.#miss(key, changes);
      return;
    }
    const items = new Set(changes.map(({ gbId }) => gbId));
    const sn = this.#floor.sender.nextSn();
    this.#subscriptions.notify(
      key,
      'Catalog',
      (gbId) => items.has(gbId),
      (upper) => catalogNotices(upper, sn, [...changes]),
    );
  }

  notifyAlarm(key: number, alarm: UpperAlarm): void {
    const sn = this.#floor.sender.nextSn();
    this.#subscriptions.notify(
      key,
      'Alarm',
      (gbId) => gbId === alarm.gbId,
      ({ gbVersion }) => [alarmBody(gbVersion, sn, alarm)],
    );
  }

  notifyPosition(key: number, position: UpperPosition): void {
    const sn = this.#floor.sender.nextSn();
    this.#subscriptions.notify(
      key,
      'MobilePosition',
      (gbId) => gbId === position.gbId,
      ({ gbVersion }) => [positionBody(gbVersion, sn, position)],
    );
  }

  notifyDirection(key: number, direction: UpperDirection): void {
    const sn = this.#floor.sender.nextSn();
    this.#subscriptions.notify(
      key,
      'PTZPosition',
      (gbId) => gbId === direction.gbId,
      ({ gbVersion }) => [directionBody(gbVersion, sn, direction)],
    );
  }

  /**
   * Takes a request that comes from an upper platform: from the very address that we are registered to, signed with
   * its ID. False leaves it to the registrar and the devices.
   */
  takes(incoming: IncomingRequest): boolean {
    if (this.#uppers.size === 0) return false;
    const upper = this.#senderOf(incoming);
    if (upper === undefined) return false;
    const { method } = incoming.request;
    this.#metrics.requests.of(method).value += 1;
    switch (method) {
      case 'MESSAGE':
        this.#onMessage(incoming, upper);
        return true;
      case 'INVITE':
        this.#calls.onInvite(incoming, upper);
        return true;
      case 'SUBSCRIBE':
        this.#subscriptions.onSubscribe(incoming, upper);
        return true;
      case 'OPTIONS':
        incoming.reply(200, { headers: [{ name: 'Allow', value: ALLOWED }] });
        return true;
      default:
        return false;
    }
  }

  abandon(gbId: string): void {
    this.#relay.endOfDevice(gbId);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#uppers.keys()].map((key) => this.leave(key)));
    this.#relay.close();
  }

  #senderOf({ request, flow }: IncomingRequest): UpperPlatform | undefined {
    const signer = request.from?.uri.user;
    const senders = [...this.#uppers.values()]
      .filter(({ session }) => session.upper.gbId === signer && session.link?.isFrom(flow) === true)
      .map(({ session }) => session.upper);
    if (senders.length < 2) return senders[0];
    // We are registered there under several IDs: it is meant which is named, or which shows what is named.
    const called = request.to?.uri.user ?? '';
    const isMeant = ({ key, localGbId }: UpperPlatform): boolean =>
      called === localGbId || this.#service?.item(key, called) !== undefined;
    return senders.find(isMeant) ?? senders[0];
  }

  #miss(key: number, changes: readonly CatalogChange[]): void {
    const { missed } = this.#uppers.get(key) ?? {};
    for (const change of changes)
      if (missed !== undefined && (missed.size < MAX_MISSED || missed.has(change.gbId)))
        missed.set(change.gbId, change);
      else this.#metrics.dropped.of('notify').value += 1;
  }

  #onMessage(incoming: IncomingRequest, upper: UpperPlatform): void {
    const joined = this.#uppers.get(upper.key);
    const read = readManscdp(incoming.request.body);
    if (!read.ok || joined === undefined || this.#service === undefined) {
      if (!read.ok) this.#floor.metrics.manscdpFaults.of(read.fault).value += 1;
      incoming.reply(read.ok ? 503 : 400);
      return;
    }
    if (read.document.cmdType === 'Catalog') joined.missed.clear();
    const answer = (parts: AnswerParts): boolean => joined.lane.push(parts);
    const verdict = this.#questions.judge(upper, read.document, this.#service, answer);
    incoming.reply(verdict.status);
    verdict.then?.();
  }

  async #endWhatRuns(key: number, how: 'farewell' | 'silent'): Promise<void> {
    this.#movements.end(key);
    this.#relay.endOfUpper(key);
    await Promise.all([this.#calls.endOfUpper(key), this.#subscriptions.endOfUpper(key, how)]);
  }

  async #stopMovement(channel: SharedChannel, ptzCmd: string): Promise<void> {
    await this.#relay.order(channel, ptzCmd).catch((error: unknown) => {
      this.#floor.logger.warn({ err: error, channelId: channel.channelGbId }, 'a movement is not stopped');
    });
  }

  #countRegistered(): number {
    let count = 0;
    for (const { session } of this.#uppers.values()) if (session.link !== undefined) count += 1;
    return count;
  }
}

async function firstAddress(host: string): Promise<string> {
  const { address } = await lookup(host);
  return address;
}
