import type { SipRequest } from 'sip-parser-lite';
import type { Scheduler } from '../scheduler.ts';
import { type SipClient, token } from '../signalling/sip-client.ts';
import type { DeviceEvent } from './events.ts';
import type { Fault } from './faults.ts';
import { readCommand, xml } from './manscdp.ts';

const MANSCDP_TYPE = 'Content-Type: Application/MANSCDP+xml';
/** Subscriptions that one device keeps; the standard has four kinds. */
const MAX_HELD = 16;
const DEFAULT_EXPIRES_S = 600;
const DEFAULT_INTERVAL_S = 5;
const ENDS_AFTER_MS = 300;
/** CmdTypes that a device can be subscribed to. */
const KNOWN: ReadonlySet<string> = new Set(['Catalog', 'Alarm', 'MobilePosition', 'PTZPosition']);

interface Held {
  readonly type: string;
  readonly target: string;
  readonly callId: string;
  readonly event: string;
  readonly localTag: string;
  /** From and To of the SUBSCRIBE, tags included. */
  readonly platformParty: string;
  readonly deviceUri: string;
  readonly platformUri: string;
  sequence: number;
  expiresAtMs: number;
  stopExpiry: () => void;
  stopTelling: () => void;
}

interface Deps {
  readonly client: SipClient;
  readonly scheduler: Scheduler;
  readonly faults: ReadonlySet<Fault>;
  readonly report: (event: DeviceEvent) => void;
  /** What is told again and again, every so many seconds: positions. */
  readonly periodic: (type: string, target: string) => Buffer | undefined;
}

/** The device's end of subscriptions (GB/T 28181-2016 §9.11, RFC 6665): takes SUBSCRIBE, sends NOTIFY. */
export class DeviceSubscriptions {
  readonly #deps: Deps;
  readonly #held = new Map<string, Held>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** CmdTypes that are subscribed to now. */
  get types(): readonly string[] {
    return [...this.#held.values()].map(({ type }) => type).sort();
  }

  onSubscribe(request: SipRequest): void {
    const command = readCommand(request.body);
    const { faults } = this.#deps;
    const callId = request.callId ?? '';
    const held = this.#held.get(callId);
    const isFurther = request.to?.tag !== undefined;
    const expiresS = request.expires ?? DEFAULT_EXPIRES_S;
    if (isFurther && (held === undefined || faults.has('forgets-subscription'))) {
      if (held !== undefined) this.#forget(held);
      this.#answer(request, command?.type ?? '', 481, 'Subscription Does Not Exist');
    } else if (command === undefined || !KNOWN.has(command.type) || faults.has('refuse-subscribe'))
      this.#answer(request, command?.type ?? '', 489, 'Bad Event');
    else if (held === undefined && this.#held.size >= MAX_HELD)
      this.#answer(request, command.type, 503, 'Service Unavailable');
    else this.#accept(request, { type: command.type, target: command.deviceId, expiresS, held });
  }

  /** Sends a NOTIFY to whoever subscribed to this; resolves with the statuses of the answers. */
  async notify(type: string, body: Buffer): Promise<readonly (number | undefined)[]> {
    const meant = [...this.#held.values()].filter((held) => held.type === type);
    return await Promise.all(meant.map((held) => this.#notify(held, body, this.#active(held))));
  }

  /** A device that restarts knows nothing of them. */
  clear(): void {
    for (const held of [...this.#held.values()]) this.#forget(held);
  }

  #accept(
    request: SipRequest,
    {
      type,
      target,
      expiresS,
      held,
    }: {
      readonly type: string;
      readonly target: string;
      readonly expiresS: number;
      readonly held: Held | undefined;
    },
  ): void {
    const localTag = held?.localTag ?? token();
    this.#deps.client.reply(request, {
      status: 200,
      reason: 'OK',
      toTag: localTag,
      headers: [
        `Contact: ${this.#deps.client.contact}`,
        `Event: ${request.header('Event') ?? 'presence'}`,
        `Expires: ${String(expiresS)}`,
        MANSCDP_TYPE,
      ],
      body: xml('Response', [
        ['CmdType', type],
        ['SN', readCommand(request.body)?.sn ?? '0'],
        ['DeviceID', target],
        ['Result', 'OK'],
      ]),
    });
    this.#deps.report({ event: 'subscribe', type, expiresS, status: 200 });
    const kept = held ?? this.#hold(request, type, target, localTag);
    kept.stopExpiry();
    if (expiresS === 0) {
      this.#forget(kept);
      void this.#notify(kept, undefined, 'terminated;reason=timeout');
      return;
    }
    kept.expiresAtMs = this.#deps.scheduler.monotonicMs() + expiresS * 1_000;
    kept.stopExpiry = this.#deps.scheduler.after(expiresS * 1_000, () => {
      this.#forget(kept);
    });
    if (held === undefined) this.#begin(kept, request);
  }

  #begin(held: Held, request: SipRequest): void {
    if (this.#deps.faults.has('ends-subscription'))
      held.stopTelling = this.#deps.scheduler.after(ENDS_AFTER_MS, () => {
        this.#forget(held);
        void this.#notify(held, undefined, 'terminated;reason=deactivated');
      });
    else if (held.type === 'MobilePosition') {
      const asked = /<Interval>\s*(\d{1,4})\s*</.exec(Buffer.from(request.body).toString('latin1'))?.[1];
      this.#tellAgain(held, Math.max(1, Number(asked ?? DEFAULT_INTERVAL_S)) * 1_000);
    }
  }

