import { randomInt } from 'node:crypto';
import type { SipRequest } from 'sip-parser-lite';
import type { Archive } from '../archive/archive.ts';
import type { ArchiveSender } from '../media/archive-sender.ts';
import { loadClip } from '../media/clip.ts';
import { MediaSender } from '../media/media-sender.ts';
import { openSink, type PacketSink } from '../media/packet-sink.ts';
import type { Scheduler } from '../scheduler.ts';
import { type SipClient, token } from '../signalling/sip-client.ts';
import { Call } from './call.ts';
import type { DeviceEvent } from './events.ts';
import type { Fault } from './faults.ts';
import { mediaStatusBody } from './manscdp.ts';
import { type PlaybackOrder, playbackAnswer, readPlaybackOrder } from './mansrtsp.ts';
import type { ChannelProfile, DeviceProfile } from './profile.ts';
import { findPlayback, isForHistory, type Playback, playbackSender } from './recordings.ts';
import { answerBody, type Offer, readOffer } from './sdp.ts';

const MAX_CALLS = 64;
const HANG_UP_AFTER_MS = 2_000;
const SLOW_ANSWER_MS = 3_000;
/** Timer B of the platform is over by then (RFC 3261 §17.1.1.2). */
const FORGET_AFTER_MS = 32_000;
const SDP_TYPE = 'Content-Type: application/sdp';
const BUSY = [486, 'Busy Here'] as const;
const MANSRTSP_TYPE = 'Content-Type: Application/MANSRTSP';
const NOTHING_THERE = [404, 'Not Found'] as const;
const FAILED = [500, 'Server Internal Error'] as const;

interface Deps {
  readonly profile: DeviceProfile;
  readonly client: SipClient;
  readonly scheduler: Scheduler;
  readonly faults: ReadonlySet<Fault>;
  readonly sendsMedia: boolean;
  readonly mediaHost: string | undefined;
  /** What a channel shows in its picture now. */
  readonly display: (channel: ChannelProfile, at?: Date) => string;
  readonly archive: Archive;
  readonly report: (event: DeviceEvent) => void;
}

/** An INVITE without final answer. */
interface Pending {
  readonly request: SipRequest;
  cancelled: boolean;
}

