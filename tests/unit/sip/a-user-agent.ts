import type { SipMessage } from '../../../bff/sip-parser-lite/src/index.ts';
import { Instruments, type Logger, silentLogger } from '../../../bff/src/kernel/index.ts';
import type { Flow, IncomingRequest, OutgoingRequest } from '../../../bff/src/sip/index.ts';
import type { SipUserAgentOptions } from '../../../bff/src/sip/options.ts';
import type { Transport, TransportListener } from '../../../bff/src/sip/transport/transport-layer.ts';
import { UserAgent } from '../../../bff/src/sip/user-agent.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { CountingRandom } from './counting-random.ts';
import { aFlow, asMessage, type RequestText, requestText, responseText } from '../../support/sip/messages.ts';
import { refusals } from '../../support/sip/readings.ts';
import { Wire } from './sent.ts';

/** A transport without sockets: what goes out stands in `wire`, what comes in is given by the test. */
export class FakeTransport implements Transport {
  readonly port = 5060;
  readonly connections = 0;
  readonly heldBytes = 0;
  readonly sources = 0;
  readonly trusted: Flow[] = [];
  readonly send: Wire['send'];
  checks = 0;
  credits = 0;
  isOpen = false;

  constructor(wire: Wire) {
    this.send = wire.send;
  }

  open(): Promise<void> {
    this.isOpen = true;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }

  trace(): void {
    throw new Error('nothing is traced here');
  }

  trust(flow: Flow): void {
    this.trusted.push(flow);
  }

  credit(): void {
    this.credits += 1;
  }

  check(): void {
    this.checks += 1;
  }
}

/** A user agent on a fake clock and a fake transport, and its peer's side of the wire. */
export class UserAgentBench {
  readonly clock = new FakeClock();
  readonly wire = new Wire(() => this.clock.monotonicMs());
  readonly instruments = new Instruments();
  readonly transport = new FakeTransport(this.wire);
  readonly agent: UserAgent;
  /** Requests that came to {@link take}. */
  readonly taken: IncomingRequest[] = [];
  #listener: TransportListener | undefined;

  constructor(options: Partial<SipUserAgentOptions> = {}, logger: Logger = silentLogger) {
    this.agent = new UserAgent(
      {
        clock: this.clock,
        random: new CountingRandom(),
        logger,
        instruments: this.instruments,
        port: 5060,
        advertisedHost: '192.0.2.1',
        ...options,
      },
      (_metrics, listener) => {
        this.#listener = listener;
        return this.transport;
      },
    );
  }

  /** Keeps the requests of these methods instead of answering them. */
  take(...methods: readonly string[]): this {
    for (const method of methods) this.agent.onRequest(method, (incoming) => this.taken.push(incoming));
    return this;
  }

  /** The newest request that was taken. */
  get incoming(): IncomingRequest {
    const incoming = this.taken.at(-1);
    if (incoming === undefined) throw new Error('no request came');
    return incoming;
  }

  receive(over: RequestText, flow: Flow = aFlow()): void {
    this.receiveText(requestText(over), flow);
  }

  receiveText(text: string, flow: Flow = aFlow()): void {
    this.receiveMessage(asMessage(text), flow);
  }

  receiveMessage(message: SipMessage, flow: Flow = aFlow()): void {
    this.#listener?.onMessage(message, flow);
  }

  closeFlow(flow: Flow): void {
    this.#listener?.onFlowClosed(flow);
  }

  /** The peer's answer to the newest request of a method. */
  answer(method: string, status: number, over: Parameters<typeof responseText>[2] = {}): void {
    const { bytes, flow } = this.wire.last(method);
    this.receiveText(responseText(bytes, status, over), flow);
  }

  gauge(name: 'transactions' | 'transactions_lingering' | 'dialogs' | 'subscriptions' | 'notifiers'): number {
    const found = this.instruments.read().find((figure) => figure.name === `yimu_sip_${name}`);
    return found?.samples[0]?.value ?? Number.NaN;
  }

  refused(reason: string): number {
    return refusals(this.instruments, reason);
  }
}

/** A request of ours to a device. */
export function toDevice(method: string, over: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    method,
    requestUri: 'sip:34020000001320000001@198.51.100.7:31044',
    from: 'sip:34020000002000000001@3402000000',
    to: 'sip:34020000001320000001@3402000000',
    flow: aFlow(),
    ...over,
  };
}
