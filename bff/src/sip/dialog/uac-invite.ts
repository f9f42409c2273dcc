import { detach, parseUri, type SipResponse } from 'sip-parser-lite';
import type { Cancel } from '../../kernel/index.ts';
import { InviteCancelled, RejectedResponse, TransactionTimeout, TransportFailed } from '../errors.ts';
import { ackToFailure, cancelOf } from '../message/ack-and-cancel.ts';
import { requestBytes, type RequestParts } from '../message/request-bytes.ts';
import { GIVE_UP_MS } from '../transaction/timers.ts';
import type { ClientTransaction } from '../transaction/transaction-user.ts';
import type { AnsweredInvite, InviteAttempt, OutgoingRequest } from '../types.ts';
import type { Caller } from './caller.ts';
import { dialogOfCaller } from './dialog-state.ts';
import type { DialogStore } from './dialog-store.ts';
import { type DialogDeps, SipDialog } from './dialog.ts';

/** How long a peer may ring when the caller sets no limit: Timer C (RFC 3261 §16.6 step 11), ms. */
const MAX_RINGING_MS = 180_000;
/** Ends that may answer one INVITE; more are not acknowledged, which makes them give up. */
const MAX_FORKS = 8;

/** What an INVITE of ours needs. */
export interface UacInviteDeps {
  readonly caller: Caller;
  readonly dialogs: DialogStore;
  readonly dialogDeps: DialogDeps;
}

/**
 * An INVITE on its way and what comes of it (RFC 3261 §13.2, §9.1). After a cancel or the caller's time limit
 * it goes on in the background until the peer cannot be left with a session that nobody ends.
 */
export class UacInvite implements InviteAttempt {
  readonly callId: string;
  readonly answered: Promise<AnsweredInvite>;
  readonly #deps: UacInviteDeps;
  readonly #options: OutgoingRequest;
  readonly #fromTag: string;
  readonly #parts: RequestParts;
  readonly #branch: string;
  /** ACKs by To tag, for repeated 2xx. `undefined`: the caller did not acknowledge yet. */
  readonly #acks = new Map<string, Uint8Array | undefined>();
  #resolve: (answered: AnsweredInvite) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #transaction: ClientTransaction | undefined;
  #settled = false;
  #unwanted = false;
  #cancelSent = false;
  #provisional = false;
  #stopLimit: Cancel = () => undefined;
  #releasePlace: Cancel = () => undefined;

  constructor(options: OutgoingRequest, deps: UacInviteDeps) {
    const { caller } = deps;
    this.#deps = deps;
    this.#options = options;
    this.callId = caller.newCallId();
    this.#fromTag = caller.newTag();
    this.#branch = caller.newBranch();
    this.#parts = caller.complete(
      {
        method: 'INVITE',
        requestUri: options.requestUri,
        from: `<${options.from}>;tag=${this.#fromTag}`,
        to: `<${options.to}>`,
        callId: this.callId,
        sequence: 1,
        contact: caller.contact(parseUri(options.from)?.user ?? '', options.flow),
        headers: options.headers,
        contentType: options.contentType,
        body: options.body,
      },
      options.flow,
      this.#branch,
    );
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever only cancels need not look at the promise.
    this.answered.catch(() => undefined);
    this.#start();
  }

  cancel(): void {
    if (this.#settled) return;
    this.#fail(new InviteCancelled());
    this.#giveUp();
  }

  #start(): void {
    const { caller, dialogs } = this.#deps;
    const bytes = requestBytes(this.#parts);
    if (bytes instanceof Error) {
      this.#fail(new TransportFailed('INVITE', bytes));
      return;
    }
    const place = dialogs.reserve();
    if (place === undefined) {
      caller.metrics.refused('dialog-limit');
      this.#fail(new TransportFailed('INVITE', new Error('too many dialogs')));
      return;
    }
    this.#releasePlace = place;
    this.#stopLimit = caller.clock.after(this.#options.timeoutMs ?? MAX_RINGING_MS, () => {
      this.#fail(new TransactionTimeout('INVITE', this.callId));
      this.#giveUp();
    });
    this.#transaction = caller.startInvite({
      branch: this.#branch,
      flow: this.#options.flow,
      bytes,
      ackTo: (response) => {
        caller.metrics.sent.request('ACK');
        return ackToFailure(this.#parts, response);
      },
      user: {
        onResponse: (response) => {
          this.#onResponse(response);
        },
        onTimedOut: () => {
          this.#fail(new TransactionTimeout('INVITE', this.callId));
        },
        onTransportFailed: (error) => {
          this.#fail(new TransportFailed('INVITE', error));
        },
      },
    });
    if (this.#transaction === undefined)
      this.#fail(new TransportFailed('INVITE', new Error('too many transactions')));
  }

  #onResponse(response: SipResponse): void {
    if (response.status < 200) {
      this.#provisional = true;
      if (this.#unwanted) this.#sendCancel();
    } else if (response.status < 300) this.#onSuccess(response);
    else this.#fail(new RejectedResponse(response.status, response.reason));
  }

  #onSuccess(response: SipResponse): void {
    const tag = detach(response.to?.tag ?? '');
    if (this.#acks.has(tag)) {
      const ack = this.#acks.get(tag);
      if (ack !== undefined) this.#deps.caller.sendAck(ack, this.#options.flow);
      return;
    }
    if (this.#acks.size >= MAX_FORKS) return;
    const facts = dialogOfCaller(this.#parts, this.#fromTag, response, this.#options.flow);
    const dialog = new SipDialog(facts, this.#deps.dialogDeps);
    this.#acks.set(tag, undefined);
    const acknowledge = (): void => {
      if (this.#acks.get(tag) === undefined) this.#acks.set(tag, dialog.acknowledge(facts.localSequence));
    };
    this.#stopLimit();
    if (this.#settled) {
      // Cancelled meanwhile, or a second branch of a fork answered too: acknowledged and ended (§9.1, §13.2.2.4).
      acknowledge();
      void dialog.bye();
      return;
    }
    this.#settle();
    this.#deps.dialogs.add(dialog);
    this.#resolve({ response, dialog, acknowledge });
  }

  /** Goes on until the peer has said its last word, or cannot be reached. */
  #giveUp(): void {
    this.#unwanted = true;
    // §9.1: a CANCEL must not overtake its INVITE, so a first answer is waited for.
    if (this.#provisional) this.#sendCancel();
  }

  #sendCancel(): void {
    if (this.#cancelSent) return;
    this.#cancelSent = true;
    const { caller } = this.#deps;
    // §9.1: without a final response in 64·T1 after the CANCEL, the INVITE is over.
    this.#stopLimit = caller.clock.after(GIVE_UP_MS, () => {
      this.#transaction?.abandon();
    });
    const ignore = (): undefined => undefined;
    const user = { onResponse: ignore, onTimedOut: ignore, onTransportFailed: ignore };
    caller.startRequest('CANCEL', this.#branch, this.#options.flow, cancelOf(this.#parts), user);
  }

  #fail(error: Error): void {
    this.#stopLimit();
    if (this.#settled) return;
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#stopLimit();
    this.#releasePlace();
  }
}
