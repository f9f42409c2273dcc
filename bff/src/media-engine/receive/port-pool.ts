/** How long a port rests after use: late packets of the old call must not reach its next user. */
export const PORT_REST_MS = 20_000;

interface RestingPort {
  readonly port: number;
  readonly restedAtMs: number;
}

/**
 * The ports on which cameras may send; each is lent once. Even ports go first, as RTP wants (RFC 3550 §11), and
 * ports that rest go last: when nothing else is left, a port that rests is better than a refusal, for the SSRC
 * gate still tells the calls apart.
 */
export class PortPool {
  readonly #even: RestingPort[] = [];
  readonly #odd: RestingPort[] = [];
  readonly #lent = new Set<number>();
  readonly #clock: { monotonicMs(): number };
  /** Any free port of the system. */
  readonly #unbounded: boolean;
  #anonymous = 0;

  constructor(range: { readonly from: number; readonly to: number }, clock: { monotonicMs(): number }) {
    this.#clock = clock;
    this.#unbounded = range.from === 0;
    if (this.#unbounded) return;
    for (let port = range.from; port <= range.to; port += 1) this.#line(port).push({ port, restedAtMs: 0 });
  }

  get inUse(): number {
    return this.#lent.size + this.#anonymous;
  }

  /** `undefined` when every port is lent; 0 stands for a port that the system chooses. */
  take(): number | undefined {
    if (this.#unbounded) {
      this.#anonymous += 1;
      return 0;
    }
    const line = this.#bestLine();
    const port = line.shift()?.port;
    if (port !== undefined) this.#lent.add(port);
    return port;
  }

  /** A port that was lent rests at the end of its line. */
  giveBack(port: number): void {
    if (port === 0) this.#anonymous = Math.max(0, this.#anonymous - 1);
    else if (this.#lent.delete(port)) {
      this.#line(port).push({ port, restedAtMs: this.#clock.monotonicMs() + PORT_REST_MS });
    }
  }

  #line(port: number): RestingPort[] {
    return port % 2 === 0 ? this.#even : this.#odd;
  }

  #bestLine(): RestingPort[] {
    const now = this.#clock.monotonicMs();
    const even = this.#even[0]?.restedAtMs ?? Infinity;
    const odd = this.#odd[0]?.restedAtMs ?? Infinity;
    return even <= now || even <= odd ? this.#even : this.#odd;
  }
}
