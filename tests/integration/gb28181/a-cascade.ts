import type { GbFailure } from '../../../bff/src/gb28181/index.ts';
import {
  type CascadeService,
  createGb28181Platform,
  type Gb28181Platform,
  type SharedItem,
  type UpperMedia,
  type UpperMediaOrder,
  type UpperPlatform,
  type UpperState,
} from '../../../bff/src/gb28181/index.ts';
import { Instruments, silentLogger, SystemClock, SystemRandom } from '../../../bff/src/kernel/index.ts';
import { createSipUserAgent, type SipUserAgent } from '../../../bff/src/sip/index.ts';
import { until } from '../../support/until.ts';
import { CAMERA, NVR, PASSWORD, Stack } from './a-stack.ts';
import { RawDevice } from './raw-device.ts';
import { SipPeer } from './sip-peer.ts';

export const LOWER = '34020100002000000009';
export const OWN = '34020100001320000077';
const DOMAIN = '3402010000';
export const UPPER_KEY = 7;

export function anItem(gbId: string, changes: Partial<SharedItem> = {}): SharedItem {
  return {
    gbId,
    name: `路口 ${gbId.slice(-4)}`,
    manufacturer: 'Acme',
    model: 'IPC-2M',
    civilCode: '340201',
    address: '东门 & 西门',
    parentId: LOWER,
    businessGroupId: undefined,
    online: true,
    ptzType: 1,
    ...changes,
  };
}

/** Media as the core would open it: told what to do, it remembers. */
export class FakeUpperMedia implements UpperMedia {
  readonly address = '127.0.0.1';
  readonly port = 30_010;
  readonly fileSize: number | undefined = undefined;
  readonly commands: unknown[] = [];
  refusal: GbFailure | undefined;
  closed = 0;
  #handlers: ((why: 'over' | 'lost') => void)[] = [];

  control(command: unknown): Promise<void> {
    this.commands.push(command);
    return this.refusal === undefined ? Promise.resolve() : Promise.reject(this.refusal);
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }

  onEnded(handler: (why: 'over' | 'lost') => void): void {
    this.#handlers.push(handler);
  }

  end(why: 'over' | 'lost'): void {
    for (const handler of this.#handlers.splice(0)) handler(why);
  }
}

/** Two platforms in one process, over real sockets: the lower one registers to the upper one as a device does. */
export class CascadeStack {
  readonly upper: Stack;
  readonly lower: Gb28181Platform;
  readonly instruments = new Instruments();
  readonly states: UpperState[] = [];
  readonly orders: UpperMediaOrder[] = [];
  readonly media: FakeUpperMedia[] = [];
  refuseMedia: GbFailure | undefined;
  /** Under which keys the catalogue was asked for. */
  readonly catalogKeys: number[] = [];
  /** Media is there only then. */
  mediaAfter: Promise<void> = Promise.resolve();
  /** {@link OWN} is not shown any more. */
  isHidden = false;
  items: SharedItem[] = [anItem(OWN)];
  readonly #sip: SipUserAgent;
  readonly #peers: SipPeer[] = [];

  private constructor(upper: Stack) {
    this.upper = upper;
    upper.addDevice(LOWER);
    const common = {
      clock: new SystemClock(),
      random: new SystemRandom(),
      logger: silentLogger,
      instruments: this.instruments,
    };
    this.#sip = createSipUserAgent({ ...common, host: '127.0.0.1', port: 0, advertisedHost: '127.0.0.1' });
    this.lower = createGb28181Platform({
      ...common,
      sip: this.#sip,
      id: LOWER,
      domain: DOMAIN,
      credentials: {
        find: (gbId) =>
          gbId === NVR ? { gbId, ha1Md5: undefined, ha1Sha256: undefined, passwordless: true } : undefined,
      },
    });
    this.lower.cascade.serve(this.#service());
    this.lower.cascade.on('state', (_key, state) => this.states.push(state));
  }

  static async start(): Promise<CascadeStack> {
    const stack = new CascadeStack(await Stack.start());
    await stack.#sip.start();
    await stack.lower.start();
    return stack;
  }

  get sipPort(): number {
    return this.#sip.port;
  }

  config(changes: Partial<UpperPlatform> = {}): UpperPlatform {
    const { id, domain, port } = this.upper.place;
    return {
      key: UPPER_KEY,
      gbId: id,
      domain,
      host: '127.0.0.1',
      port,
      transport: 'udp',
      localGbId: LOWER,
      username: LOWER,
      password: PASSWORD,
      expiresS: 3_600,
      keepaliveS: 60,
      keepaliveMisses: 3,
      gbVersion: '3.0',
      control: 'steer',
      ...changes,
    };
  }

  async join(changes: Partial<UpperPlatform> = {}): Promise<void> {
    this.lower.cascade.join(this.config(changes));
    await until('registered upward', () => this.upper.platform.registration(LOWER) !== undefined);
    await until('the lower platform knows', () => this.phase === 'registered');
  }

  get phase(): string | undefined {
    return this.lower.cascade.state(UPPER_KEY)?.phase;
  }

  /** The device behind {@link OWN}, registered at the lower platform. */
  async device(): Promise<RawDevice> {
    const peer = await SipPeer.udp(this.sipPort);
    this.#peers.push(peer);
    const device = new RawDevice({ port: this.sipPort, id: LOWER, domain: DOMAIN }, peer, NVR, PASSWORD);
    const { start } = await device.register();
    if (start !== 'SIP/2.0 200 OK') throw new Error(`not registered: ${start}`);
    return device;
  }

  /** Somebody who speaks to the lower platform from a socket of his own. */
  async stranger(): Promise<SipPeer> {
    const peer = await SipPeer.udp(this.sipPort);
    this.#peers.push(peer);
    return peer;
  }

  figure(name: string): number {
    return this.instruments.read().find((reading) => reading.name === name)?.samples[0]?.value ?? Number.NaN;
  }

  async stop(): Promise<void> {
    await this.lower.close();
    await this.#sip.close();
    for (const peer of this.#peers) peer.close();
    await this.upper.stop();
  }

  #service(): CascadeService {
    return {
      catalog: (key, gbId) => {
        this.catalogKeys.push(key);
        return gbId === LOWER ? this.items : this.items.filter((item) => item.gbId === gbId).slice(0, 1);
      },
      find: (_key, gbId) =>
        gbId === OWN && !this.isHidden ? { deviceGbId: NVR, channelGbId: CAMERA } : undefined,
      item: (_key, gbId) => this.items.find((item) => item.gbId === gbId),
      about: () => ({
        name: '驿目',
        manufacturer: 'Yimu',
        model: 'Yimu',
        firmware: '1',
        channels: this.items.length,
      }),
      openMedia: async (order) => {
        this.orders.push(order);
        await this.mediaAfter;
        if (this.refuseMedia !== undefined) throw this.refuseMedia;
        const media = new FakeUpperMedia();
        this.media.push(media);
        return media;
      },
    };
  }
}
