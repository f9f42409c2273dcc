import { type Cancel, type Clock, CoreError, type Logger } from '../../kernel/index.ts';
import type { MediaPort, OpenRtpOrder, SourceLoss } from '../ports/media.ts';
import type {
  EstablishedCall,
  HistoryPeriod,
  InviteOrder,
  MediaTransport,
  PlaybackOrder,
  SignallingPort,
  SsrcReservation,
} from '../ports/signalling.ts';
import { refuse } from '../refuse.ts';
import type { CoreSettings } from '../settings.ts';
import type { Patience } from './media-ways.ts';
import {
  SESSION_MACHINE,
  type SessionAction,
  type SessionEvent,
  type SessionState,
} from './session-machine.ts';

/** What a session is to show. */
export interface SessionOrder {
  readonly sessionId: string;
  readonly deviceGbId: string;
  readonly channelGbId: string;
  readonly streamNumber: 0 | 1;
  readonly transport: MediaTransport;
  readonly patience: Patience;
  /** A recording instead of what the camera sees now. */
  readonly history?: HistoryPeriod | undefined;
  /** File that all of it is written to, too. */
  readonly recordTo?: string | undefined;
}

/** Who follows a session that shows a recording. */
export interface SessionListener {
  /** It can receive, and nothing was asked of the device yet: what has to hear the first packet is opened now. */
  onReceiving?(sessionId: string): Promise<void>;
  /** The device has sent all of the period, or hung up: {@link LiveSession.renew} goes on, or it is abandoned. */
  onPeriodOver(): void;
  /** Nothing is left of it. */
  onClosed(reason: CoreError | undefined): void;
}

interface Deps {
  readonly signalling: SignallingPort;
  readonly media: MediaPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: CoreSettings;
  readonly onClosed: (session: LiveSession) => void;
  readonly listener?: SessionListener | undefined;
}

const LOSS_CODES = {
  'no-rtp': 'MEDIA_NO_RTP',
  'no-track': 'MEDIA_NO_TRACK',
  'rtp-timeout': 'MEDIA_UNAVAILABLE',
  transport: 'MEDIA_UNAVAILABLE',
  storage: 'STORAGE_FAILED',
  closed: 'MEDIA_UNAVAILABLE',
} as const;

/** One stream of one camera, live or recorded, from the reserved SSRC to the BYE. Runs {@link SESSION_MACHINE}. */
export class LiveSession {
  readonly order: SessionOrder;
  /** Resolves when viewers get a picture; rejects with the CoreError that says why not. */
  readonly up: Promise<void>;
  /** Resolves when nothing is left of it: the call is over and the port is closed. */
  readonly closed: Promise<void>;
  readonly #deps: Deps;
  readonly #cancelling = new AbortController();
  #state: SessionState = 'opening';
  #ssrc: SsrcReservation | undefined;
  #inviting: Promise<void> | undefined;
  #call: EstablishedCall | undefined;
  #mediaIsUp = false;
  #renewing = false;
  #patience: Cancel | undefined;
  #reason: CoreError | undefined;
  #succeed: () => void = () => undefined;
  #fail: (reason: CoreError) => void = () => undefined;
  #tellClosed: () => void = () => undefined;

