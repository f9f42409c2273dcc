import { isGbId } from '@yimu/shared';
import type { Clock, Counter, CounterFamily, Instruments } from '../../kernel/index.ts';
import type { TraceEntry } from '../../sip/index.ts';
import type { DeviceTable } from '../registrar/device-table.ts';
import { maskMessage } from './mask-message.ts';
import { readableText } from './readable-text.ts';
import type { KeptMessage, MessageKind } from './trace-ring.ts';
import { type TraceBounds, TraceRings } from './trace-rings.ts';
import type { SignalTrace, TracedMessage, TracedPeer } from './types.ts';

/** The defaults: for a usual device its registration and its last dozens of messages. */
export const TRACE_BOUNDS: TraceBounds = {
  ring: {
    own: { messages: 64, octets: 98_304 },
    claimed: { messages: 16, octets: 16_384 },
    keepalive: { messages: 8, octets: 8_192 },
  },
  watchedRing: {
    own: { messages: 1_024, octets: 1_048_576 },
    claimed: { messages: 64, octets: 65_536 },
    keepalive: { messages: 32, octets: 32_768 },
  },
  maxRings: 10_000,
  maxStrangers: 64,
  maxOctets: 16_777_216,
};

/** Octets that are kept of one message. */
const MAX_MESSAGE_OCTETS = 16_384;
const WATCH_MS = 600_000;
const MAX_WATCHED = 8;
const RESPONSE = 0x53;
const RESPONSE_START = 'SIP/2.0 ';
const FROM_USER = /^(?:From|f)[ \t]*:[^\r\n]{0,512}?sips?:(\d{1,32})[@;>]/im;
const TO_USER = /^(?:To|t)[ \t]*:[^\r\n]{0,512}?sips?:(\d{1,32})[@;>]/im;

/** How nearly every device writes them: found without a regular expression. */
const USUAL_FROM = '\nFrom: <sip:';
const USUAL_TO = '\nTo: <sip:';
const ID_LENGTH = 20;
const AT = 0x40;

/** To whom a message belongs. */
interface Whose {
  readonly gbId: string;
  readonly kind: MessageKind;
  readonly isDevice: boolean;
}

interface Deps {
  readonly table: Pick<DeviceTable, 'soleAt' | 'at'>;
  /** Whether somebody provisioned this ID. */
  readonly isDevice: (gbId: string) => boolean;
  /** Grows with each message that the platform took for a keepalive. */
  readonly keepalives: Counter;
  readonly local: () => { readonly address: string; readonly port: number };
  readonly clock: Clock;
  readonly instruments: Instruments;
  readonly bounds?: TraceBounds;
}

/**
 * Keeps what goes between the platform and each device. A keepalive that is answered at once costs two references and
 * a comparison, and leaves nothing, unless somebody watches the device; what is kept is masked when it is read.
 */
