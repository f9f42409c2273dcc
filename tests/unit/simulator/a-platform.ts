import assert from 'node:assert/strict';
import { parseMessage, type SipMessage, type SipRequest, type SipResponse } from 'sip-parser-lite';
import {
  type DeviceEvent,
  makeProfile,
  SimulatedDevice,
  type SimulatedDeviceOptions,
} from '../../../bff/simulator/src/index.ts';
import type { Link, LinkListener } from '../../../bff/simulator/src/signalling/link.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export const PLATFORM_ID = '34020000002000000001';
export const DEVICE_ID = '34020000001320000001';
export const CHANNEL_ID = '34020000001310000001';

const SERVER = { host: '192.0.2.1', port: 5_060, id: PLATFORM_ID, domain: '3402000000' };
const VIA = 'SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK';

type Answer = (request: SipRequest) => string | undefined;

/** A platform in memory: hears what a device sends, answers by a rule, and sends what a test wants. */
export class APlatform {
  readonly clock = new FakeClock();
  readonly heard: SipMessage[] = [];
  readonly events: DeviceEvent[] = [];
  readonly device: SimulatedDevice;
  /** How requests of the device are answered: start line and headers, `undefined` for silence. */
  answer: Answer = () => '200 OK';
  /** Links that are open now. */
  links = 0;
  opened = 0;
  #listener: LinkListener | undefined;
  #branches = 0;

  constructor(options: Partial<SimulatedDeviceOptions> & { readonly kind?: 'ipc' | 'nvr' } = {}) {
    this.device = new SimulatedDevice({
      server: SERVER,
      profile: makeProfile(options.kind ?? 'ipc', DEVICE_ID),
      password: 'secret',
      sharedLink: { linkFor: (_ids, listener) => this.#link(listener) },
      scheduler: this.clock,
      onEvent: (_id, event) => {
        this.events.push(event);
      },
      ...options,
    });
  }

  requests(method: string): readonly SipRequest[] {
    return this.heard.filter(
      (entry): entry is SipRequest => entry.kind === 'request' && entry.method === method,
    );
  }

  responses(method: string): readonly SipResponse[] {
    return this.heard.filter(
      (entry): entry is SipResponse => entry.kind === 'response' && entry.cSeq?.method === method,
    );
  }

  /** Bodies of the MESSAGEs that the device sent, as text. */
  bodies(): readonly string[] {
    return this.requests('MESSAGE').map(({ body }) => new TextDecoder('gb18030').decode(body));
  }

  named(name: DeviceEvent['event']): readonly DeviceEvent[] {
    return this.events.filter(({ event }) => event === name);
  }

  /** Registers the device; the platform accepts. */
  async registered(): Promise<this> {
    await this.device.start();
    assert.equal(this.device.registered, true);
    return this;
  }

  /** Sends a request to the device; the same `branch` again is a repetition. */
  async send(
    method: string,
    options: {
      readonly to?: string;
      readonly toTag?: string | undefined;
      readonly fromTag?: string;
      readonly callId?: string;
      readonly branch?: string;
      readonly headers?: readonly string[];
      readonly body?: string;
    } = {},
  ): Promise<void> {
    this.#branches += 1;
    const to = options.to ?? CHANNEL_ID;
    const body = options.body ?? '';
    const lines = [
      `${method} sip:${to}@192.0.2.64:5060 SIP/2.0`,
      `Via: ${VIA}${options.branch ?? String(this.#branches)}`,
      'Max-Forwards: 70',
      `From: <sip:${PLATFORM_ID}@3402000000>;tag=${options.fromTag ?? 'p1'}`,
      `To: <sip:${to}@3402000000>${options.toTag === undefined ? '' : `;tag=${options.toTag}`}`,
      `Call-ID: ${options.callId ?? 'call-1'}`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:${PLATFORM_ID}@192.0.2.1:5060>`,
      ...(options.headers ?? []),
      `Content-Length: ${String(Buffer.byteLength(body))}`,
    ];
    this.#deliver(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`));
    await this.clock.advance(0);
  }

  /** The link breaks, as a TCP connection does. */
  loseLink(): void {
    this.#listener?.onClosed();
  }

  #link(listener: LinkListener): Link {
    this.links += 1;
    this.opened += 1;
    this.#listener = listener;
    let open = true;
    return {
      transport: 'UDP',
      localAddress: '192.0.2.64',
      localPort: 5_060,
      send: (bytes) => {
        if (open) this.#hear(Buffer.from(bytes));
      },
      close: () => {
        if (open) this.links -= 1;
        open = false;
      },
    };
  }

  #hear(bytes: Buffer): void {
    const parsed = parseMessage(bytes);
    assert.ok(parsed.ok, bytes.toString());
    const { message } = parsed;
    this.heard.push(message);
    if (message.kind !== 'request') return;
    const answer = this.answer(message);
    if (answer === undefined) return;
    const lines = [
      `SIP/2.0 ${answer}`,
      `Via: ${message.header('Via') ?? ''}`,
      `From: ${message.header('From') ?? ''}`,
      `To: ${message.header('To') ?? ''};tag=s1`,
      `Call-ID: ${message.callId ?? ''}`,
      `CSeq: ${message.header('CSeq') ?? ''}`,
      'Content-Length: 0',
    ];
    // Never within the call that sends: a network is not that fast.
    queueMicrotask(() => {
      this.#deliver(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
    });
  }

  #deliver(bytes: Buffer): void {
    const parsed = parseMessage(bytes);
    assert.ok(parsed.ok, bytes.toString());
    this.#listener?.onMessage(parsed.message);
  }
}

/** An offer of live media over UDP unless other lines are given. */
export function offer(lines: { readonly media?: string; readonly more?: readonly string[] } = {}): string {
  return [
    'v=0',
    `o=${CHANNEL_ID} 0 0 IN IP4 127.0.0.1`,
    's=Play',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=video ${lines.media ?? '30000 RTP/AVP 96'}`,
    'a=recvonly',
    ...(lines.more ?? ['y=0200000001']),
    '',
  ].join('\r\n');
}
