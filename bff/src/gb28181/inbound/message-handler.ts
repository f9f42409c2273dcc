import type { SipHeader } from 'sip-parser-lite';
import type { Logger } from '../../kernel/index.ts';
import type { Flow, IncomingRequest } from '../../sip/index.ts';
import type { GbMetrics } from '../gb-metrics.ts';
import { type ManscdpDocument, readManscdp } from '../manscdp/document.ts';
import { idAt, mayListFaults, NO_KEEPALIVE, scanKeepalive } from '../manscdp/keepalive-scan.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import type { DeviceTable } from '../registrar/device-table.ts';
import type { InboundMessage, InboundRoutes } from './inbound-routes.ts';

const PLAIN_WORD = /^[A-Za-z]{1,32}$/;
const ALLOWED: readonly SipHeader[] = [
  { name: 'Allow', value: 'REGISTER, MESSAGE, NOTIFY, INVITE, ACK, BYE, CANCEL, INFO, OPTIONS' },
];

interface Deps {
  readonly table: DeviceTable;
  /** Whether a device of this ID may register. */
  readonly isDevice: (gbId: string) => boolean;
  /** The device in whose dialog a request came; undefined when there is no such dialog. */
  readonly deviceOfCall: (callId: string) => string | undefined;
  /** A keepalive that may list what is out of order, or came from a device that had listed something. */
  readonly onFaultKeepalive: (device: DeviceEntry, body: Uint8Array) => void;
  /** Takes what comes from a platform that we are registered to; false for all others. */
  readonly fromUpper: (incoming: IncomingRequest) => boolean;
  /** Brings a device back whose registration would hold; undefined for all others. */
  readonly revive: (gbId: string, flow: Flow) => DeviceEntry | undefined;
  readonly routes: InboundRoutes;
  readonly metrics: GbMetrics;
  readonly logger: Logger;
}

/**
 * Answers MESSAGE, NOTIFY and OPTIONS. Only REGISTER carries a proof, so nothing is heard but what comes over the flow
 * by which a device registered; 403 makes all others register (GB/T 28181-2016 §9.6, annex J).
 */
export class MessageHandler {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  onMessage(incoming: IncomingRequest): void {
    if (this.#isKeepalive(incoming) || this.#deps.fromUpper(incoming)) return;
    const sender = this.#admit(incoming);
    if (sender === undefined) return;
    const { body } = incoming.request;
    // Vendor: on lossy paths the body gets lost on the way; an empty MESSAGE of a registered device shows that it lives.
    if (body.length === 0 || scanKeepalive(body) !== NO_KEEPALIVE) {
      this.#deps.metrics.keepalives.value += 1;
      incoming.reply(200);
      return;
    }
    const document = this.#read(incoming, body);
    if (document === undefined) return;
    this.#answerAndDispatch({ sender, document, incoming });
  }

  /** A NOTIFY belongs to a subscription of ours, or is refused (RFC 6665 §4.1.3). */
  onNotify(incoming: IncomingRequest): void {
    if (this.#isKeepalive(incoming)) return;
    const sender = this.#admit(incoming);
    if (sender === undefined) return;
    const document = this.#read(incoming, incoming.request.body);
    if (document === undefined) return;
    const message = { sender, document, incoming };
    if (!this.#deps.routes.isWanted(message)) {
      this.#deps.metrics.refusedMessages.of('no-subscription').value += 1;
      incoming.reply(481);
      return;
    }
    this.#answerAndDispatch(message);
  }

  onOptions(incoming: IncomingRequest): void {
    if (this.#deps.fromUpper(incoming)) return;
    if (this.#admit(incoming) !== undefined) incoming.reply(200, { headers: ALLOWED });
  }

  /** The path that most requests take: no header is read, and nothing is allocated that survives but the answer. */
  #isKeepalive(incoming: IncomingRequest): boolean {
    const { table, metrics } = this.#deps;
    const { body } = incoming.request;
    const place = scanKeepalive(body);
    if (place === NO_KEEPALIVE) return false;
    const id = idAt(body, place);
    const device = id === undefined ? undefined : table.at(incoming.flow, id);
    if (device === undefined) return false;
    table.touch(device);
    metrics.keepalives.value += 1;
    incoming.reply(200);
    if (device.faulty || mayListFaults(body, place)) this.#deps.onFaultKeepalive(device, body);
    return true;
  }

  /** Whose request it is; undefined when it was refused. */
  #admit(incoming: IncomingRequest): DeviceEntry | undefined {
    const { table, metrics } = this.#deps;
    const { flow, request, dialog } = incoming;
    const gbId = request.from?.uri.user;
    // Vendor: some sign with a channel's ID. Who else is at this flow, or in this dialog, is the device; but one that
    // signs as another device, behind a port that a NAT gave away anew, say, has to register first.
    const called = dialog === undefined ? undefined : this.#deps.deviceOfCall(dialog.callId);
    const sender =
      (gbId === undefined ? undefined : table.at(flow, gbId)) ??
      (gbId !== undefined && this.#deps.isDevice(gbId) ? undefined : table.soleAt(flow)) ??
      (called === undefined ? undefined : table.find(called)) ??
      this.#revived(incoming, gbId);
    if (sender !== undefined) {
      table.touch(sender);
      return sender;
    }
    const isMoved = gbId !== undefined && table.find(gbId) !== undefined;
    metrics.refusedMessages.of(isMoved ? 'moved' : 'unregistered').value += 1;
    incoming.reply(403);
    return undefined;
  }

  /** Vendor: Huawei registers once; after a restart of the platform only its keepalives come (Q4). */
  #revived({ request, flow }: IncomingRequest, gbId: string | undefined): DeviceEntry | undefined {
    if (gbId === undefined) return undefined;
    const place = scanKeepalive(request.body);
    return place !== NO_KEEPALIVE && idAt(request.body, place) === gbId
      ? this.#deps.revive(gbId, flow)
      : undefined;
  }

  #read(incoming: IncomingRequest, body: Uint8Array): ManscdpDocument | undefined {
    const { metrics, logger } = this.#deps;
    const read = readManscdp(body);
    if (!read.ok) {
      metrics.manscdpFaults.of(read.fault).value += 1;
      const { fault, offset } = read;
      const { remoteAddress } = incoming.flow;
      logger.warn({ remoteAddress, fault, offset, bytes: body.length }, 'MANSCDP body cannot be read');
      incoming.reply(read.fault === 'too-long' ? 413 : 400);
      return undefined;
    }
    const { root, cmdType, repairs } = read.document;
    metrics.manscdpMessages.of(PLAIN_WORD.test(cmdType) ? `${root}.${cmdType}` : 'other').value += 1;
    for (const repair of repairs) metrics.manscdpRepairs.of(repair).value += 1;
    return read.document;
  }

  #answerAndDispatch(message: InboundMessage): void {
    if (!this.#deps.routes.answersItself(message)) message.incoming.reply(200);
    this.#dispatch(message);
  }

  /** What a body holds must not end the process, whatever the code that reads it thinks of it. */
  #dispatch(message: InboundMessage): void {
    const { routes, metrics, logger } = this.#deps;
    try {
      if (!routes.dispatch(message)) metrics.refusedMessages.of('nobody-takes-it').value += 1;
    } catch (error) {
      metrics.refusedMessages.of('handler-failed').value += 1;
      const { root, cmdType } = message.document;
      logger.error(
        { err: error, deviceId: message.sender.gbId, root, cmdType },
        'a MANSCDP body is not taken',
      );
    }
  }
}
