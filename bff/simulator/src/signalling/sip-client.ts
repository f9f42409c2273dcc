import { randomBytes } from 'node:crypto';
import type { SipRequest, SipResponse } from 'sip-parser-lite';
import type { Scheduler } from '../scheduler.ts';
import type { Link } from './link.ts';

/** RFC 3261 §17.1.1.1. */
const T1_MS = 500;
const T2_MS = 4_000;
/** 64·T1: a transaction is given up, and a 200 to INVITE no longer repeated. */
const GIVE_UP_MS = 32_000;
const REMEMBERED_REQUESTS = 64;
const USER_AGENT = 'Yimu simulated camera';
const NO_ANSWER_YET = Buffer.alloc(0);

/** A request of the device. */
export interface DeviceRequest {
  readonly method: string;
  readonly requestUri: string;
  /** URI of From; the device's own unless given. */
  readonly from?: string;
  readonly to: string;
  readonly callId: string;
  readonly sequence: number;
  readonly fromTag: string;
  readonly toTag?: string | undefined;
  readonly headers?: readonly string[];
  readonly body?: Buffer;
  readonly timeoutMs?: number;
}

/** What the device answers a request of the platform with. */
export interface DeviceReply {
  readonly status: number;
  readonly reason: string;
  readonly toTag?: string;
  readonly headers?: readonly string[];
  readonly body?: Buffer;
}

interface Waiting {
  readonly resolve: (response: SipResponse | undefined) => void;
  readonly stop: () => void;
}

/** Random text for tags, branches and Call-IDs. */
export function token(): string {
  return randomBytes(8).toString('hex');
}

/** The device's end of SIP transactions: repeats its requests over UDP, answers repeated ones alike. */
export class SipClient {
  readonly #deviceId: string;
  readonly #domain: string;
  readonly #scheduler: Scheduler;
  readonly #waiting = new Map<string, Waiting>();
  readonly #answers = new Map<string, Buffer>();
  #link: Link | undefined;

  constructor(deviceId: string, domain: string, scheduler: Scheduler) {
    this.#deviceId = deviceId;
    this.#domain = domain;
    this.#scheduler = scheduler;
  }

  get contact(): string {
    const link = this.#link;
    return `<sip:${this.#deviceId}@${this.localAddress}:${String(link?.localPort ?? 5060)}>`;
  }

  get localAddress(): string {
    return this.#link?.localAddress ?? '127.0.0.1';
  }

