import type { Cancel, Clock } from '../../kernel/index.ts';
import type { ServerTransaction } from '../transaction/transaction-user.ts';
import type { Dialog } from '../types.ts';
import type { Incoming } from './incoming.ts';

/** How long an INVITE may stay without a final response of ours: as a proxy's Timer C (RFC 3261 §16.6), ms. */
const MAX_PENDING_MS = 180_000;

interface Pending {
  readonly incoming: Incoming;
  readonly cancelLimit: Cancel;
}

/** INVITEs of peers without a final response of ours, by their transactions. */
export class PendingInvites {
  readonly #clock: Clock;
  readonly #pending = new Map<ServerTransaction, Pending>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(incoming: Incoming): void {
    const cancelLimit = this.#clock.after(MAX_PENDING_MS, () => {
      incoming.reply(408);
    });
    this.#pending.set(incoming.transaction, { incoming, cancelLimit });
  }

  of(transaction: ServerTransaction): Incoming | undefined {
    return this.#pending.get(transaction)?.incoming;
  }

  /** Those that would change a dialog. */
  within(dialog: Dialog): readonly Incoming[] {
    return [...this.#pending.values()]
      .map(({ incoming }) => incoming)
      .filter((incoming) => incoming.dialog === dialog);
  }

  /** It is answered, or nobody waits for the answer any more. */
  remove(transaction: ServerTransaction): void {
    this.#pending.get(transaction)?.cancelLimit();
    this.#pending.delete(transaction);
  }

  clear(): void {
    for (const transaction of [...this.#pending.keys()]) this.remove(transaction);
  }
}
