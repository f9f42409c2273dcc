import { createHash } from 'node:crypto';
import type { DeviceProfileChange } from '../../../shared/src/index.ts';
import {
  createGb28181Platform,
  type DeviceCredential,
  type Gb28181Platform,
  type Gb28181PlatformOptions,
  type GbEvents,
} from '../../../bff/src/gb28181/index.ts';
import { Instruments, silentLogger, SystemClock, SystemRandom } from '../../../bff/src/kernel/index.ts';
import { createSipUserAgent, type SipUserAgent } from '../../../bff/src/sip/index.ts';
import { type PlatformPlace, RawDevice } from './raw-device.ts';
import { SipPeer } from './sip-peer.ts';

export const NVR = '34020000001180000001';
export const CAMERA = '34020000001320000001';
export const PASSWORD = 'Gb28181-demo';
const PLATFORM_ID = '34020000002000000001';
const DOMAIN = '3402000000';

/** The SIP and the GB/T 28181 floor over real sockets and the machine's clock, and devices to talk to them. */
export class Stack {
  readonly clock = new SystemClock();
  readonly instruments = new Instruments();
  readonly credentials = new Map<string, DeviceCredential>();
  /** What an operator set for a device. */
  readonly profiles = new Map<string, DeviceProfileChange>();
  readonly events: (readonly [name: keyof GbEvents, ...args: unknown[]])[] = [];
  readonly platform: Gb28181Platform;
  readonly #sip: SipUserAgent;
  readonly #peers: SipPeer[] = [];

  private constructor(
    limits: Gb28181PlatformOptions['limits'],
    profiles: Gb28181PlatformOptions['profiles'],
  ) {
    const { clock, instruments } = this;
    const common = { clock, instruments, random: new SystemRandom(), logger: silentLogger };
    this.#sip = createSipUserAgent({ ...common, host: '127.0.0.1', port: 0, advertisedHost: '127.0.0.1' });
    for (const id of [NVR, CAMERA]) this.addDevice(id);
    this.platform = createGb28181Platform({
      ...common,
      sip: this.#sip,
      id: PLATFORM_ID,
      domain: DOMAIN,
      credentials: { find: (gbId) => this.credentials.get(gbId) },
      profiles: (gbId) => ({ manufacturer: undefined, change: this.profiles.get(gbId) }),
      ...(limits === undefined ? {} : { limits }),
      ...(profiles === undefined ? {} : { profiles }),
    });
    for (const name of ['online', 'offline', 'catalogPart', 'refusedRegistration'] as const)
      this.platform.on(name, (...args) => this.events.push([name, ...args]));
  }

  static async start(
    limits: Gb28181PlatformOptions['limits'] = {},
    profiles?: Gb28181PlatformOptions['profiles'],
  ): Promise<Stack> {
    const stack = new Stack(limits, profiles);
    await stack.#sip.start();
    await stack.platform.start();
    return stack;
  }

  get place(): PlatformPlace {
    return { port: this.#sip.port, id: PLATFORM_ID, domain: DOMAIN };
  }

  addDevice(gbId: string, overrides: Partial<DeviceCredential> = {}): void {
    const ha1Md5 = createHash('md5').update(`${gbId}:${DOMAIN}:${PASSWORD}`).digest('hex');
    this.credentials.set(gbId, { gbId, ha1Md5, ha1Sha256: undefined, passwordless: false, ...overrides });
  }

  /** A device that did not say anything yet. */
  async device(
    id: string,
    options: {
      readonly transport?: 'udp' | 'tcp';
      readonly address?: string;
      readonly password?: string;
    } = {},
  ): Promise<RawDevice> {
    const { port } = this.place;
    const peer =
      options.transport === 'tcp' ? await SipPeer.tcp(port) : await SipPeer.udp(port, options.address);
    this.#peers.push(peer);
    return new RawDevice(this.place, peer, id, options.password ?? PASSWORD);
  }

  /** A device that is registered. */
  async online(
    id: string,
    transport: 'udp' | 'tcp' = 'udp',
    headers: readonly string[] = [],
  ): Promise<RawDevice> {
    const device = await this.device(id, { transport });
    const { start } = await device.register({ headers });
    if (start !== 'SIP/2.0 200 OK') throw new Error(`not registered: ${start}`);
    return device;
  }

  /** The figures of one instrument by label, or under `''` when it has none. */
  figures(name: string): Readonly<Record<string, number>> {
    const reading = this.instruments.read().find((entry) => entry.name === name);
    return Object.fromEntries(
      (reading?.samples ?? []).map(({ label, value }) => [label?.value ?? '', value]),
    );
  }

  figure(name: string): number {
    return this.figures(name)[''] ?? Number.NaN;
  }

  /** Ends everything; a BYE that nobody answers is not waited for. */
  async stop(): Promise<void> {
    await Promise.all([this.platform.close(), this.#sip.close()]);
    for (const peer of this.#peers) peer.close();
  }
}
