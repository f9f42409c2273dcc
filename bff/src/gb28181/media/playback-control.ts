import type { Dialog } from '../../sip/index.ts';
import { failureOf, failureOfStatus } from '../commands/command-sender.ts';
import { GbFailure } from '../types.ts';
import { MANSRTSP_TYPE, mansrtspBody, type PlaybackCommand, readMansrtspAnswer } from './mansrtsp.ts';

/** Commands that may wait while one is under way; more are refused. */
const MAX_WAITING = 8;
const BAD_REQUEST = 400;

/**
 * The commands of one playback, one after another: an INFO each, with a count of its own in the body (GB/T 28181-2016
 * §9.8, annex B).
 */
export class PlaybackControl {
  readonly #dialog: Dialog;
  readonly #timeoutMs: number;
  #sequence = 0;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  /** Devices that want the start line of the 2016 sample have said so. */
  #version = 'RTSP/1.0';

  constructor(dialog: Dialog, timeoutMs: number) {
    this.#dialog = dialog;
    this.#timeoutMs = timeoutMs;
  }

  /** Resolves when the device has consented; rejects with GbFailure. */
  async send(command: PlaybackCommand): Promise<void> {
    if (this.#waiting >= MAX_WAITING) throw new GbFailure('busy', 'too many commands wait for this playback');
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#send(command));
    this.#last = turn.catch(() => undefined);
    try {
      await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #send(command: PlaybackCommand): Promise<void> {
    try {
      await this.#ask(command);
    } catch (error) {
      const isDisliked = error instanceof GbFailure && error.status === BAD_REQUEST;
      if (!isDisliked || this.#version !== 'RTSP/1.0') throw error;
      this.#version = 'MANSRTSP/1.0';
      await this.#ask(command).catch((again: unknown) => {
        this.#version = 'RTSP/1.0';
        throw again;
      });
    }
  }

  async #ask(command: PlaybackCommand): Promise<void> {
    this.#sequence += 1;
    let response;
    try {
      response = await this.#dialog.request('INFO', {
        contentType: MANSRTSP_TYPE,
        body: mansrtspBody(command, this.#sequence, this.#version),
        timeoutMs: this.#timeoutMs,
      });
    } catch (error) {
      throw failureOf(error);
    }
    if (response.status >= 300) throw failureOfStatus(response.status, response.reason);
    const { status } = readMansrtspAnswer(response.body);
    if (status >= 300) throw failureOfStatus(status, 'in the body of its 200');
  }
}
