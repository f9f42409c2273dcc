import { type InviteAttempt, InviteCancelled, RejectedResponse } from '../../sip/index.ts';
import type { Capability, PlatformFloor } from '../capability.ts';
import { deviceUri, failureOf, failureOfStatus } from '../commands/command-sender.ts';
import type { InboundMessage } from '../inbound/inbound-routes.ts';
import { learning } from '../learned.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import { GbFailure, type MediaDialog, type PlayOrder } from '../types.ts';
import { MediaCall } from './media-call.ts';
import { readPlayAnswer } from './play-answer.ts';
import { type OfferTraits, playOffer, subjectOf } from './play-offer.ts';

/** Answers to an offer that another offer may not get: bad request, media type, not acceptable (RFC 3261 §21.4, §21.6). */
const DISLIKED: ReadonlySet<number> = new Set([400, 415, 488, 606]);

/** Under which names it is learnt what a device gives. */
const COMMAND_OF = { live: 'INVITE.Play', playback: 'INVITE.Playback', download: 'INVITE.Download' } as const;

/** RFC 3261 §21.4.24. */
const BUSY_HERE = 486;
const BUSY_PAUSE_MS = 2_000;

/** MediaStatus: the device has sent everything (GB/T 28181-2016 annex A.2.5 e). */
const MEDIA_OVER = '121';

/** The media sessions of all devices, from INVITE to the end of their BYE. */
export class MediaCalls implements Capability {
  readonly #deps: PlatformFloor;
  readonly #calls = new Map<string, MediaCall>();
  /** Sessions by device, for the limit and for what happens to a device. */
  readonly #byDevice = new Map<string, Set<MediaCall>>();

  constructor(floor: PlatformFloor) {
    this.#deps = floor;
    floor.inbound.on('Notify', 'MediaStatus', (message) => {
      this.#onMediaStatus(message);
    });
    // Vendor: it comes as a NOTIFY of no subscription as well.
    floor.inbound.letNotifyIn(({ document }) => document.cmdType === 'MediaStatus');
  }

  get size(): number {
    return this.#calls.size;
  }

  /** The session of a Call-ID. */
  find(callId: string | undefined): MediaCall | undefined {
    return callId === undefined ? undefined : this.#calls.get(callId);
  }

  /** Asks a device for live media or for a recording; rejects with a GbFailure that says at which stage it failed. */
  async play(order: PlayOrder): Promise<MediaDialog> {
    const entry = this.#deps.entryOf(order.deviceGbId);
    const command = {
      gbId: entry.gbId,
      command: COMMAND_OF[order.history?.session ?? 'live'],
      targetGbId: order.channelGbId,
    };
    try {
      const call = await learning(this.#deps, command, this.#play(entry, order));
      this.#deps.metrics.inviteResults.of('ok').value += 1;
      return call;
    } catch (error) {
      const failure = failureOf(error);
      this.#deps.metrics.inviteResults.of(failure.reason).value += 1;
      const { reason, status, message } = failure;
      this.#deps.logger.info(
        { deviceId: entry.gbId, channelId: order.channelGbId, reason, status, cause: message },
        'device does not play',
      );
      throw failure;
    }
  }

