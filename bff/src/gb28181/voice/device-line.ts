import type { Dialog, IncomingRequest } from '../../sip/index.ts';
import { GbFailure, type SsrcLease } from '../types.ts';
import type { VoiceCall } from './types.ts';
import type { VoiceDescription } from './voice-offer.ts';

/** The INVITE of a device that fetches our voice, and what it says. */
export interface Invited {
  readonly incoming: IncomingRequest;
  readonly offer: VoiceDescription;
}

type EndedBy = 'local' | 'remote' | 'error';

/** The one talk of one device, from the first word about it to the end of its dialog. */
export class DeviceLine implements VoiceCall {
  readonly deviceGbId: string;
  form: VoiceCall['form'] = 'broadcast';
  remote: VoiceCall['remote'];
  /** SN of the Broadcast whose answer is awaited. */
  sn: number | undefined;
  readonly #onGone: (line: DeviceLine) => void;
  readonly #endHandlers: ((by: EndedBy) => void)[] = [];
  #leases: SsrcLease[] = [];
  #dialog: Dialog | undefined;
  #endedBy: EndedBy | undefined;
  #failure: GbFailure | undefined;
  #onInvited: ((invited: Invited) => void) | undefined;
  #onConsent: (() => void) | undefined;
  #onFailure: ((failure: GbFailure) => void) | undefined;

  constructor(deviceGbId: string, onGone: (line: DeviceLine) => void) {
    this.deviceGbId = deviceGbId;
    this.#onGone = onGone;
  }

  get callId(): string {
    return this.#dialog?.callId ?? '';
  }

  /** An INVITE of the device is awaited. */
  get awaitsInvite(): boolean {
    return this.#onInvited !== undefined;
  }

  get dialog(): Dialog | undefined {
    return this.#dialog;
  }

  /** Gives the number back when the line is gone. */
  hold(lease: SsrcLease): SsrcLease {
    this.#leases.push(lease);
    return lease;
  }

  /** Waits for the device's INVITE; `onConsent` is called when its answer to the Broadcast comes first. */
  invited(onConsent: () => void): Promise<Invited> {
    return new Promise((resolve, reject) => {
      this.#onInvited = resolve;
      this.#onConsent = onConsent;
      this.#awaitFailure(reject);
    });
  }

  onInvite(invited: Invited): void {
    const onInvited = this.#onInvited;
    this.#settle();
    onInvited?.(invited);
  }

  onConsent(): void {
    this.#onConsent?.();
  }

  /** Waits for something that `fail` may end before. */
  orFailure<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#awaitFailure(reject);
      promise.then(
        (value) => {
          this.#settle();
          resolve(value);
        },
        (error: unknown) => {
          this.#settle();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  /** What is waited for does not come: the device refuses, is gone, or nobody wants it any more. */
  fail(failure: GbFailure): void {
    this.#failure ??= failure;
    const onFailure = this.#onFailure;
    this.#settle();
    onFailure?.(failure);
    void this.#dialog?.bye();
  }

  /** A new form is tried. */
  again(form: VoiceCall['form']): void {
    this.form = form;
    const reason = this.#failure?.reason;
    if (reason !== 'not-registered' && reason !== 'cancelled') this.#failure = undefined;
  }

  /** The dialog stands. */
  stand(dialog: Dialog): void {
    this.#dialog = dialog;
    dialog.onEnded((by) => {
      this.#end(by);
    });
  }

  /** It came to nothing. */
  drop(): void {
    if (this.#dialog === undefined) this.#gone();
    else void this.#dialog.bye();
  }

  async close(): Promise<void> {
    await this.#dialog?.bye();
  }

  onEnded(handler: (by: EndedBy) => void): void {
    if (this.#endedBy === undefined) this.#endHandlers.push(handler);
    else handler(this.#endedBy);
  }

  #awaitFailure(reject: (failure: GbFailure) => void): void {
    this.#onFailure = reject;
    if (this.#failure !== undefined) this.fail(this.#failure);
  }

  #settle(): void {
    this.#onInvited = undefined;
    this.#onConsent = undefined;
    this.#onFailure = undefined;
  }

  #end(by: EndedBy): void {
    if (this.#endedBy !== undefined) return;
    this.#endedBy = by;
    this.fail(new GbFailure('cancelled', 'the device hung up'));
    this.#gone();
    for (const handler of this.#endHandlers.splice(0)) handler(by);
  }

  #gone(): void {
    for (const lease of this.#leases.splice(0)) lease.release();
    this.#onGone(this);
  }
}
