import {
  DEFAULT_DEVICE_PROFILE,
  type DeviceProfile,
  type DeviceProfileChange,
} from '../../../shared/src/index.ts';
import type {
  CatalogResult,
  DeviceFacts,
  DevicePresence,
  EstablishedCall,
  InviteOrder,
  MediaEvents,
  MediaPort,
  MediaSessionStats,
  OpenRtpOrder,
  PlaybackOrder,
  RelayOrder,
  ProfilePort,
  PtzOrder,
  SignallingEvents,
  SignallingPort,
  SsrcReservation,
  Steering,
  TracedMessage,
  TracePort,
  ViewerDecision,
  ViewerRequest,
} from '../../../bff/src/core/index.ts';
import { TypedEmitter } from '../../../bff/src/kernel/index.ts';
import { FakeTalks } from './fake-talks.ts';

const rethrow = (error: unknown): void => {
  throw error;
};

/** A call that the fake camera has accepted. */
export class FakeCall implements EstablishedCall {
  readonly callId: string;
  readonly ssrc: number;
  readonly remoteMedia = { address: '192.0.2.9', port: 15_060 };
  closed = false;
  readonly fileSize: number | undefined = 5_000_000;
  readonly orders: PlaybackOrder[] = [];
  onControl: (order: PlaybackOrder) => Promise<void> = () => Promise.resolve();
  /** When the BYE is answered. */
  untilClosed: Promise<unknown> = Promise.resolve();
  readonly #handlers: ((by: 'local' | 'remote' | 'error') => void)[] = [];
  readonly #fileEnds: (() => void)[] = [];

  constructor(callId: string, ssrc: number) {
    this.callId = callId;
    this.ssrc = ssrc;
  }