  /** A device registered over another flow: its old one, e.g. a mapping of its NAT, may lead nowhere by now. */
  onOnline({ gbId, flow }: DeviceEntry, how: 'registered' | 'refreshed' | 'moved'): void {
    if (how !== 'moved') return;
    for (const call of this.#byDevice.get(gbId) ?? []) call.dialog?.moveTo(flow);
  }

  /** Ends what a device that is gone had open. */
  abandon(gbId: string): void {
    for (const call of [...(this.#byDevice.get(gbId) ?? [])]) call.deviceLost();
  }

  /** Says BYE to all, and waits for it. */
  async close(): Promise<void> {
    const calls = [...this.#calls.values()];
    for (const call of calls) call.abandon();
    await Promise.all(calls.map((call) => call.close()));
  }

  /** Vendor: a device that is busy may have missed our last BYE; it is asked once more a little later (Q17). */
  async #play(entry: DeviceEntry, order: PlayOrder): Promise<MediaCall> {
    try {
      return await this.#offer(entry, order);
    } catch (error) {
      const isBusy = error instanceof GbFailure && error.status === BUSY_HERE;
      if (!isBusy || order.signal?.aborted === true) throw error;
    }
    await this.#pause(BUSY_PAUSE_MS, order.signal);
    return await this.#offer(this.#deps.entryOf(order.deviceGbId), order);
  }

  async #offer(entry: DeviceEntry, order: PlayOrder): Promise<MediaCall> {
    const { offer } = entry.profile;
    if (offer !== 'auto') return await this.#attempt(entry, order, offer);
    try {
      return await this.#attempt(entry, order, entry.plainOffer ? 'plain' : 'normal');
    } catch (error) {
      const isDisliked = error instanceof GbFailure && DISLIKED.has(error.status ?? 0);
      if (!isDisliked || entry.plainOffer || order.signal?.aborted === true) throw error;
    }
    // Vendor: some refuse payload types or lines that they do not know instead of leaving them out of the answer (Q21).
    const call = await this.#attempt(entry, order, 'plain');
    entry.plainOffer = true;
    return call;
  }

  /** Ends early when nobody waits any more. */
  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#deps.clock.after(ms, end);
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  async #attempt(entry: DeviceEntry, order: PlayOrder, form: OfferTraits['form']): Promise<MediaCall> {
    const { limits, sip, platformId, domain } = this.#deps;
    if (order.signal?.aborted === true) throw cancelled();
    if (this.#calls.size >= limits.maxDialogs) throw new GbFailure('exhausted', 'too many media sessions');
    if ((this.#byDevice.get(entry.gbId)?.size ?? 0) >= limits.maxDialogsPerDevice)
      throw new GbFailure('exhausted', 'too many media sessions of this device');
    const attempt = sip.invite({
      method: 'INVITE',
      requestUri: deviceUri(order.channelGbId, entry.flow),
      from: `sip:${platformId}@${domain}`,
      to: `sip:${order.channelGbId}@${domain}`,
      flow: entry.flow,
      headers: [{ name: 'Subject', value: subjectOf(order, platformId) }],
      body: playOffer(order, { gbVersion: entry.gbVersion, form, subStream: entry.profile.subStream }),
      contentType: 'application/sdp',
      timeoutMs: order.timeoutMs,
    });
    const call = this.#add(entry.gbId, order, attempt);
    const onAbort = (): void => {
      call.abandon();
      void call.close();
    };
    order.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#established(call, attempt, order, entry);
    } finally {
      order.signal?.removeEventListener('abort', onAbort);
    }
  }

  async #established(
    call: MediaCall,
    attempt: InviteAttempt,
    order: PlayOrder,
    entry: DeviceEntry,
  ): Promise<MediaCall> {
    let answered;
    try {
      answered = await attempt.answered;
    } catch (error) {
      const isLost = call.state === 'ended';
      call.fail();
      if (error instanceof RejectedResponse) throw failureOfStatus(error.status, error.reason);
      if (!(error instanceof InviteCancelled)) throw error;
      throw isLost && order.signal?.aborted !== true
        ? new GbFailure('not-registered', 'the device went offline')
        : cancelled(error);
    }
    answered.dialog.moveTo(entry.flow);
    const read = readPlayAnswer(answered.response.body, order, entry.profile.ssrc);
    call.accept(answered, read.ok ? read.answer : undefined);
    if (!read.ok)
      throw new GbFailure('bad-answer', `the answer cannot be used: ${read.why}`, answered.response.status);
    // Between the 200 and now somebody may have left, or the device may have gone.
    if (order.signal?.aborted === true) {
      void call.close();
      throw cancelled();
    }
    return call;
  }

  #add(gbId: string, order: PlayOrder, attempt: InviteAttempt): MediaCall {
    const { metrics, logger } = this.#deps;
    const call = new MediaCall({
      deviceGbId: gbId,
      channelGbId: order.channelGbId,
      ssrc: order.ssrc,
      isHistory: order.history !== undefined,
      onControlled: ({ do: what }, outcome) => {
        this.#deps.learn({ gbId, command: `MANSRTSP.${what}`, targetGbId: order.channelGbId }, outcome);
      },
      controlTimeoutMs: this.#deps.limits.messageTimeoutMs,
      attempt,
      onEnded: ({ callId, channelGbId }, by) => {
        metrics.dialogEnds.of(by).value += 1;
        logger.info({ deviceId: gbId, channelId: channelGbId, callId, by }, 'media session ends');
      },
      onGone: (gone) => {
        this.#remove(gone);
      },
    });
    this.#calls.set(call.callId, call);
    const ofDevice = this.#byDevice.get(gbId) ?? new Set();
    this.#byDevice.set(gbId, ofDevice.add(call));
    return call;
  }

  /** Matched by its dialog, by a bare Call-ID, or by the channel: devices differ. */
  #onMediaStatus({ sender, document, incoming }: InboundMessage): void {
    if (document.element.textOf('NotifyType') !== MEDIA_OVER) return;
    const byCallId = this.find(incoming.request.callId);
    const ofDevice = [...(this.#byDevice.get(sender.gbId) ?? [])];
    const matches = byCallId === undefined ? ofChannel(ofDevice, document.deviceId) : [byCallId];
    for (const call of matches) if (call.deviceGbId === sender.gbId) call.mediaOver();
  }

  #remove(call: MediaCall): void {
    this.#calls.delete(call.callId);
    const ofDevice = this.#byDevice.get(call.deviceGbId);
    ofDevice?.delete(call);
    if (ofDevice?.size === 0) this.#byDevice.delete(call.deviceGbId);
  }
}

/** Without a Call-ID that says more, what ends is a recording, which has an end, rather than what is live. */
function ofChannel(calls: readonly MediaCall[], channelGbId: string | undefined): readonly MediaCall[] {
  const all = calls.filter((call) => call.channelGbId === channelGbId);
  const history = all.filter(({ isHistory }) => isHistory);
  return history.length > 0 ? history : all;
}

function cancelled(cause?: unknown): GbFailure {
  return new GbFailure('cancelled', 'nobody waits for it any more', undefined, cause);
}
