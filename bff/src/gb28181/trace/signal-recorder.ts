import { isGbId } from '@yimu/shared';
import type { Clock, Counter, CounterFamily, Instruments } from '../../kernel/index.ts';
import type { TraceEntry } from '../../sip/index.ts';
import type { DeviceTable } from '../registrar/device-table.ts';
import { maskMessage } from './mask-message.ts';
import { readableText } from './readable-text.ts';
import type { KeptMessage } from './message-store.ts';
import { claimedId, isResponse } from './claimed-id.ts';
import type { MessageKind } from './trace-ring.ts';
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
/** To whom a message belongs. */
interface Whose {
  readonly gbId: string;
  readonly kind: MessageKind;
  readonly isDevice: boolean;
}

interface Deps {
  readonly table: Pick<DeviceTable, 'soleAt' | 'isShared' | 'at'>;
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
    this.#rings = new TraceRings(deps.bounds ?? TRACE_BOUNDS, {
      isWatched: (gbId) => this.#watched.size > 0 && this.#isWatched(gbId),
      onEvicted: () => {
        this.#lost.of('evicted-device').value += 1;
      },
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
      const isAnswer = pending.flow === entry.flow && isResponse(entry.bytes);
      if (isAnswer && this.#deps.keepalives.value !== this.#keepalivesBefore) {
        this.#pending = undefined;
        if (this.#watched.size > 0) this.#keepAlive(pending, entry);
        return;
      }
      const whose = this.#flush();
      // A datagram has a flow object of its own: what goes there is the answer to it.
      if (isAnswer && entry.flow.transport === 'udp') {
        this.#file(whose, entry);
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
    const { table } = this.#deps;
    const { flow, bytes } = question;
    const device = table.soleAt(flow) ?? table.at(flow, claimedId(bytes, 'From'));
    if (device === undefined || !this.#isWatched(device.gbId)) return;
    for (const entry of [question, answer])
      this.#add({ gbId: device.gbId, kind: 'keepalive', isDevice: true }, entry);
  }

  #keep(entry: TraceEntry): Whose | undefined {
    const whose = this.#whose(entry);
    this.#file(whose, entry);
    return whose;
  }

  #file(whose: Whose | undefined, entry: TraceEntry): void {
    if (whose === undefined) this.#lost.of('nobody-known').value += 1;
    else this.#add(whose, entry);
  }

  #add({ gbId, kind, isDevice }: Whose, { atMs, direction, flow, bytes }: TraceEntry): void {
    this.#seq += 1;
    const kept = Math.min(bytes.length, MAX_MESSAGE_OCTETS);
    const isKept = this.#rings.add(
      gbId,
      { seq: this.#seq, atMs, direction, flow, bytes, kept },
      {
        kind,
        isStranger: !isDevice,
        flow: kind === 'own' ? flow : undefined,
      },
    );
    if (!isKept) this.#lost.of('no-room').value += 1;
  }

  /** By the flow of a registration, now or before; else by the ID that the peer claims. */
  #whose({ direction, flow, bytes }: TraceEntry): Whose | undefined {
    const { table, isDevice } = this.#deps;
    const isOfPeer = isResponse(bytes) === (direction === 'out');
    const claimed = claimedId(bytes, isOfPeer ? 'From' : 'To');
    if (isGbId(claimed)) {
      if (table.at(flow, claimed) !== undefined) return { gbId: claimed, kind: 'own', isDevice: true };
      // A device that is not registered here, whoever else is at this flow.
      if (isOfPeer && isDevice(claimed)) return { gbId: claimed, kind: 'claimed', isDevice: true };
    }
    // Of several devices at one flow none is meant more than another: what names a channel is kept under its ID.
    const owner =
      table.soleAt(flow)?.gbId ?? (table.isShared(flow) ? undefined : this.#rings.ownerOf(flow.key));
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
