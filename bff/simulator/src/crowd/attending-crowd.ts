import { CrowdSockets } from './crowd-sockets.ts';
import {
  acceptPacket,
  answerPacket,
  authorizationFor,
  keepalivePacket,
  okPacket,
  type PlatformFacts,
  registerPacket,
  requestNumber,
} from './gb-packets.ts';
import { type OpenRequest, OpenRequests } from './open-requests.ts';
import { ReplyTimes } from './reply-times.ts';

const TICK_MS = 20;
const STATUS_AT = 'SIP/2.0 '.length;
const RESPONSE = Buffer.from('SIP/2.0 ');

/** What a crowd is made of. */
export interface CrowdOptions {
  readonly platform: PlatformFacts & { readonly port: number };
  readonly ids: readonly string[];
  readonly password: string;
  /** UDP sockets over which the devices speak, each in its turn. */
  readonly sockets: number;
  readonly keepaliveS: number;
  /** First registrations that are begun each second. */
  readonly rate: number;
}

/** What happened so far. */
export interface CrowdTotals {
  readonly registered: number;
  /** Keepalives: first copies that were sent, and those that 200 answered. */
  readonly keepalives: number;
  readonly keepalivesAnswered: number;
  /** Keepalives that nothing answered, however often they were repeated. */
  readonly keepalivesLost: number;
  /** Keepalives that were refused: the device registered anew, at once. */
  readonly keepalivesRefused: number;
  readonly registerRefused: number;
  readonly repeated: number;
  readonly open: number;
  readonly invites: number;
  readonly byes: number;
  /** Answers to keepalives, from the first copy on, ms. */
  readonly replyMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/**
 * A hundred thousand devices in one process: they register, refresh nothing, send keepalives spread evenly over the
 * period, answer what the platform asks of a camera with one channel, and register anew as soon as a keepalive is
 * refused. Cheap on purpose: what is to be measured is the platform.
 */
export class AttendingCrowd {
  readonly #options: CrowdOptions;
  readonly #sockets: CrowdSockets;
  readonly #requests = new OpenRequests();
  readonly #replyTimes = new ReplyTimes();
  /** 1: registered. */
  readonly #registered: Uint8Array;
  readonly #timer: NodeJS.Timeout;
  #registeredCount = 0;
  #begun = 0;
  #keepalivesDue = 0;
  #keepalives = 0;
  #answered = 0;
  #lost = 0;
  #refused = 0;
  #registerRefused = 0;
  #invites = 0;
  #byes = 0;
  #attending = false;

