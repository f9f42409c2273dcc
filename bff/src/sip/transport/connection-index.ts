import type { Flow } from '../types.ts';
import { peerOf } from './addresses.ts';

/** What hangs on which TCP connection, so that its end costs what hangs on it and no more. UDP flows never end. */
export class ConnectionIndex<T> {
  readonly #byPeer = new Map<string, Set<T>>();

  add(thing: T, flow: Flow): void {
    if (flow.transport !== 'tcp') return;
    const peer = peerOf(flow);
    const things = this.#byPeer.get(peer);
    if (things === undefined) this.#byPeer.set(peer, new Set([thing]));
    else things.add(thing);
  }

  remove(thing: T, flow: Flow): void {
    if (flow.transport !== 'tcp') return;
    const peer = peerOf(flow);
    const things = this.#byPeer.get(peer);
    if (things?.delete(thing) === true && things.size === 0) this.#byPeer.delete(peer);
  }

  /** A copy: what is done to them may change what hangs on it. */
  on(connection: Flow): readonly T[] {
    return [...(this.#byPeer.get(peerOf(connection)) ?? [])];
  }
}