  constructor(order: SessionOrder, deps: Deps) {
    this.order = order;
    this.#deps = deps;
    this.up = new Promise<void>((resolve, reject) => {
      this.#succeed = resolve;
      this.#fail = reject;
    });
    this.closed = new Promise<void>((resolve) => {
      this.#tellClosed = resolve;
    });
    // Whoever opened the session may be gone by the time it fails.
    this.up.catch(() => undefined);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Begins; the outcome is told by {@link up}. */
  open(): void {
    void this.#open();
  }

  /** Bytes of a download as the device said them. */
  get fileSize(): number | undefined {
    return this.#call?.fileSize;
  }

  /** Refuses with MEDIA_UNAVAILABLE while no call stands, and with what the device refuses. */
  async control(order: PlaybackOrder): Promise<void> {
    if (this.#state !== 'playing' || this.#call === undefined) throw refuse('MEDIA_UNAVAILABLE');
    await this.#call.control(order);
  }

  /**
   * Goes on with another period for the same viewers: the call that stands is ended first, as many a device gives one
   * recording at a time. Rejects, and ends the session, when the device does not give it.
   */
  async renew(history: HistoryPeriod): Promise<void> {
    if (this.#state !== 'playing' || this.#renewing) throw refuse('MEDIA_UNAVAILABLE');
    this.#renewing = true;
    const renewal = this.#renew(history);
    this.#inviting = renewal.catch(() => undefined);
    try {
      await renewal;
    } catch (error) {
      this.#end('media-lost', asCoreError(error));
      throw asCoreError(error);
    } finally {
      this.#renewing = false;
    }
  }

  /** The media server shows a picture. */
  onMediaUp(): void {
    this.#mediaIsUp = true;
    this.#step('media-up');
  }

  onMediaLost(why: SourceLoss): void {
    this.#end('media-lost', refuse(LOSS_CODES[why], { why }));
  }

  /** Ends the session; the reason is told to viewers that still wait. */
  abandon(reason: CoreError): void {
    this.#end('abandon', reason);
  }

  async #renew(history: HistoryPeriod): Promise<void> {
    const { media, signalling } = this.#deps;
    const before = this.#call;
    this.#call = undefined;
    await before?.close();
    this.#ssrc?.release();
    this.#ssrc = signalling.reserveSsrc('history');
    const ssrc = this.#ssrc;
    const receiver = await media.reopenRtp(this.#rtpOrder(ssrc.value));
    const call = await signalling.invite(this.#inviteOrder(ssrc, receiver, history));
    // Whoever ended it meanwhile found no call to end.
    if (this.state !== 'playing') await call.close();
    else await this.#connect(call, ssrc);
  }

  async #open(): Promise<void> {
    const { signalling, media } = this.#deps;
    const { sessionId, history } = this.order;
    try {
      this.#ssrc = signalling.reserveSsrc(history === undefined ? 'live' : 'history');
      const receiver = await media.openRtp(this.#rtpOrder(this.#ssrc.value));
      await this.#deps.listener?.onReceiving?.(sessionId);
      if (this.#state === 'opening') this.#inviting = this.#invite(this.#ssrc, receiver);
      else await media.close(sessionId);
    } catch (error) {
      this.#end('port-refused', asCoreError(error));
    }
  }

  async #invite(
    ssrc: SsrcReservation,
    receiver: { readonly address: string; readonly port: number },
  ): Promise<void> {
    this.#step('port-opened');
    try {
      const { history, patience } = this.order;
      const order = this.#inviteOrder(ssrc, receiver, history, patience.answerMs);
      const call = await this.#deps.signalling.invite(order);
      if (this.#state === 'inviting') await this.#adopt(call, ssrc);
      else await call.close();
    } catch (error) {
      this.#end('refused', asCoreError(error));
    }
  }

  async #adopt(call: EstablishedCall, offered: SsrcReservation): Promise<void> {
    this.#step('answered');
    this.#waitForMedia();
    try {
      await this.#connect(call, offered);
    } catch (error) {
      this.#end('media-lost', asCoreError(error));
      return;
    }
    if (this.#mediaIsUp) this.#step('media-up');
  }

  /** Takes a call that was answered, and tells the media server what the answer said. */
  async #connect(call: EstablishedCall, offered: SsrcReservation): Promise<void> {
    const { media } = this.#deps;
    const { sessionId, transport } = this.order;
    this.#call = call;
    call.onEnded((by) => {
      if (this.#call === call) this.#onCallEnded(by);
    });
    call.onFileEnd(() => {
      if (this.#call === call) this.#onPeriodOver();
    });
    if (call.ssrc !== offered.value) await media.acceptSsrc(sessionId, call.ssrc);
    if (transport === 'tcp-active') {
      await media.connectRtp(sessionId, call.remoteMedia.address, call.remoteMedia.port);
    }
  }

  /** A recorder that hangs up while a recording plays has come to its end; one that is gone has not. */
  #onCallEnded(by: 'local' | 'remote' | 'error'): void {
    const isOver = this.#state === 'playing' && this.#deps.listener !== undefined && by !== 'error';
    if (isOver) this.#onPeriodOver();
    else this.#end('call-ended', refuse('MEDIA_UNAVAILABLE', { why: 'call ended' }));
  }

  #onPeriodOver(): void {
    if (this.#state === 'playing') this.#deps.listener?.onPeriodOver();
  }

  #rtpOrder(ssrc: number): OpenRtpOrder {
    const { settings } = this.#deps;
    const { sessionId, transport, history, recordTo } = this.order;
    return {
      ...{ sessionId, transport, ssrc },
      // A backstop: the wait that counts begins with the camera's answer.
      firstPacketTimeoutMs: settings.inviteTimeoutMs + 2 * settings.firstMediaTimeoutMs,
      silenceTimeoutMs: settings.silenceTimeoutMs,
      ...(history === undefined ? {} : { isHistory: true }),
      ...(recordTo === undefined ? {} : { recordTo }),
    };
  }

  #inviteOrder(
    ssrc: SsrcReservation,
    receiver: { readonly address: string; readonly port: number },
    history: HistoryPeriod | undefined,
    timeoutMs = this.#deps.settings.inviteTimeoutMs,
  ): InviteOrder {
    const { deviceGbId, channelGbId, streamNumber, transport } = this.order;
    return {
      ...{ deviceGbId, channelGbId, streamNumber, transport, ssrc, receiver },
      ...(history === undefined ? {} : { history }),
      timeoutMs,
      signal: this.#cancelling.signal,
    };
  }

  /** First for a packet, then, if one has come, for the rest of the time for a picture. */
  #waitForMedia(): void {
    const { firstPacketMs, firstPictureMs, untilMs } = this.order.patience;
    const leftMs = untilMs - this.#deps.clock.monotonicMs();
    const packetMs = Math.max(0, Math.min(firstPacketMs, leftMs));
    const restMs = Math.max(0, Math.min(firstPictureMs, leftMs) - packetMs);
    this.#patience = this.#deps.clock.after(packetMs, () => {
      void this.#look(restMs);
    });
  }