  async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      for (const handler of this.#handlers) handler('local');
    }
    await this.untilClosed;
  }

  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void {
    if (this.closed) handler('remote');
    else this.#handlers.push(handler);
  }

  /** The camera says that all of the recording was sent. */
  endFile(): void {
    for (const handler of this.#fileEnds) handler();
  }

  async control(order: PlaybackOrder): Promise<void> {
    this.orders.push(order);
    await this.onControl(order);
  }

  onFileEnd(handler: () => void): void {
    this.#fileEnds.push(handler);
  }

  /** The camera says BYE, or (`error`) is gone without a word. */
  hangUp(by: 'remote' | 'error' = 'remote'): void {
    this.closed = true;
    for (const handler of this.#handlers) handler(by);
  }
}

/** Devices as the core sees them, at the edge of the process. */
export class FakeSignalling implements SignallingPort {
  readonly #events = new TypedEmitter<SignallingEvents>(rethrow);
  readonly #online = new Set<string>();
  readonly invites: InviteOrder[] = [];
  readonly calls: FakeCall[] = [];
  readonly ptzOrders: { readonly channelGbId: string; readonly order: PtzOrder }[] = [];
  readonly forgotten: string[] = [];
  ssrcsInUse = 0;
  /** When devices that are online were last heard. */
  lastSeenAtMs = 1;
  /** When registrations end of devices that are online. */
  expiresAtMs: number | undefined;
  catalog: (gbId: string) => Promise<CatalogResult> = () => Promise.resolve({ entries: [], complete: true });
  facts: (gbId: string) => Promise<DeviceFacts> = () =>
    Promise.resolve({ name: 'IPC', manufacturer: 'Yimu', model: 'M', firmware: '1' });
  /** What becomes of an INVITE; by default it is answered with the SSRC that was offered. */
  answer: (order: InviteOrder) => Promise<FakeCall> = (order) =>
    Promise.resolve(new FakeCall(`call${String(this.calls.length)}`, order.ssrc.value));
  onPtz: () => Promise<void> = () => Promise.resolve();
  #ssrc = 0;

  on<Name extends keyof SignallingEvents>(
    name: Name,
    listener: (...args: SignallingEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  presence(gbId: string): DevicePresence {
    const online = this.#online.has(gbId);
    return {
      gbId,
      online,
      transport: online ? 'udp' : undefined,
      address: online ? '192.0.2.9' : undefined,
      registeredAtMs: online ? 1 : undefined,
      lastSeenAtMs: online ? this.lastSeenAtMs : undefined,
      expiresAtMs: online ? this.expiresAtMs : undefined,
    };
  }

  comeOnline(gbId: string, cause = 'registered'): void {
    this.#online.add(gbId);
    this.#events.emit('presence', this.presence(gbId), cause);
  }

  goOffline(gbId: string, cause = 'keepalive-lost'): void {
    this.#online.delete(gbId);
    this.#events.emit('presence', this.presence(gbId), cause);
  }

  refusePassword(gbId: string): void {
    this.#events.emit('passwordRefused', gbId);
  }

  tellPart(gbId: string, entries: CatalogResult['entries']): void {
    this.#events.emit('catalogPart', gbId, entries);
  }

  forget(gbId: string): void {
    this.forgotten.push(gbId);
  }

  queryCatalog(gbId: string): Promise<CatalogResult> {
    return this.catalog(gbId);
  }

  queryDeviceFacts(gbId: string): Promise<DeviceFacts> {
    return this.facts(gbId);
  }

  async ptz(_deviceGbId: string, channelGbId: string, order: PtzOrder): Promise<void> {
    this.ptzOrders.push({ channelGbId, order });
    await this.onPtz();
  }

  reserveSsrc(): SsrcReservation {
    this.#ssrc += 1;
    this.ssrcsInUse += 1;
    const value = this.#ssrc;
    let released = false;
    return {
      text: String(value).padStart(10, '0'),
      value,
      release: () => {
        if (!released) this.ssrcsInUse -= 1;
        released = true;
      },
    };
  }

  async invite(order: InviteOrder): Promise<EstablishedCall> {
    this.invites.push(order);
    const call = await this.answer(order);
    this.calls.push(call);
    return call;
  }
}

/** The media server as the core sees it, at the edge of the process. */
export class FakeMedia implements MediaPort {
  readonly #events = new TypedEmitter<MediaEvents>(rethrow);
  readonly delivery: { readonly flvPort: number; readonly publicUrl: string | undefined };
  readonly opened: OpenRtpOrder[] = [];
  readonly open = new Set<string>();
  readonly accepted: { readonly sessionId: string; readonly ssrc: number }[] = [];
  readonly dialled: string[] = [];
  readonly reopened: OpenRtpOrder[] = [];
  readonly steered: ({ readonly sessionId: string } & Steering)[] = [];
  /** Whether what still comes ends. */
  drains = true;
  readonly kicked: string[] = [];
  sessions: MediaSessionStats[] = [];
  refuseOpen: Error | undefined;
  readonly talks = new FakeTalks();
  readonly relays = new Map<string, RelayOrder>();
  refuseRelay: Error | undefined;
  #decide: (request: ViewerRequest) => Promise<ViewerDecision> = () =>
    Promise.reject(new Error('nobody decides'));

  constructor(publicUrl?: string) {
    this.delivery = { flvPort: 8090, publicUrl };
  }

  on<Name extends keyof MediaEvents>(name: Name, listener: (...args: MediaEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  emit<Name extends keyof MediaEvents>(name: Name, ...args: MediaEvents[Name]): void {
    this.#events.emit(name, ...args);
  }

  authoriseViewers(decide: (request: ViewerRequest) => Promise<ViewerDecision>): void {
    this.#decide = decide;
  }

  /** A viewer comes with a URL that the core has issued. */
  ask(url: string): Promise<ViewerDecision> {
    const { pathname, search } = new URL(url);
    return this.#decide({
      publicName: pathname.slice(1).replace(/\.flv$/, ''),
      query: search.slice(1),
      protocol: 'http-flv',
      remoteAddress: '198.51.100.7',
    });
  }

  openRtp(order: OpenRtpOrder): Promise<{ readonly address: string; readonly port: number }> {
    this.opened.push(order);
    if (this.refuseOpen) return Promise.reject(this.refuseOpen);
    this.open.add(order.sessionId);
    return Promise.resolve({ address: '192.0.2.1', port: 30_000 });
  }

  reopenRtp(order: OpenRtpOrder): Promise<{ readonly address: string; readonly port: number }> {
    this.reopened.push(order);
    return Promise.resolve({ address: '192.0.2.1', port: 30_002 });
  }

  steer(sessionId: string, steering: Steering): Promise<void> {
    this.steered.push({ sessionId, ...steering });
    return Promise.resolve();
  }

  drain(): Promise<boolean> {
    return Promise.resolve(this.drains);
  }

  connectRtp(sessionId: string): Promise<void> {
    this.dialled.push(sessionId);
    return Promise.resolve();
  }

  acceptSsrc(sessionId: string, ssrc: number): Promise<void> {
    this.accepted.push({ sessionId, ssrc });
    return Promise.resolve();
  }

  close(sessionId: string): Promise<void> {
    this.open.delete(sessionId);
    return Promise.resolve();
  }

  openRelay(order: RelayOrder): Promise<{ readonly address: string; readonly port: number }> {
    if (this.refuseRelay) return Promise.reject(this.refuseRelay);
    this.relays.set(order.relayId, order);
    return Promise.resolve({ address: '192.0.2.1', port: 30_002 });
  }

  closeRelay(relayId: string): Promise<void> {
    this.relays.delete(relayId);
    return Promise.resolve();
  }

  kick(tag: string): Promise<void> {
    this.kicked.push(tag);
    return Promise.resolve();
  }

  stats(): Promise<readonly MediaSessionStats[]> {
    return Promise.resolve(this.sessions);
  }
}

/** Where profiles take effect, as the core sees it: all are the default with what the core says was set. */
export class FakeProfiles implements ProfilePort {
  /** What the core knows of a device; the test gives it the core's own answer. */
  changeOf: (gbId: string) => DeviceProfileChange | undefined = () => undefined;
  readonly refreshed: string[] = [];

  of(gbId: string): ReturnType<ProfilePort['of']> {
    const set = Object.entries(this.changeOf(gbId) ?? {}).filter(([, value]) => value !== undefined);
    return {
      vendor: undefined,
      learnt: DEFAULT_DEVICE_PROFILE,
      profile: { ...DEFAULT_DEVICE_PROFILE, ...(Object.fromEntries(set) as Partial<DeviceProfile>) },
    };
  }

  profileOf(gbId: string): DeviceProfile {
    return this.of(gbId).profile;
  }

  refresh(gbId: string): void {
    this.refreshed.push(gbId);
  }
}

/** What was traced, as the core sees it. */
export class FakeTrace implements TracePort {
  readonly messages = new Map<string, readonly TracedMessage[]>();
  readonly watched = new Set<string>();
  maxWatched = 8;

  list(
    gbId: string,
    { after = 0, limit }: { readonly after?: number | undefined; readonly limit: number },
  ): readonly TracedMessage[] {
    return (this.messages.get(gbId) ?? []).filter(({ seq }) => seq > after).slice(-limit);
  }

  watch(gbId: string): boolean {
    if (this.watched.size >= this.maxWatched) return false;
    this.watched.add(gbId);
    return true;
  }

  peers(limit: number): readonly { gbId: string; messages: number; lastAtMs: number }[] {
    return [...this.messages]
      .map(([gbId, kept]) => ({ gbId, messages: kept.length, lastAtMs: kept.at(-1)?.atMs ?? 0 }))
      .slice(0, limit);
  }
}
