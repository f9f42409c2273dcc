import type { IncomingRequest } from '../../sip/index.ts';
import type { ManscdpDocument, ManscdpRoot } from '../manscdp/document.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';

/** A MANSCDP body of a registered device, read and answered by SIP 200, unless its handler does that. */
export interface InboundMessage {
  readonly sender: DeviceEntry;
  readonly document: ManscdpDocument;
  readonly incoming: IncomingRequest;
}

type Handler = (message: InboundMessage) => void;

/** Whether a NOTIFY is one that this platform asked for (RFC 6665 §4.1.3). */
type NotifyGate = (message: InboundMessage) => boolean;

/** Takes the answer to a question that it asked itself, by its SN; false leaves it to the handlers. */
type AnswerTaker = (message: InboundMessage) => boolean;

/** Who takes which body: one handler for each root and CmdType (GB/T 28181-2016 annex A.1). */
export class InboundRoutes {
  readonly #handlers = new Map<string, Handler>();
  readonly #answering = new Set<Handler>();
  readonly #gates: NotifyGate[] = [];
  readonly #takers: AnswerTaker[] = [];

  on(root: ManscdpRoot, cmdType: string, handler: Handler): void {
    const key = `${root}.${cmdType}`;
    if (this.#handlers.has(key)) throw new Error(`${key} has a handler already`);
    this.#handlers.set(key, handler);
  }

  /** As `on`, for a handler that gives the SIP answer itself, whatever happens: of what has to be stored first. */
  onUnanswered(root: ManscdpRoot, cmdType: string, handler: Handler): void {
    this.on(root, cmdType, handler);
    this.#answering.add(handler);
  }

  /** Lets NOTIFY requests in; one that no gate knows is answered 481. */
  letNotifyIn(gate: NotifyGate): void {
    this.#gates.push(gate);
  }

  /** Sees responses before their handlers do: whoever passes on questions of others waits for any CmdType. */
  onAnswer(taker: AnswerTaker): void {
    this.#takers.push(taker);
  }

  isWanted(message: InboundMessage): boolean {
    return this.#gates.some((gate) => gate(message));
  }

  /** Whether whoever takes it gives the SIP answer too. */
  answersItself(message: InboundMessage): boolean {
    const handler = this.#handlers.get(keyOf(message));
    return handler !== undefined && this.#answering.has(handler);
  }

  /** False when nobody takes such bodies. */
  dispatch(message: InboundMessage): boolean {
    const key = keyOf(message);
    if (key.startsWith('Response.') && this.#takers.some((take) => take(message))) return true;
    const handler = this.#handlers.get(key);
    handler?.(message);
    return handler !== undefined;
  }
}

function keyOf({ document: { root, cmdType }, incoming }: InboundMessage): string {
  // Older devices notify with the root of an answer (GB/T 28181-2016 annex J.21).
  return `${incoming.request.method === 'NOTIFY' ? 'Notify' : root}.${cmdType}`;
}
