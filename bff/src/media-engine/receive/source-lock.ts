/** When the sender has been silent for so long, its stream may come from another address: a NAT has rebound. */
export const REBIND_AFTER_MS = 500;

/**
 * Keeps a stream to the address that sends it. Somebody else who knows the SSRC is not mixed in; a camera whose
 * NAT gave it a new port is, as soon as the old one is silent.
 */
export class SourceLock {
  #address = '';
  #port = 0;
  #lastMs = -Infinity;

  /** Whether a packet from there may be looked at. */
  admits(address: string, port: number, nowMs: number): boolean {
    if (port === this.#port && address === this.#address) return true;
    return nowMs - this.#lastMs > REBIND_AFTER_MS;
  }

  /** A packet from there belonged to the stream. */
  hold(address: string, port: number, nowMs: number): void {
    this.#address = address;
    this.#port = port;
    this.#lastMs = nowMs;
  }
}
