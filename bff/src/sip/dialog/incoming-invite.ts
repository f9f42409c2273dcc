import type { SipRequest } from 'sip-parser-lite';
import type { Clock } from '../../kernel/index.ts';
import { GIVE_UP_MS, T1_MS, T2_MS } from '../transaction/timers.ts';
import type { ServerTransaction } from '../transaction/transaction-user.ts';
import type { Dialog, Flow, ReplyOptions } from '../types.ts';
import { dialogOfCallee, targetOf } from './dialog-state.ts';
import type { DialogStore } from './dialog-store.ts';
import { type DialogDeps, SipDialog } from './dialog.ts';
import { Incoming, type IncomingDeps } from './incoming.ts';

/** What an INVITE of a peer needs to be answered. */
export interface IncomingInviteDeps extends IncomingDeps {
  readonly clock: Clock;
  readonly dialogs: DialogStore;
  readonly dialogDeps: DialogDeps;
  /** A Contact value for a user of ours. */
  readonly contact: (user: string, flow: Flow) => string;
}

/**
 * An INVITE that asks for a new dialog (RFC 3261 §13.3), or to change the one in which it came (§14.2). `dialog` is
 * there once a 2xx was given.
 */
export class IncomingInvite extends Incoming {
  readonly #deps: IncomingInviteDeps;
  #dialog: SipDialog | undefined;

  constructor(
    request: SipRequest,
    flow: Flow,
    transaction: ServerTransaction,
    deps: IncomingInviteDeps,
    dialog?: SipDialog,
  ) {
    super(request, flow, transaction, deps);
    this.#deps = deps;
    this.#dialog = dialog;
  }

  override get dialog(): Dialog | undefined {
    return this.#dialog;
  }

  override reply(status: number, options?: ReplyOptions): void {
    if (status < 200 || status >= 300) this.respond(status, options);
    // §15.1.2: the dialog was ended meanwhile.
    else if (this.#dialog?.ended === true) this.respond(487, undefined);
    else if (this.answered || this.#dialog !== undefined || !this.#deps.dialogs.full)
      this.#accept(status, options);
    else {
      this.#deps.metrics.refused('dialog-limit');
      this.respond(503, undefined);
    }
  }

  #accept(status: number, options: ReplyOptions | undefined): void {
    const bytes = this.respond(status, this.#withContact(options));
    if (bytes === undefined) return;
    // §12.2.2: the peer may have named another target; a refused INVITE would have changed nothing.
    this.#dialog?.refreshTarget(targetOf(this.request));
    this.#dialog ??= this.#newDialog();
    this.#repeatUntilAck(this.#dialog, status, bytes);
  }

  #newDialog(): SipDialog {
    const dialog = new SipDialog(dialogOfCallee(this.request, this.toTag, this.flow), this.#deps.dialogDeps);
    this.#deps.dialogs.add(dialog);
    return dialog;
  }

  /** §12.1.1: the 2xx must say where requests of the dialog go. */
  #withContact(options: ReplyOptions | undefined): ReplyOptions {
    const headers = options?.headers ?? [];
    if (headers.some(({ name }) => /^(contact|m)$/i.test(name))) return options ?? {};
    const value = this.#deps.contact(this.request.to?.uri.user ?? '', this.flow);
    return { ...options, headers: [{ name: 'Contact', value }, ...headers] };
  }

  /** §13.3.1.4: over any transport, at T1 doubling up to T2; without an ACK in 64·T1 the dialog is ended. */
  #repeatUntilAck(dialog: SipDialog, status: number, bytes: Buffer): void {
    const { clock, metrics } = this.#deps;
    let waitMs = T1_MS;
    const again = (): void => {
      metrics.repeated.value += 1;
      this.transaction.respond(status, bytes);
      waitMs = Math.min(waitMs * 2, T2_MS);
      cancelRepeat = clock.after(waitMs, again);
    };
    let cancelRepeat = clock.after(waitMs, again);
    const cancelGiveUp = clock.after(GIVE_UP_MS, () => {
      dialog.acknowledged();
      void dialog.bye();
    });
    dialog.awaitAck(() => {
      cancelRepeat();
      cancelGiveUp();
    });
  }
}
