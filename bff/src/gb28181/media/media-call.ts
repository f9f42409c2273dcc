import type { AnsweredInvite, Dialog, InviteAttempt } from '../../sip/index.ts';
import { GbFailure, type MediaDialog, type SsrcLease } from '../types.ts';
import type { PlaybackCommand } from './mansrtsp.ts';
import { type MediaDialogInput, type MediaDialogState, mediaDialogStep } from './media-dialog-fsm.ts';
import type { PlayAnswer } from './play-answer.ts';
import { PlaybackControl } from './playback-control.ts';

/** Who ended a media session. */
export type EndedBy = 'local' | 'remote' | 'error';

type EndHandler = (by: EndedBy) => void;

interface CallOptions {
  readonly deviceGbId: string;
  readonly channelGbId: string;
  readonly ssrc: SsrcLease;
  /** It shows a recording: that all was sent does not end it. */
  readonly isHistory: boolean;
  /** What became of a command of a playback. */
  readonly onControlled: (command: PlaybackCommand, outcome: 'supported' | GbFailure) => void;
  /** Time for the answer to an INFO, ms. */
  readonly controlTimeoutMs: number;
  readonly attempt: InviteAttempt;
  /** The session ended for its user, though its BYE may still be on the way. */
  readonly onEnded: (call: MediaCall, by: EndedBy) => void;
  /** Nothing is left of the session. */
  readonly onGone: (call: MediaCall) => void;
}

/** Runs one media session by the table of media-dialog-fsm.ts. */
export class MediaCall implements MediaDialog {
  readonly callId: string;
  readonly deviceGbId: string;
  readonly channelGbId: string;
  readonly #options: CallOptions;
  #state: MediaDialogState = 'inviting';
  #answer: PlayAnswer | undefined;
  #answered: AnsweredInvite | undefined;
  #bye: Promise<void> | undefined;
  #endedBy: EndedBy | undefined;
  #endHandlers: EndHandler[] = [];
  #fileEndHandlers: (() => void)[] = [];
  #fileEnded = false;
  #control: PlaybackControl | undefined;

  constructor(options: CallOptions) {
    this.#options = options;
    this.callId = options.attempt.callId;
    this.deviceGbId = options.deviceGbId;
    this.channelGbId = options.channelGbId;
  }

  get isHistory(): boolean {
    return this.#options.isHistory;
  }

  get state(): MediaDialogState {
    return this.#state;
  }

  get ssrc(): number {
    return this.#answer?.ssrc ?? this.#options.ssrc.value;
  }

  get remoteMedia(): { readonly address: string; readonly port: number } {
    return { address: this.#answer?.address ?? '', port: this.#answer?.port ?? 0 };
  }

  /** The dialog that the device opened by its 2xx. */
  get dialog(): Dialog | undefined {
    return this.#answered?.dialog;
  }

  /** Takes the 2xx; with `answer` undefined it is acknowledged and ended at once. */
  accept(answered: AnsweredInvite, answer: PlayAnswer | undefined): void {
    this.#answered = answered;
    this.#answer = answer;
    this.#control = new PlaybackControl(answered.dialog, this.#options.controlTimeoutMs);
    answered.dialog.onEnded((by) => {
      this.#end(by);
      this.#step('dialog-ended');
    });
    this.#step(answer === undefined ? 'answered-unusably' : 'answered');
  }

  fail(): void {
    this.#step('failed');
  }

  /** Withdraws the INVITE. */
  abandon(): void {
    this.#step('abandoned');
  }

  get fileSize(): number | undefined {
    return this.#answer?.fileSize;
  }

  async control(command: PlaybackCommand): Promise<void> {
    if (this.#state !== 'established' || this.#control === undefined)
      throw new GbFailure('cancelled', 'the media session is over');
    try {
      await this.#control.send(command);
      this.#options.onControlled(command, 'supported');
    } catch (error) {
      if (error instanceof GbFailure) this.#options.onControlled(command, error);
      throw error;
    }
  }

  onFileEnd(handler: () => void): void {
    if (this.#fileEnded) handler();
    else this.#fileEndHandlers.push(handler);
  }

  /** MediaStatus 121: live media is over; of a recording all was sent, and its user says when it has come. */
  mediaOver(): void {
    if (this.isHistory && this.#state === 'established') {
      this.#fileEnded = true;
      for (const handler of this.#fileEndHandlers.splice(0)) handler();
      return;
    }
    if (this.#step('media-over')) this.#end('remote');
  }

  deviceLost(): void {
    if (this.#step('device-lost')) this.#end('error');
  }

  async close(): Promise<void> {
    if (this.#step('closed')) this.#end('local');
    await this.#bye;
  }

  onEnded(handler: EndHandler): void {
    if (this.#endedBy === undefined) this.#endHandlers.push(handler);
    else handler(this.#endedBy);
  }

  #step(input: MediaDialogInput): boolean {
    const step = mediaDialogStep(this.#state, input);
    if (step === undefined) return false;
    this.#state = step.next;
    for (const action of step.actions) {
      switch (action) {
        case 'ack':
          this.#answered?.acknowledge();
          break;
        case 'bye':
          this.#bye = this.#sayBye();
          break;
        case 'cancel':
          this.#options.attempt.cancel();
          break;
      }
    }
    if (step.next === 'ended') this.#options.onGone(this);
    return true;
  }

  async #sayBye(): Promise<void> {
    await this.#answered?.dialog.bye();
    this.#step('dialog-ended');
  }

  #end(by: EndedBy): void {
    if (this.#endedBy !== undefined || this.#answer === undefined) return;
    this.#endedBy = by;
    this.#options.onEnded(this, by);
    const handlers = this.#endHandlers;
    this.#endHandlers = [];
    for (const handler of handlers) handler(by);
  }
}
