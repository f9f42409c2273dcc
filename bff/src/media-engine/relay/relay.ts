import type { Clock } from '../../kernel/index.ts';
import { RTP_HEADER_BYTES } from '../rtp/rtp-packet.ts';
import type { PacketSender } from './packet-sender.ts';
import { programStartOf } from './program-start.ts';
import { RelayHead } from './relay-head.ts';
import { sendTcpActive, sendTcpPassive } from './tcp-sender.ts';
import { sendUdp } from './udp-sender.ts';

/** More than this does not wait for a receiver: what follows is left out up to the next group of pictures. */
const MAX_WAITING_BYTES = 2 * 1024 * 1024;
/** A receiver that takes nothing for so long is given up. */
const STUCK_MS = 10_000;
/** Some senders mark no group of pictures: after this the next picture, or any packet, begins. */
const GROUP_WAIT_MS = 3_000;

/** Where packets of a stream go on to. */
export interface RelayTarget {
  /** `tcp-active`: we dial; `tcp-passive`: we are dialled. */
  readonly transport: 'udp' | 'tcp-passive' | 'tcp-active';
  readonly address: string;
  readonly port: number;
  readonly ssrc: number;
  readonly payloadType: number;
}

/** Why a relay ended by itself. */
export type RelayEnd = 'source' | 'transport' | 'slow';

/** Counts of all relays, kept by the worker. */
export interface RelayCounts {
  packets: number;
  bytes: number;
  /** Packets left out because a receiver was slow. */
  skipped: number;
}

interface Deps {
  readonly clock: Clock;
  readonly counts: RelayCounts;
  readonly onEnd: (why: RelayEnd) => void;
}

/** Passes the RTP of one running stream on to a receiver, from a group of pictures on; nothing is decoded. */
export class Relay {
  readonly #target: RelayTarget;
  readonly #deps: Deps;
  readonly #head: RelayHead;
  readonly #openedAtMs: number;
  #sender: PacketSender | undefined;
  #begun = false;
  /** Since when more waits than should. */
  #fullSinceMs: number | undefined;
  #readyAtMs: number | undefined;
  #ended = false;

  constructor(target: RelayTarget, deps: Deps) {
    this.#target = target;
    this.#deps = deps;
    this.#head = new RelayHead(target.ssrc, target.payloadType);
    this.#openedAtMs = deps.clock.monotonicMs();
  }

  /** Resolves with the port that the receiver is told. Rejects when the port is taken. */
  async open(localHost: string, localPort: number): Promise<number> {
    const { transport } = this.#target;
    const listener = {
      onGone: () => {
        this.end('transport');
      },
    };
    const { clock } = this.#deps;
    const sender =
      transport === 'udp'
        ? await sendUdp(localPort, this.#target)
        : transport === 'tcp-active'
          ? sendTcpActive(this.#target, listener, clock)
          : await sendTcpPassive(localHost, localPort, listener, clock);
    if (this.#ended) sender.close();
    else this.#sender = sender;
    return sender.port;
  }

  /** `lasts`: the octets of `packet` stay as they are; otherwise they are copied. */
  push(packet: Uint8Array, lasts: boolean): void {
    const sender = this.#sender;
    if (sender?.ready !== true) {
      this.#begun = false;
      return;
    }
    if (!this.#begun && !this.#begins(packet)) return;
    const { counts, clock } = this.#deps;
    if (sender.waitingBytes > MAX_WAITING_BYTES) {
      this.#fullSinceMs ??= clock.monotonicMs();
      this.#begun = false;
      counts.skipped += 1;
      return;
    }
    this.#fullSinceMs = undefined;
    const body = packet.subarray(RTP_HEADER_BYTES);
    sender.send(this.#head.of(packet, sender.headRoom), lasts ? body : Uint8Array.from(body));
    counts.packets += 1;
    counts.bytes += packet.length;
  }

  /** Called a few times a second. */
  tick(nowMs: number): void {
    const since = this.#fullSinceMs;
    if (since === undefined) return;
    if ((this.#sender?.waitingBytes ?? 0) <= MAX_WAITING_BYTES) this.#fullSinceMs = undefined;
    else if (nowMs - since > STUCK_MS) this.end('slow');
  }

  /** Ends without telling. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sender?.close();
  }

  end(why: RelayEnd): void {
    if (this.#ended) return;
    this.close();
    this.#deps.onEnd(why);
  }

  #begins(packet: Uint8Array): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    this.#readyAtMs ??= nowMs;
    const start = programStartOf(packet);
    const waitedMs = nowMs - Math.max(this.#openedAtMs, this.#readyAtMs);
    this.#begun =
      start === 'group' || (waitedMs > GROUP_WAIT_MS && start === 'picture') || waitedMs > 2 * GROUP_WAIT_MS;
    return this.#begun;
  }
}
