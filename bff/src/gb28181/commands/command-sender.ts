import { isIPv6 } from 'node:net';
import { type Flow, type SipUserAgent, TransactionTimeout, TransportFailed } from '../../sip/index.ts';
import type { GbMetrics } from '../gb-metrics.ts';
import { MANSCDP_TYPE } from '../manscdp/bodies.ts';
import type { Gb28181Limits } from '../options.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import { GbFailure } from '../types.ts';

/** A MESSAGE to a device or to one of its channels. */
export interface Command {
  /** Whom it is for: the device itself or a channel. */
  readonly targetGbId: string;
  readonly body: Uint8Array;
  /** May exceed the limit of commands per device, as what stops a movement must. */
  readonly urgent?: boolean;
  /** Nobody waits for it: it takes no more than half of the places, however fast the device calls for it. */
  readonly courtesy?: boolean;
}

/** The URI of a device or channel at the address from which it registered: its Contact is often a private one. */
export function deviceUri(gbId: string, flow: Flow): string {
  const host = isIPv6(flow.remoteAddress) ? `[${flow.remoteAddress}]` : flow.remoteAddress;
  return `sip:${gbId}@${host}:${String(flow.remotePort)}`;
}

/** Sends MESSAGEs over the flows of devices, a limited number at a time for each. */
export class CommandSender {
  readonly #sip: SipUserAgent;
  readonly #platformId: string;
  readonly #domain: string;
  readonly #limits: Gb28181Limits;
  readonly #metrics: GbMetrics;
  #inFlight = 0;
  #sn: number;

  constructor(options: {
    readonly sip: SipUserAgent;
    readonly platformId: string;
    readonly domain: string;
    readonly limits: Gb28181Limits;
    readonly metrics: GbMetrics;
    /** Where SNs begin: not where those of the last run did. */
    readonly firstSn: number;
  }) {
    this.#sip = options.sip;
    this.#platformId = options.platformId;
    this.#domain = options.domain;
    this.#limits = options.limits;
    this.#metrics = options.metrics;
    this.#sn = options.firstSn;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** A number that no other query of this platform bears (annex A.1: 1 or more). */
  nextSn(): number {
    this.#sn = this.#sn >= 0x7fffffff ? 1 : this.#sn + 1;
    return this.#sn;
  }

  /** Resolves when the device's SIP 200 came; rejects with GbFailure. */
  async send(entry: DeviceEntry, command: Command): Promise<void> {
    try {
      await this.#send(entry, command);
      this.#metrics.commands.of('ok').value += 1;
    } catch (error) {
      this.#metrics.commands.of(error instanceof GbFailure ? error.reason : 'failed').value += 1;
      throw error;
    }
  }

  async #send(entry: DeviceEntry, command: Command): Promise<void> {
    const share = command.urgent === true ? 2 : command.courtesy === true ? 0.5 : 1;
    if (entry.commandsInFlight >= this.#limits.maxCommandsPerDevice * share)
      throw new GbFailure('busy', 'too many commands wait for this device');
    entry.commandsInFlight += 1;
    this.#inFlight += 1;
    try {
      const { status, reason } = await this.#sip.request({
        method: 'MESSAGE',
        requestUri: deviceUri(command.targetGbId, entry.flow),
        from: `sip:${this.#platformId}@${this.#domain}`,
        to: `sip:${command.targetGbId}@${this.#domain}`,
        flow: entry.flow,
        body: command.body,
        contentType: MANSCDP_TYPE,
        timeoutMs: this.#limits.messageTimeoutMs,
      });
      if (status >= 300) throw failureOfStatus(status, reason);
    } catch (error) {
      throw failureOf(error);
    } finally {
      entry.commandsInFlight -= 1;
      this.#inFlight -= 1;
    }
  }
}

/** What a final SIP status of 300 or more means. */
export function failureOfStatus(status: number, reason: string): GbFailure {
  const text = `the device answered ${String(status)} ${reason}`;
  if (status === 408) return new GbFailure('timeout', text, status);
  return new GbFailure(status === 486 || status === 600 ? 'busy' : 'rejected', text, status);
}

/** What went wrong on the way. */
export function failureOf(error: unknown): GbFailure {
  if (error instanceof GbFailure) return error;
  if (error instanceof TransactionTimeout)
    return new GbFailure('timeout', 'the device did not answer', undefined, error);
  const text = error instanceof TransportFailed ? 'the device cannot be reached' : 'sending failed';
  return new GbFailure('transport', text, undefined, error);
}