  private constructor(options: CrowdOptions, sockets: CrowdSockets) {
    this.#options = options;
    this.#sockets = sockets;
    this.#registered = new Uint8Array(options.ids.length);
    this.#timer = setInterval(() => {
      this.#tick();
    }, TICK_MS);
  }

  /** Opens the sockets and begins to register. */
  static async gather(options: CrowdOptions): Promise<AttendingCrowd> {
    const known: { crowd?: AttendingCrowd } = {};
    const sockets = await CrowdSockets.open(options.sockets, (bytes, index) => {
      known.crowd?.onDatagram(bytes, index);
    });
    known.crowd = new AttendingCrowd(options, sockets);
    return known.crowd;
  }

  get totals(): CrowdTotals {
    const times = this.#replyTimes;
    return {
      registered: this.#registeredCount,
      keepalives: this.#keepalives,
      keepalivesAnswered: this.#answered,
      keepalivesLost: this.#lost,
      keepalivesRefused: this.#refused,
      registerRefused: this.#registerRefused,
      repeated: this.#requests.repeated,
      open: this.#requests.size,
      invites: this.#invites,
      byes: this.#byes,
      replyMs: { p50: times.quantile(0.5), p99: times.quantile(0.99), max: times.quantile(1) },
    };
  }

  /** Keepalives begin, spread evenly; before, only registrations run. */
  attend(): void {
    this.#attending = true;
    this.#keepalivesDue = performance.now();
    this.#replyTimes.clear();
  }

  /** Forgets the times that were measured. */
  measureAnew(): void {
    this.#replyTimes.clear();
  }

  /** Every device registers now, as after a power cut of all of them. */
  registerAll(): void {
    this.#registered.fill(0);
    this.#registeredCount = 0;
    this.#begun = 0;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#sockets.close();
  }

  /** For the sockets. */
  onDatagram(bytes: Buffer, index: number): void {
    const isResponse = bytes.subarray(0, RESPONSE.length).equals(RESPONSE);
    const request = isResponse ? this.#requests.take(requestNumber(bytes)) : undefined;
    if (request !== undefined) this.#onAnswer(request, bytes);
    else if (!isResponse) this.#onRequest(bytes.toString('latin1'), index);
  }

  #tick(): void {
    const nowMs = performance.now();
    const { rate, ids } = this.#options;
    for (
      const until = Math.min(ids.length, this.#begun + Math.ceil((rate * TICK_MS) / 1_000));
      this.#begun < until;
      this.#begun += 1
    )
      this.#register(this.#begun);
    if (this.#attending) this.#sendKeepalives(nowMs);
    this.#requests.tick(
      (request) => {
        this.#send(request.device, request.bytes);
      },
      (request) => {
        this.#onSilence(request);
      },
    );
  }

  #sendKeepalives(nowMs: number): void {
    const { ids, keepaliveS } = this.#options;
    const gapMs = (keepaliveS * 1_000) / ids.length;
    // After a halt of this process a device sends once, not once for each period that it slept.
    this.#keepalivesDue = Math.max(this.#keepalivesDue, nowMs - keepaliveS * 1_000);
    while (this.#keepalivesDue <= nowMs) {
      const device = Math.floor(this.#keepalivesDue / gapMs) % ids.length;
      this.#keepalivesDue += gapMs;
      if (this.#registered[device] === 1) this.#keepalive(device);
    }
  }

  #keepalive(device: number): void {
    this.#keepalives += 1;
    const { platform } = this.#options;
    this.#begin(device, 'keepalive', keepalivePacket(platform, this.#id(device), this.#localPort(device)));
  }

  #register(device: number, authorization?: string): void {
    const bytes = registerPacket(
      this.#options.platform,
      this.#id(device),
      this.#localPort(device),
      authorization,
    );
    this.#begin(device, authorization === undefined ? 'register' : 'proof', bytes);
  }

  #begin(device: number, what: OpenRequest['what'], bytes: Buffer): void {
    this.#requests.add(requestNumber(bytes), { device, what, bytes });
    this.#send(device, bytes);
  }

  #onAnswer({ device, what, sentAtMs }: OpenRequest, bytes: Buffer): void {
    if (what === 'answer') return;
    const status = Number(bytes.toString('latin1', STATUS_AT, STATUS_AT + 3));
    if (what === 'keepalive') {
      this.#replyTimes.add(performance.now() - sentAtMs);
      if (status === 200) this.#answered += 1;
      else {
        this.#refused += 1;
        this.#setRegistered(device, 0);
        this.#register(device);
      }
    } else if (status === 401) {
      const { platform, password } = this.#options;
      this.#register(
        device,
        authorizationFor(bytes.toString('latin1'), this.#id(device), password, platform),
      );
    } else if (status === 200) this.#setRegistered(device, 1);
    else this.#registerRefused += 1;
  }

  #onSilence({ device, what }: OpenRequest): void {
    if (what === 'keepalive') this.#lost += 1;
    else if (what !== 'answer') this.#register(device);
  }

  #setRegistered(device: number, registered: 0 | 1): void {
    this.#registeredCount += registered - (this.#registered[device] ?? 0);
    this.#registered[device] = registered;
  }

  /** A request of the platform's own. */
  #onRequest(text: string, index: number): void {
    const port = this.#sockets.portOf(index);
    const reply = (bytes: Buffer): void => {
      this.#sockets.send(index, bytes, this.#options.platform.port);
    };
    if (text.startsWith('ACK ')) return;
    if (text.startsWith('INVITE ')) {
      this.#invites += 1;
      reply(acceptPacket(text, /^INVITE sip:(\d{20})@/.exec(text)?.[1] ?? '', port));
      return;
    }
    if (text.startsWith('BYE ')) this.#byes += 1;
    reply(okPacket(text));
    const id = /<DeviceID>(\d{20})</.exec(text)?.[1] ?? '';
    const answer = answerPacket(this.#options.platform, id, port, text);
    // Any device of this socket will do: what counts is from where it is repeated.
    if (answer !== undefined) this.#begin(index, 'answer', answer);
  }

  #send(device: number, bytes: Buffer): void {
    this.#sockets.send(device % this.#sockets.count, bytes, this.#options.platform.port);
  }

  #localPort(device: number): number {
    return this.#sockets.portOf(device % this.#sockets.count);
  }

  #id(device: number): string {
    return this.#options.ids[device] ?? '';
  }
}
