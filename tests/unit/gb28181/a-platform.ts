import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Instruments, silentLogger, SystemRandom } from '../../../bff/src/kernel/index.ts';
import {
  createGb28181Platform,
  type DeviceCredential,
  type Gb28181Platform,
  type Gb28181PlatformOptions,
  type GbEvents,
} from '../../../bff/src/gb28181/index.ts';
import type { Flow } from '../../../bff/src/sip/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { aFlow, FakeSip, rawRequest, type Reply } from './fake-sip.ts';

export const NVR = '34020000001180000001';
export const CAMERA = '34020000001320000001';
export const PASSWORD = 'Gb28181-demo';
const PLATFORM_ID = '34020000002000000001';
const REALM = '3402000000';

function hashOf(algorithm: 'md5' | 'sha256', text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}

/** What the platform knows of a device with {@link PASSWORD}. */
export function aCredential(gbId: string, overrides: Partial<DeviceCredential> = {}): DeviceCredential {
  const secret = `${gbId}:${REALM}:${PASSWORD}`;
  return {
    gbId,
    ha1Md5: hashOf('md5', secret),
    ha1Sha256: hashOf('sha256', secret),
    passwordless: false,
    ...overrides,
  };
}

/** The value of Authorization that answers a challenge, without qop or with it. */
export function proofFor(
  challenge: string,
  gbId: string,
  options: {
    readonly password?: string;
    readonly algorithm?: 'MD5' | 'SHA-256';
    readonly nc?: string;
    readonly username?: string;
  } = {},
): string {
  const { password = PASSWORD, algorithm = 'MD5', nc, username = gbId } = options;
  const name = algorithm === 'MD5' ? 'md5' : 'sha256';
  const field = (key: string): string => new RegExp(`${key}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const uri = `sip:${PLATFORM_ID}@${REALM}`;
  const ha1 = hashOf(name, `${username}:${field('realm')}:${password}`);
  const ha2 = hashOf(name, `REGISTER:${uri}`);
  const middle = nc === undefined ? field('nonce') : `${field('nonce')}:${nc}:0a4f113b:auth`;
  const tail = nc === undefined ? '' : `, qop=auth, nc=${nc}, cnonce="0a4f113b"`;
  return `Digest username="${username}", realm="${field('realm')}", nonce="${field('nonce')}", uri="${uri}", response="${hashOf(name, `${ha1}:${middle}:${ha2}`)}", algorithm=${algorithm}${tail}`;
}

/** A platform over a fake SIP floor and a fake clock. */
export class PlatformHarness {
  readonly clock = new FakeClock();
  readonly sip = new FakeSip();
  readonly instruments = new Instruments();
  readonly credentials = new Map<string, DeviceCredential>();
  readonly platform: Gb28181Platform;
  readonly events: (readonly [name: keyof GbEvents, ...args: unknown[]])[] = [];

  constructor(options: Partial<Gb28181PlatformOptions> = {}) {
    this.sip.nowMs = () => this.clock.monotonicMs();
    for (const gbId of [NVR, CAMERA]) this.credentials.set(gbId, aCredential(gbId));
    this.platform = createGb28181Platform({
      id: PLATFORM_ID,
      domain: REALM,
      credentials: { find: (gbId) => this.credentials.get(gbId) },
      sip: this.sip,
      clock: this.clock,
      random: new SystemRandom(),
      logger: silentLogger,
      instruments: this.instruments,
      ...options,
    });
    for (const name of ['online', 'offline', 'catalogPart', 'refusedRegistration'] as const)
      this.platform.on(name, (...args) => this.events.push([name, ...args]));
  }

  async start(): Promise<this> {
    await this.platform.start();
    return this;
  }

  /** One REGISTER. */
  register(
    gbId: string,
    options: {
      readonly flow?: Flow;
      readonly authorization?: string;
      readonly expires?: number | string;
      readonly contact?: string;
      readonly headers?: readonly { readonly name: string; readonly value: string }[];
    } = {},
  ): Reply {
    const { flow = aFlow(), authorization, expires = 3_600, contact } = options;
    const headers = [
      { name: 'Contact', value: contact ?? `<sip:${gbId}@192.168.1.64:5060>` },
      ...(expires === '' ? [] : [{ name: 'Expires', value: String(expires) }]),
      ...(authorization === undefined ? [] : [{ name: 'Authorization', value: authorization }]),
      ...(options.headers ?? []),
    ];
    return this.sip.receive(rawRequest({ method: 'REGISTER', from: gbId, headers }), flow);
  }

  /** Both round trips of a registration, whatever comes of it. */
  attempt(
    gbId: string,
    options: Parameters<PlatformHarness['register']>[1] & Parameters<typeof proofFor>[2] = {},
  ): Reply {
    const first = this.register(gbId, options);
    if (first.status !== 401) return first;
    const challenge = first.headers.get('www-authenticate') ?? '';
    return this.register(gbId, { ...options, authorization: proofFor(challenge, gbId, options) });
  }

  /** Registers a device that has to be let in. */
  online(
    gbId: string,
    flow = aFlow(),
    headers: readonly { readonly name: string; readonly value: string }[] = [],
  ): void {
    assert.equal(this.attempt(gbId, { flow, headers }).status, 200);
  }

  /** A MESSAGE of a device. */
  message(gbId: string, body: Uint8Array | string, flow = aFlow()): Reply {
    return this.sip.receive(rawRequest({ method: 'MESSAGE', from: gbId, body }), flow);
  }

  keepalive(gbId: string, flow = aFlow()): Reply {
    return this.message(gbId, keepaliveBody(gbId), flow);
  }

  /** The figures of one instrument by label, or under `''` when it has none. */
  figures(name: string): Record<string, number> {
    const reading = this.instruments.read().find((entry) => entry.name === name);
    return Object.fromEntries(
      (reading?.samples ?? []).map(({ label, value }) => [label?.value ?? '', value]),
    );
  }

  figure(name: string): number {
    return this.figures(name)[''] ?? Number.NaN;
  }
}

/** GB/T 28181-2016 annex A.2.5 a. */
export function keepaliveBody(gbId: string): string {
  return `<?xml version="1.0" encoding="GB2312"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>43</SN>\r\n<DeviceID>${gbId}</DeviceID>\r\n<Status>OK</Status>\r\n</Notify>\r\n`;
}

/** A part of a catalogue with these channels. */
export function catalogBody(options: {
  readonly sn: number | string;
  readonly sum: number | string | undefined;
  readonly channels: readonly string[];
  readonly gbId?: string;
}): string {
  const items = options.channels
    .map((id) => `<Item><DeviceID>${id}</DeviceID><Name>n${id}</Name></Item>`)
    .join('');
  const sum = options.sum === undefined ? '' : `<SumNum>${String(options.sum)}</SumNum>`;
  return `<?xml version="1.0"?><Response><CmdType>Catalog</CmdType><SN>${String(options.sn)}</SN><DeviceID>${options.gbId ?? NVR}</DeviceID>${sum}<DeviceList Num="${String(options.channels.length)}">${items}</DeviceList></Response>`;
}

/** The SN of a query that was sent. */
export function snOf(body: string): string {
  return /<SN>(\d+)<\/SN>/.exec(body)?.[1] ?? '';
}
