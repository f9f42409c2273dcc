import { isIPv6 } from 'node:net';
import type { Flow, SipUserAgent } from '../../sip/index.ts';
import { failureOf, failureOfStatus } from '../commands/command-sender.ts';
import { MANSCDP_TYPE } from '../manscdp/bodies.ts';
import { GbFailure } from '../types.ts';
import type { UpperPlatform } from './types.ts';

/** MESSAGEs to one upper platform that wait for their SIP answer. */
const MAX_IN_FLIGHT = 32;

/** Whom and how an upper platform is spoken to. */
export interface UpperParties {
  readonly requestUri: string;
  readonly from: string;
  readonly to: string;
}

/** An upper platform at one address: sends to it, and tells what comes from it. */
export class UpperLink {
  readonly flow: Flow;
  readonly #sip: SipUserAgent;
  readonly #upper: UpperPlatform;
  readonly #timeoutMs: number;
  #inFlight = 0;

  constructor(options: {
    readonly sip: SipUserAgent;
    readonly upper: UpperPlatform;
    /** Resolved address. */
    readonly address: string;
    readonly port: number;
    readonly timeoutMs: number;
  }) {
    const { address, port, upper } = options;
    this.#sip = options.sip;
    this.#upper = upper;
    this.#timeoutMs = options.timeoutMs;
    const key = `${upper.transport}:${address}:${String(port)}`;
    this.flow = { transport: upper.transport, remoteAddress: address, remotePort: port, key };
  }

  /** Whether a request came from there: by the very address and port that we register to. */
  isFrom(flow: Flow): boolean {
    return (
      flow.remotePort === this.flow.remotePort &&
      flow.remoteAddress === this.flow.remoteAddress &&
      flow.transport === this.flow.transport
    );
  }

  /** The parties of a request of ours (GB/T 28181-2016 §6.1.2). */
  get parties(): UpperParties {
    const { gbId, domain, localGbId } = this.#upper;
    const { remoteAddress, remotePort } = this.flow;
    const host = isIPv6(remoteAddress) ? `[${remoteAddress}]` : remoteAddress;
    return {
      requestUri: `sip:${gbId}@${host}:${String(remotePort)}`,
      from: `sip:${localGbId}@${domain}`,
      to: `sip:${gbId}@${domain}`,
    };
  }

  /** Resolves when its SIP 200 came; rejects with GbFailure. */
  async message(body: Uint8Array): Promise<void> {
    if (this.#inFlight >= MAX_IN_FLIGHT)
      throw new GbFailure('busy', 'too many messages wait for this upper platform');
    this.#inFlight += 1;
    try {
      const { status, reason } = await this.#sip.request({
        method: 'MESSAGE',
        ...this.parties,
        flow: this.flow,
        body,
        contentType: MANSCDP_TYPE,
        timeoutMs: this.#timeoutMs,
      });
      if (status >= 300) throw failureOfStatus(status, reason);
    } catch (error) {
      throw failureOf(error);
    } finally {
      this.#inFlight -= 1;
    }
  }
}