/** The media sessions of one device: each INVITE of the platform sends one channel's clip. */
export class Calls {
  readonly #deps: Deps;
  readonly #calls = new Map<string, Call>();
  readonly #pending = new Map<string, Pending>();
  /** Packets of calls that are over. */
  #packetsOfPast = 0;
  #statusSn = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get active(): number {
    return this.#calls.size;
  }

  /** RTP packets sent since the device exists. */
  get packetsSent(): number {
    let packets = this.#packetsOfPast;
    for (const call of this.#calls.values()) packets += call.packetsSent;
    return packets;
  }

  async onInvite(request: SipRequest): Promise<void> {
    const callId = request.callId ?? '';
    const pending: Pending = { request, cancelled: false };
    const offer = readOffer(request.body);
    const channel = this.#deps.profile.channels.find((entry) => entry.gbId === request.to?.uri.user);
    const refusal = this.#refusalOf(callId, channel, offer);
    if (refusal || !channel || !offer) {
      this.#refuse(pending, offer, ...(refusal ?? FAILED));
      return;
    }
    this.#pending.set(callId, pending);
    if (this.#deps.faults.has('mute-invite')) {
      this.#deps.scheduler.after(FORGET_AFTER_MS, () => {
        if (this.#pending.get(callId) === pending) this.#pending.delete(callId);
      });
      return;
    }
    this.#deps.client.reply(request, { status: 100, reason: 'Trying' });
    await this.#answer(pending, channel, offer);
    // Whoever cancelled has forgotten it already.
    if (this.#pending.get(callId) === pending) this.#pending.delete(callId);
  }

  onAck(request: SipRequest): void {
    const call = this.#calls.get(request.callId ?? '');
    if (!call?.owns(request) || !call.acknowledge()) return;
    const { faults, sendsMedia, scheduler } = this.#deps;
    this.#deps.report({ event: 'ack', channel: call.channel, callId: call.callId });
    const isMute = faults.has('no-media') || (faults.has('udp-unsent') && !call.isTcp);
    if (sendsMedia && !isMute) call.play();
    if (!faults.has('hang-up')) return;
    call.hangingUp(
      scheduler.after(HANG_UP_AFTER_MS, () => {
        void this.#hangUp(call);
      }),
    );
  }

  /** §9.2: the INVITE gets 487 unless it was answered; a call that exists goes on. */
  onCancel(request: SipRequest): void {
    const callId = request.callId ?? '';
    const pending = this.#pending.get(callId);
    const known = pending !== undefined || this.#calls.has(callId);
    this.#deps.client.reply(
      request,
      known ? { status: 200, reason: 'OK' } : { status: 481, reason: 'Call/Transaction Does Not Exist' },
    );
    this.#deps.report({ event: 'cancel', channel: request.to?.uri.user ?? '', callId });
    if (!pending) return;
    pending.cancelled = true;
    this.#pending.delete(callId);
    this.#refuse(pending, readOffer(pending.request.body), 487, 'Request Terminated');
  }

  /** §9.8: pause, place and pace of a recording. */
  onInfo(request: SipRequest): void {
    const call = this.#calls.get(request.callId ?? '');
    const order = readPlaybackOrder(request.body);
    const recording = call?.owns(request) === true ? call.recording : undefined;
    if (call === undefined || recording === undefined || order === undefined) {
      const unknown = call?.owns(request) !== true;
      this.#deps.client.reply(request, {
        ...(unknown
          ? { status: 481, reason: 'Call/Transaction Does Not Exist' }
          : { status: 400, reason: 'Bad Request' }),
        toTag: token(),
      });
      return;
    }
    const refused = this.#dislikes(order);
    this.#deps.client.reply(
      request,
      refused
        ? { status: 400, reason: 'Bad Request' }
        : { status: 200, reason: 'OK', headers: [MANSRTSP_TYPE], body: playbackAnswer(order) },
    );
    if (!refused) obey(recording, order);
    const { channel, callId } = call;
    this.#deps.report({
      ...{ event: 'playback', channel, callId },
      order: textOf(order),
      status: refused ? 400 : 200,
    });
  }

  #dislikes({ scale, fromS }: PlaybackOrder): boolean {
    const { faults } = this.#deps;
    if (scale !== undefined && scale !== 1 && faults.has('one-pace')) return true;
    return scale === undefined && fromS !== undefined && faults.has('no-seek');
  }

  onBye(request: SipRequest): void {
    const call = this.#calls.get(request.callId ?? '');
    if (!call?.owns(request)) {
      this.#deps.client.reply(request, { status: 481, reason: 'Call/Transaction Does Not Exist' });
      return;
    }
    this.#deps.client.reply(request, { status: 200, reason: 'OK' });
    this.#end(call, 'platform');
  }

  /** Says BYE to the platform for every call. */
  async hangUpAll(): Promise<void> {
    this.#abandonPending();
    await Promise.all([...this.#calls.values()].map((call) => this.#hangUp(call)));
  }

  /** Ends every call without a word. */
  close(): void {
    this.#abandonPending();
    for (const call of [...this.#calls.values()]) this.#end(call, 'device');
  }

  #abandonPending(): void {
    for (const pending of this.#pending.values()) pending.cancelled = true;
    this.#pending.clear();
  }

  #refusalOf(
    callId: string,
    channel: ChannelProfile | undefined,
    offer: Offer | undefined,
  ): readonly [status: number, reason: string] | undefined {
    if (!channel) return [404, 'Not Found'];
    // A call is not changed while it runs: neither is a second INVITE of the same call taken.
    if (!offer || this.#calls.has(callId)) return [488, 'Not Acceptable Here'];
    if (isForHistory(offer) && findPlayback(this.#deps.archive, channel, offer) === undefined)
      return NOTHING_THERE;
    const full = this.#calls.size + this.#pending.size >= MAX_CALLS || this.#pending.has(callId);
    return this.#deps.faults.has('busy') || full || this.#isTaken(channel, offer) ? BUSY : undefined;
  }

  #isTaken({ gbId }: ChannelProfile, offer: Offer): boolean {
    if (!this.#deps.faults.has('one-playback') || !isForHistory(offer)) return false;
    return [...this.#calls.values()].some(
      ({ channel, recording }) => channel === gbId && recording !== undefined,
    );
  }

  async #answer(pending: Pending, channel: ChannelProfile, offer: Offer): Promise<void> {
    const { faults, scheduler, mediaHost } = this.#deps;
    if (faults.has('slow-answer')) {
      await new Promise<void>((resolve) => {
        scheduler.after(SLOW_ANSWER_MS, resolve);
      });
    }
    if (isCancelled(pending)) return;
    let sink: PacketSink;
    try {
      sink = await openSink(mediaHost === undefined ? offer : { ...offer, address: mediaHost });
    } catch {
      if (!isCancelled(pending)) this.#refuse(pending, offer, ...FAILED);
      return;
    }
    if (isCancelled(pending)) sink.close();
    else this.#accept(pending.request, channel, offer, sink);
  }

  #accept(request: SipRequest, channel: ChannelProfile, offer: Offer, sink: PacketSink): void {
    const { client, profile, display, archive } = this.#deps;
    const ssrc = this.#ssrcOf(offer);
    const playback = isForHistory(offer) ? findPlayback(archive, channel, offer) : undefined;
    const value = Number(ssrc) >>> 0;
    const sender =
      playback === undefined
        ? new MediaSender(loadClip(channel.clip), sink, value, () => display(channel))
        : this.#recordingSender(request, channel, { offer, sink, playback, ssrc: value });
    const call = new Call({ channel: channel.gbId, isTcp: offer.tcp, invite: request, client, sender });
    this.#calls.set(call.callId, call);
    const bytes = client.reply(request, {
      status: 200,
      reason: 'OK',
      toTag: call.localTag,
      headers: [`Contact: ${client.contact}`, SDP_TYPE],
      body: answerBody({
        deviceId: profile.gbId,
        address: client.localAddress,
        port: sink.localPort,
        offer,
        ssrc,
        fileSize: offer.session === 'Download' ? playback?.fileSize : undefined,
      }),
    });
    call.repeating(
      client.repeatUntilStopped(bytes, () => {
        // §13.3.1.4: nobody acknowledged the answer.
        void this.#hangUp(call);
      }),
    );
    this.#reportInvite(request, offer, 200);
  }

  #recordingSender(
    request: SipRequest,
    channel: ChannelProfile,
    parts: {
      readonly offer: Offer;
      readonly sink: PacketSink;
      readonly playback: Playback;
      readonly ssrc: number;
    },
  ): ArchiveSender {
    return playbackSender({
      ...parts,
      channel,
      display: (atMs) => this.#deps.display(channel, new Date(atMs)),
      onEnd: () => {
        const call = this.#calls.get(request.callId ?? '');
        if (call) void this.#onFileEnd(call);
      },
    });
  }

  async #onFileEnd(call: Call): Promise<void> {
    const { faults, report } = this.#deps;
    const { channel, callId } = call;
    report({ event: 'file-end', channel, callId });
    if (faults.has('bye-at-end')) await this.#hangUp(call);
    else if (!faults.has('no-media-status')) {
      this.#statusSn += 1;
      await call.tell(mediaStatusBody(channel, this.#statusSn));
    }
  }

  #ssrcOf({ ssrc }: Offer): string {
    const offered = ssrc === undefined ? randomInt(1, 2 ** 31) : Number(ssrc);
    const own = this.#deps.faults.has('other-ssrc') ? offered + 1 : offered;
    return String(own % 2 ** 32).padStart(10, '0');
  }

  async #hangUp(call: Call): Promise<void> {
    if (this.#calls.get(call.callId) !== call) return;
    this.#end(call, 'device');
    await call.sayBye();
  }

  #end(call: Call, by: 'platform' | 'device'): void {
    this.#calls.delete(call.callId);
    call.end();
    const { channel, callId, packetsSent } = call;
    this.#packetsOfPast += packetsSent;
    this.#deps.report({ event: 'bye', channel, callId, by, packetsSent });
  }

  #refuse({ request }: Pending, offer: Offer | undefined, status: number, reason: string): void {
    this.#deps.client.reply(request, { status, reason, toTag: token() });
    this.#reportInvite(request, offer, status);
  }

  #reportInvite(request: SipRequest, offer: Offer | undefined, status: number): void {
    this.#deps.report({
      event: 'invite',
      channel: request.to?.uri.user ?? '',
      callId: request.callId ?? '',
      transport: offer?.tcp ? `tcp-${offer.setup ?? 'passive'}` : 'udp',
      stream: offer?.stream ?? 'main',
      status,
    });
  }
}

/** Asked anew after each wait. */
function isCancelled(pending: Pending): boolean {
  return pending.cancelled;
}

function obey(recording: ArchiveSender, { method, scale, fromS }: PlaybackOrder): void {
  if (method !== 'PLAY') {
    recording.pause();
    return;
  }
  if (scale !== undefined) recording.setScale(scale);
  // Backwards a range names where it begins, which is where it is.
  if (fromS !== undefined && (scale ?? 1) > 0) recording.seek(fromS);
  recording.resume();
}

function textOf({ method, scale, fromS }: PlaybackOrder): string {
  const pace = scale === undefined ? '' : ` ${String(scale)}x`;
  return `${method}${pace}${fromS === undefined ? '' : ` from ${String(fromS)}`}`;
}