export class SignalRecorder implements SignalTrace {
  readonly #deps: Deps;
  readonly #rings: TraceRings;
  readonly #lost: CounterFamily;
  /** Watched devices, and until when on the monotonic line. */
  readonly #watched = new Map<string, number>();
  #seq = 0;
  /** What came last: whether it was a keepalive shows when it is answered. */
  #pending: TraceEntry | undefined;
  #keepalivesBefore = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#lost = deps.instruments.family(
      'yimu_trace_lost',
      'SIP messages or devices that the signal trace does not keep, by why',
      'why',
    );
    this.#rings = new TraceRings(deps.bounds ?? TRACE_BOUNDS, () => {
      this.#lost.of('evicted-device').value += 1;
    });
    deps.instruments.gauge(
      'yimu_trace_octets',
      'octets that the signal trace holds',
      () => this.#rings.octets,
    );
    deps.instruments.gauge('yimu_trace_devices', 'devices in the signal trace', () => this.#rings.size);
  }

  /** Takes each message as it goes. */
  readonly take = (entry: TraceEntry): void => {
    if (entry.direction === 'in') {
      this.#flush();
      this.#pending = entry;
      this.#keepalivesBefore = this.#deps.keepalives.value;
      return;
    }
    const pending = this.#pending;
    if (pending !== undefined) {
      const isAnswer = pending.flow === entry.flow && entry.bytes[0] === RESPONSE;
      if (isAnswer && this.#deps.keepalives.value !== this.#keepalivesBefore) {
        this.#pending = undefined;
        if (this.#watched.size > 0) this.#keepAlive(pending, entry);
        return;
      }
      const whose = this.#flush();
      // A datagram has a flow object of its own: what goes there is the answer to it.
      if (isAnswer && entry.flow.transport === 'udp') {
        this.#file(whose, entry, latin1Of(entry.bytes));
        return;
      }
    }
    this.#keep(entry);
  };

  list(
    gbId: string,
    { after = 0, limit }: { readonly after?: number | undefined; readonly limit: number },
  ): readonly TracedMessage[] {
    this.#flush();
    const kept = this.#rings.find(gbId)?.all() ?? [];
    const wanted = kept.filter(({ seq }) => seq > after);
    return wanted.slice(Math.max(0, wanted.length - limit)).map((message) => this.#shown(message));
  }

  watch(gbId: string): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    for (const [watched, untilMs] of this.#watched) if (untilMs <= nowMs) this.#watched.delete(watched);
    if (this.#watched.size >= MAX_WATCHED && !this.#watched.has(gbId)) return false;
    this.#watched.set(gbId, nowMs + WATCH_MS);
    return true;
  }

  peers(limit: number): readonly TracedPeer[] {
    this.#flush();
    return this.#rings
      .recent(limit)
      .map(([gbId, ring]) => ({ gbId, messages: ring.length, lastAtMs: ring.lastAtMs }));
  }

  /** Keeps what waits; whose it was. */
  #flush(): Whose | undefined {
    const pending = this.#pending;
    if (pending === undefined) return undefined;
    this.#pending = undefined;
    return this.#keep(pending);
  }

  #keepAlive(question: TraceEntry, answer: TraceEntry): void {
    const device = this.#deps.table.soleAt(question.flow)?.gbId;
    if (device === undefined || !this.#isWatched(device)) return;
    for (const entry of [question, answer])
      this.#add({ gbId: device, kind: 'keepalive', isDevice: true }, entry, latin1Of(entry.bytes));
  }

  #keep(entry: TraceEntry): Whose | undefined {
    const latin1 = latin1Of(entry.bytes);
    const whose = this.#whose(entry, latin1);
    this.#file(whose, entry, latin1);
    return whose;
  }

  #file(whose: Whose | undefined, entry: TraceEntry, latin1: string): void {
    if (whose === undefined) this.#lost.of('nobody-known').value += 1;
    else this.#add(whose, entry, latin1);
  }

  #add({ gbId, kind, isDevice }: Whose, entry: TraceEntry, latin1: string): void {
    const { atMs, direction, flow, bytes } = entry;
    const { transport, remoteAddress, remotePort } = flow;
    this.#seq += 1;
    this.#rings.add(
      gbId,
      {
        seq: this.#seq,
        atMs,
        direction,
        transport,
        remoteAddress,
        remotePort,
        octets: bytes.length,
        latin1,
      },
      {
        kind,
        isStranger: !isDevice,
        isWatched: this.#watched.size > 0 && this.#isWatched(gbId),
        flow: kind === 'own' ? flow : undefined,
      },
    );
  }

  /** By the flow of a registration, now or before; else by the ID that the peer claims. */
  #whose({ direction, flow }: TraceEntry, latin1: string): Whose | undefined {
    const { table, isDevice } = this.#deps;
    const isOfPeer = latin1.startsWith(RESPONSE_START) === (direction === 'out');
    const claimed = isOfPeer ? userIn(latin1, USUAL_FROM, FROM_USER) : userIn(latin1, USUAL_TO, TO_USER);
    if (isGbId(claimed)) {
      if (table.at(flow, claimed) !== undefined) return { gbId: claimed, kind: 'own', isDevice: true };
      // A device that is not registered here, whoever else is at this flow.
      if (isOfPeer && isDevice(claimed)) return { gbId: claimed, kind: 'claimed', isDevice: true };
    }
    const owner = table.soleAt(flow)?.gbId ?? this.#rings.ownerOf(flow.key);
    if (owner !== undefined) return { gbId: owner, kind: 'own', isDevice: isDevice(owner) };
    return isGbId(claimed) ? { gbId: claimed, kind: 'claimed', isDevice: isDevice(claimed) } : undefined;
  }

  #isWatched(gbId: string): boolean {
    const untilMs = this.#watched.get(gbId);
    if (untilMs === undefined) return false;
    if (untilMs > this.#deps.clock.monotonicMs()) return true;
    this.#watched.delete(gbId);
    return false;
  }

  #shown(message: KeptMessage): TracedMessage {
    const { latin1, octets, ...rest } = message;
    const { address, port } = this.#deps.local();
    const masked = maskMessage(latin1);
    const bytes = Buffer.from(masked, 'latin1');
    return {
      ...rest,
      localAddress: address,
      localPort: port,
      octets: octets + masked.length - latin1.length,
      bytes,
      text: readableText(bytes),
    };
  }
}

/** The digits of a user in the usual form of a header, or in any that `pattern` finds; '' when there are none. */
function userIn(latin1: string, usual: string, pattern: RegExp): string {
  const at = latin1.indexOf(usual);
  const from = at + usual.length;
  if (at >= 0 && latin1.charCodeAt(from + ID_LENGTH) === AT) {
    const id = latin1.slice(from, from + ID_LENGTH);
    if (isGbId(id)) return id;
  }
  return pattern.exec(latin1)?.[1] ?? '';
}

function latin1Of(bytes: Uint8Array): string {
  const length = Math.min(bytes.length, MAX_MESSAGE_OCTETS);
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
}