  /** Now, and then again and again. */
  #tellAgain(held: Held, everyMs: number): void {
    const body = this.#deps.periodic(held.type, held.target);
    if (body !== undefined) void this.#notify(held, body, this.#active(held));
    held.stopTelling = this.#deps.scheduler.after(everyMs, () => {
      this.#tellAgain(held, everyMs);
    });
  }

  #hold(request: SipRequest, type: string, target: string, localTag: string): Held {
    const held: Held = {
      type,
      target,
      callId: request.callId ?? '',
      event: request.header('Event') ?? 'presence',
      localTag,
      platformParty: request.header('From') ?? '',
      deviceUri: request.to?.uri.text ?? '',
      platformUri: request.contacts[0]?.uri.text ?? request.from?.uri.text ?? '',
      sequence: 0,
      expiresAtMs: 0,
      stopExpiry: () => undefined,
      stopTelling: () => undefined,
    };
    this.#held.set(held.callId, held);
    return held;
  }

  #active({ expiresAtMs }: Held): string {
    const leftMs = Math.max(1_000, expiresAtMs - this.#deps.scheduler.monotonicMs());
    return `active;expires=${String(Math.round(leftMs / 1_000))};retry-after=0`;
  }

  async #notify(held: Held, body: Buffer | undefined, state: string): Promise<number | undefined> {
    const isOutside = this.#deps.faults.has('notify-outside');
    held.sequence += 1;
    const response = await this.#deps.client.request({
      method: 'NOTIFY',
      requestUri: held.platformUri,
      from: held.deviceUri,
      to: isOutside ? `<${held.platformUri}>` : held.platformParty,
      callId: isOutside ? token() : held.callId,
      sequence: held.sequence,
      fromTag: isOutside ? token() : held.localTag,
      headers: [
        `Contact: ${this.#deps.client.contact}`,
        `Event: ${held.event}`,
        `Subscription-State: ${state}`,
        ...(body === undefined ? [] : [MANSCDP_TYPE]),
      ],
      ...(body === undefined ? {} : { body }),
    });
    this.#deps.report({ event: 'notify', type: held.type, status: response?.status });
    // RFC 6665 §4.2.2: whoever does not know it wants no more of it.
    if (response?.status === 481) this.#forget(held);
    return response?.status;
  }

  #forget(held: Held): void {
    held.stopExpiry();
    held.stopTelling();
    this.#held.delete(held.callId);
  }

  #answer(request: SipRequest, type: string, status: number, reason: string): void {
    this.#deps.client.reply(request, { status, reason, toTag: token() });
    this.#deps.report({ event: 'subscribe', type, expiresS: request.expires ?? 0, status });
  }
}