  /** No picture in time: packets that nobody can decode are another fault than silence. */
  async #look(restMs: number): Promise<void> {
    const stats = await this.#deps.media.stats().catch(() => []);
    const mine = stats.find(({ sessionId }) => sessionId === this.order.sessionId);
    if (this.#state !== 'awaiting-media') return;
    const hasCome = (mine?.packetsIn ?? 0) > 0;
    if (hasCome && restMs > 0)
      this.#patience = this.#deps.clock.after(restMs, () => {
        this.onMediaLost('no-track');
      });
    else this.onMediaLost(hasCome ? 'no-track' : 'no-rtp');
  }

  #end(event: SessionEvent, reason: CoreError): void {
    this.#reason ??= reason;
    this.#step(event);
  }

  #step(event: SessionEvent): void {
    const step = SESSION_MACHINE[this.#state][event];
    if (!step) return;
    this.#state = step.to;
    if (step.to !== 'awaiting-media') this.#patience?.();
    for (const action of step.actions) this.#act(action);
    if (step.to === 'closed') {
      this.#tellClosed();
      this.#deps.onClosed(this);
      this.#deps.listener?.onClosed(this.#reason);
    }
  }

  #act(action: SessionAction): void {
    switch (action) {
      case 'cancel-invite':
        this.#cancelling.abort();
        break;
      case 'succeed':
        this.#succeed();
        break;
      case 'fail':
        this.#fail(this.#reason ?? refuse('INTERNAL'));
        break;
      case 'release':
        void this.#release();
        break;
    }
  }

  async #release(): Promise<void> {
    const { media, logger } = this.#deps;
    // A renewal that is under way is taken back as well.
    this.#cancelling.abort();
    const results = await Promise.allSettled([this.#call?.close(), media.close(this.order.sessionId)]);
    for (const result of results) {
      if (result.status === 'rejected')
        logger.error({ err: result.reason as unknown }, 'a stream did not close in order');
    }
    // An INVITE that was taken back may still be answered: until then its SSRC is not given to another.
    void (this.#inviting ?? Promise.resolve()).finally(() => this.#ssrc?.release());
    this.#step('released');
  }
}

function asCoreError(error: unknown): CoreError {
  return error instanceof CoreError ? error : refuse('INTERNAL', {}, error);
}