  /** Requests of the device that wait for their answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  use(link: Link): void {
    this.#link = link;
  }

  /** Resolves with the final response; `undefined` when none came in time (64·T1, RFC 3261 §17.1.2) or at all. */
  request(request: DeviceRequest): Promise<SipResponse | undefined> {
    const link = this.#link;
    if (!link) return Promise.resolve(undefined);
    const branch = `z9hG4bK${token()}`;
    const bytes = this.#format(request, branch, link);
    return new Promise((resolve) => {
      const stop = this.#repeat(link, bytes, {
        repeats: link.transport === 'UDP',
        giveUpMs: Math.min(request.timeoutMs ?? GIVE_UP_MS, GIVE_UP_MS),
        giveUp: () => {
          this.#settle(branch, undefined);
        },
      });
      this.#waiting.set(branch, { resolve, stop });
      link.send(bytes);
    });
  }

  /** Sends an ACK (RFC 3261 §13.2.2.4); `branch` is that of the INVITE when it was refused. */
  acknowledge(request: DeviceRequest, branch = `z9hG4bK${token()}`): void {
    const link = this.#link;
    if (link) link.send(this.#format(request, branch, link));
  }

  onResponse(response: SipResponse): void {
    if (response.status >= 200) this.#settle(response.topVia?.branch ?? '', response);
  }

  /** True when the request was seen before: its answer, if there is one yet, was sent again. */
  absorbed(request: SipRequest): boolean {
    const key = transactionOf(request);
    const answer = this.#answers.get(key);
    if (answer === undefined) {
      this.#remember(key, NO_ANSWER_YET);
      return false;
    }
    if (answer.length > 0) this.#link?.send(answer);
    return true;
  }

  reply(request: SipRequest, reply: DeviceReply): Buffer {
    const body = reply.body ?? Buffer.alloc(0);
    const tag = reply.toTag === undefined || request.to?.params.has('tag') ? '' : `;tag=${reply.toTag}`;
    const lines = [
      `SIP/2.0 ${String(reply.status)} ${reply.reason}`,
      ...request.headerValues('Via').map((via) => `Via: ${via}`),
      // A proxy that wants to stay in the dialog (§12.1.1).
      ...request.headerValues('Record-Route').map((route) => `Record-Route: ${route}`),
      `From: ${request.header('From') ?? ''}`,
      `To: ${request.header('To') ?? ''}${tag}`,
      `Call-ID: ${request.callId ?? ''}`,
      `CSeq: ${request.header('CSeq') ?? ''}`,
      `User-Agent: ${USER_AGENT}`,
      ...(reply.headers ?? []),
      `Content-Length: ${String(body.length)}`,
    ];
    const bytes = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
    this.#remember(transactionOf(request), bytes);
    this.#link?.send(bytes);
    return bytes;
  }

  /** Sends a 2xx to INVITE again until the returned call stops it or nobody acknowledges it (§13.3.1.4). */
  repeatUntilStopped(bytes: Buffer, giveUp: () => void): () => void {
    const link = this.#link;
    return link
      ? this.#repeat(link, bytes, { repeats: true, giveUpMs: GIVE_UP_MS, giveUp })
      : () => undefined;
  }

  close(): void {
    const link = this.#link;
    this.#link = undefined;
    for (const branch of [...this.#waiting.keys()]) this.#settle(branch, undefined);
    this.#answers.clear();
    link?.close();
  }

  #settle(branch: string, response: SipResponse | undefined): void {
    const waiting = this.#waiting.get(branch);
    if (!waiting) return;
    this.#waiting.delete(branch);
    waiting.stop();
    waiting.resolve(response);
  }

  #repeat(
    link: Link,
    bytes: Buffer,
    { repeats, giveUpMs, giveUp }: { repeats: boolean; giveUpMs: number; giveUp: () => void },
  ): () => void {
    let waitMs = T1_MS;
    let cancelRepeat = (): void => undefined;
    const plan = (): void => {
      cancelRepeat = this.#scheduler.after(waitMs, () => {
        link.send(bytes);
        waitMs = Math.min(waitMs * 2, T2_MS);
        plan();
      });
    };
    if (repeats) plan();
    const cancelEnd = this.#scheduler.after(giveUpMs, () => {
      cancelRepeat();
      giveUp();
    });
    return () => {
      cancelRepeat();
      cancelEnd();
    };
  }

  #remember(key: string, bytes: Buffer): void {
    this.#answers.delete(key);
    if (this.#answers.size >= REMEMBERED_REQUESTS) {
      const oldest = this.#answers.keys().next();
      if (!oldest.done) this.#answers.delete(oldest.value);
    }
    this.#answers.set(key, bytes);
  }

  #format(request: DeviceRequest, branch: string, link: Link): Buffer {
    const body = request.body ?? Buffer.alloc(0);
    const toTag = request.toTag === undefined ? '' : `;tag=${request.toTag}`;
    const from = request.from ?? `sip:${this.#deviceId}@${this.#domain}`;
    const lines = [
      `${request.method} ${request.requestUri} SIP/2.0`,
      `Via: SIP/2.0/${link.transport} ${link.localAddress}:${String(link.localPort)};rport;branch=${branch}`,
      `From: <${from}>;tag=${request.fromTag}`,
      `To: ${request.to}${toTag}`,
      `Call-ID: ${request.callId}`,
      `CSeq: ${String(request.sequence)} ${request.method}`,
      `Contact: ${this.contact}`,
      'Max-Forwards: 70',
      `User-Agent: ${USER_AGENT}`,
      ...(request.headers ?? []),
      `Content-Length: ${String(body.length)}`,
    ];
    return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
  }
}

function transactionOf(request: SipRequest): string {
  return `${request.method} ${request.topVia?.branch ?? ''} ${request.callId ?? ''}`;
}
