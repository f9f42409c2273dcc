/** How a dialect refuses: the HTTP status, and the code and text that stand in its envelope. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** A refusal of a dialect's own, beside those of the core. Its name counts it in `/metrics`. */
export class DialectRefusal extends Error {
  readonly refusal: Refusal;

  constructor(name: string, refusal: Refusal) {
    super(refusal.message);
    this.name = name;
    this.refusal = refusal;
  }
}

/** Why a call reached no route of the dialect that its path belongs to. */
export class RouteFault extends Error {
  readonly what: 'unknown-path' | 'wrong-method';

  constructor(what: RouteFault['what']) {
    super(what);
    this.name = 'RouteFault';
    this.what = what;
  }
}
