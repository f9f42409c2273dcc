import { isGbId } from '@yimu/shared';
import type { Devices } from '../devices/devices.ts';
import type { TracedMessage, TracedPeer, TracePort } from '../ports/trace.ts';
import { refuse } from '../refuse.ts';
import { pcapOf } from './pcap.ts';
import { traceText } from './trace-text.ts';

const MAX_LISTED = 2_000;
const MAX_PEERS = 1_000;

/** What part of a trace is asked for. */
export interface TracePage {
  /** Only messages with a greater `seq`. */
  readonly after?: number | undefined;
  /** UTC, ms: only messages of this time or later. */
  readonly sinceMs?: number | undefined;
  /** At most so many, the newest; 1 to 2,000. */
  readonly limit?: number | undefined;
}

/** Somebody whose messages are kept. */
export interface PeerInTrace extends TracedPeer {
  /** Whether it is a device of ours; others knocked at the door in vain. */
  readonly admitted: boolean;
}

/** Shows operators what went between the platform and a device. */
export class Trace {
  readonly #port: TracePort;
  readonly #devices: Pick<Devices, 'find' | 'get'>;

  constructor(port: TracePort, devices: Pick<Devices, 'find' | 'get'>) {
    this.#port = port;
    this.#devices = devices;
  }

  /** `ref`: serial or ID of a device, or the ID of one that nobody admitted. Oldest first. */
  list(ref: string, page: TracePage = {}): readonly TracedMessage[] {
    const { after, sinceMs = 0, limit = MAX_LISTED } = page;
    const messages = this.#port.list(this.#gbIdOf(ref), { after, limit: Math.min(limit, MAX_LISTED) });
    return messages.filter(({ atMs }) => atMs >= sinceMs);
  }

  /** The trace as text for people, in China time. */
  text(ref: string, page?: TracePage): string {
    return this.list(ref, page)
      .map((message) => traceText({ ...message, kept: message.bytes.length }))
      .join('');
  }

  /** The trace as a capture file. */
  pcap(ref: string, page?: TracePage): Uint8Array {
    return pcapOf(this.list(ref, page));
  }

  /** More is kept of this device for ten minutes, keepalives included. Refuses with QUOTA_EXCEEDED. */
  watch(ref: string): void {
    if (!this.#port.watch(this.#devices.get(ref).gbId)) throw refuse('QUOTA_EXCEEDED');
  }

  /** Whose messages are kept, the last one heard first. */
  peers(): readonly PeerInTrace[] {
    return this.#port
      .peers(MAX_PEERS)
      .map((peer) => ({ ...peer, admitted: this.#devices.find(peer.gbId) !== undefined }));
  }

  #gbIdOf(ref: string): string {
    return isGbId(ref) ? ref : this.#devices.get(ref).gbId;
  }
}
