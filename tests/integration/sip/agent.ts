import { Instruments, silentLogger, SystemRandom } from '../../../bff/src/kernel/index.ts';
import {
  createSipUserAgent,
  type Flow,
  type SipUserAgent,
  type SipUserAgentOptions,
} from '../../../bff/src/sip/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { until } from '../../support/until.ts';
import { TcpPeer, UdpPeer } from './sip-peer.ts';

/** A user agent on real sockets of the loopback, with a clock that the test moves. */
export class Agent {
  readonly clock = new FakeClock();
  readonly instruments = new Instruments();
  readonly agent: SipUserAgent;
  readonly #peers: { close(): void }[] = [];

  private constructor(options: Partial<SipUserAgentOptions>) {
    this.agent = createSipUserAgent({
      clock: this.clock,
      random: new SystemRandom(),
      logger: silentLogger,
      instruments: this.instruments,
      host: '127.0.0.1',
      port: 0,
      advertisedHost: '127.0.0.1',
      ...options,
    });
  }

  static async start(options: Partial<SipUserAgentOptions> = {}): Promise<Agent> {
    const agent = new Agent(options);
    await agent.agent.start();
    return agent;
  }

  async udp(address?: string): Promise<UdpPeer> {
    return this.keep(await UdpPeer.to(this.agent.port, address));
  }

  async tcp(address?: string): Promise<TcpPeer> {
    return this.keep(await TcpPeer.to(this.agent.port, address));
  }

  /** Closes a peer with the agent. */
  keep<P extends { close(): void }>(peer: P): P {
    this.#peers.push(peer);
    return peer;
  }

  /** A figure without label. */
  gauge(name: string): number {
    const found = this.instruments.read().find((figure) => figure.name === `yimu_sip_${name}`);
    return found?.samples[0]?.value ?? Number.NaN;
  }

  /** How often something was refused for this reason. */
  refused(reason: string): number {
    const found = this.instruments.read().find((figure) => figure.name === 'yimu_sip_refusals');
    return found?.samples.find((sample) => sample.label?.value === reason)?.value ?? 0;
  }

  /** Waits until what the sockets have to say has come to this. */
  async until(what: string, probe: () => boolean): Promise<void> {
    await until(what, probe, 5_000);
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    await this.agent.close();
  }
}

/** The flow to a UDP peer. */
export function udpFlow(port: number): Flow {
  return {
    transport: 'udp',
    remoteAddress: '127.0.0.1',
    remotePort: port,
    key: `udp:127.0.0.1:${String(port)}`,
  };
}

/** A flow to a TCP port where a peer listens. */
export function tcpFlow(port: number): Flow {
  return {
    transport: 'tcp',
    remoteAddress: '127.0.0.1',
    remotePort: port,
    key: `tcp:127.0.0.1:${String(port)}`,
  };
}
