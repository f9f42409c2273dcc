import type { Counter, CounterFamily } from '../../kernel/index.ts';
import { type Flow, type IncomingRequest, InviteCancelled, RejectedResponse } from '../../sip/index.ts';
import type { Capability, PlatformFloor } from '../capability.ts';
import { deviceUri, failureOf, failureOfStatus } from '../commands/command-sender.ts';
import type { InboundMessage } from '../inbound/inbound-routes.ts';
import { broadcastBody, isBroadcastConsent } from '../manscdp/broadcast.ts';
import { liveStreamOf } from '../media/play-offer.ts';
import type { DeviceEntry } from '../registrar/device-entry.ts';
import { GbFailure, type MediaTransport, type SsrcLease } from '../types.ts';
import { DeviceLine } from './device-line.ts';
import type { GbVoice, VoiceCall, VoiceOrder } from './types.ts';
import { voiceSdp } from './voice-answer.ts';
import { readVoiceDescription } from './voice-offer.ts';

const SDP_TYPE = 'application/sdp';
const PCMA = 8;
/** Number of a talk among the live streams of a channel: none of those that show its picture. */
const TALK_STREAM = 2;
/** Devices behind a NAT can only dial; datagrams are for those that cannot. */
const TALK_TRANSPORTS: readonly MediaTransport[] = ['tcp-passive', 'udp'];
/** Answers to an offer that another offer may not get (RFC 3261 §21.4, §21.6). */
const DISLIKED: ReadonlySet<number> = new Set([400, 415, 488, 606]);

interface Deps {
  /** The device that speaks over a flow, by the ID with which it signs; undefined for a stranger. */
  readonly deviceAt: (flow: Flow, gbId: string | undefined) => DeviceEntry | undefined;
  readonly reserveSsrc: () => SsrcLease;
}

/** Voices to devices: one at a time for each (GB/T 28181-2016 §9.12). */
export class VoiceCalls implements Capability, GbVoice {
  readonly #floor: PlatformFloor;
  readonly #deps: Deps;
  readonly #lines = new Map<string, DeviceLine>();
  readonly #results: CounterFamily;
  readonly #refused: CounterFamily;
  readonly #late: Counter;

  constructor(floor: PlatformFloor, deps: Deps) {
    this.#floor = floor;
    this.#deps = deps;
    const { instruments } = floor;
    this.#results = instruments.family('yimu_voice_calls', 'voices to devices, by result', 'result');
    this.#refused = instruments.family(
      'yimu_voice_invites_refused',
      'INVITEs of devices that were refused, by why',
      'why',
    );
    this.#late = instruments.counter(
      'yimu_voice_answers_unasked',
      'answers to a Broadcast that nobody waits for',
    );
    instruments.gauge(
      'yimu_voice_lines',
      'devices that are talked to, or called for it',
      () => this.#lines.size,
    );
    floor.inbound.on('Response', 'Broadcast', (message) => {
      this.#onAnswer(message);
    });
  }

  get waiting(): number {
    return [...this.#lines.values()].filter(({ dialog }) => dialog === undefined).length;
  }

  /** The device in whose talk a request came. */
  deviceOf(callId: string): string | undefined {
    for (const { deviceGbId, dialog } of this.#lines.values())
      if (dialog?.callId === callId) return deviceGbId;
    return undefined;
  }

  async call(order: VoiceOrder): Promise<VoiceCall> {
    const entry = this.#floor.entryOf(order.deviceGbId);
    if (this.#lines.has(entry.gbId)) {
      this.#results.of('busy').value += 1;
      throw new GbFailure('busy', 'the device is being talked to');
    }
    if (this.#lines.size >= this.#floor.limits.maxDialogs) throw new GbFailure('exhausted', 'too many talks');
    const line = new DeviceLine(entry.gbId, () => {
      if (this.#lines.get(entry.gbId) === line) this.#lines.delete(entry.gbId);
    });
    this.#lines.set(entry.gbId, line);
    const onAbort = (): void => {
      line.fail(new GbFailure('cancelled', 'nobody waits for it any more'));
    };
    order.signal?.addEventListener('abort', onAbort, { once: true });
    if (order.signal?.aborted === true) onAbort();
    try {
      await this.#reach(entry, order, line);
      this.#results.of('ok').value += 1;
      return line;
    } catch (error) {
      line.drop();
      this.#results.of(error instanceof GbFailure ? error.reason : 'failed').value += 1;
      this.#floor.logger.info(
        { deviceId: entry.gbId, targetId: order.targetGbId, form: line.form, err: error },
        'device does not listen',
      );
      throw error;
    } finally {
      order.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Takes the INVITE of a device that fetches our voice, or refuses it. */
  onInvite(incoming: IncomingRequest): void {
    const { flow, request } = incoming;
    const sender = this.#deps.deviceAt(flow, request.from?.uri.user);
    if (sender === undefined) {
      this.#refuse(incoming, 403, 'stranger');
      return;
    }
    // The target is told in Subject, From or nowhere, as devices please (GB/T 28181-2016 annex K): with one talk for
    // each device, the device alone says which is meant.
    const line = this.#lines.get(sender.gbId);
    if (line === undefined) this.#refuse(incoming, 403, 'unasked');
    else if (!line.awaitsInvite) this.#refuse(incoming, 486, 'busy');
    else {
      const read = readVoiceDescription(request.body);
      if (read.ok) {
        incoming.reply(100);
        line.onInvite({ incoming, offer: read.description });
        return;
      }
      this.#refuse(incoming, 488, 'description');
      line.fail(new GbFailure('bad-answer', `the device cannot be talked to: ${read.why}`));
    }
  }

  onOnline({ gbId, flow }: DeviceEntry, how: 'registered' | 'refreshed' | 'moved'): void {
    if (how === 'moved') this.#lines.get(gbId)?.dialog?.moveTo(flow);
  }

  abandon(gbId: string): void {
    this.#lines.get(gbId)?.fail(new GbFailure('not-registered', 'the device went offline'));
  }

  /** Says BYE to all, and waits for it. */
  async close(): Promise<void> {
    const lines = [...this.#lines.values()];
    for (const line of lines) line.fail(new GbFailure('cancelled', 'the platform stops'));
    await Promise.all(lines.map((line) => line.close()));
  }

  #refuse(incoming: IncomingRequest, status: number, why: string): void {
    this.#refused.of(why).value += 1;
    incoming.refuse(status);
  }

  async #reach(entry: DeviceEntry, order: VoiceOrder, line: DeviceLine): Promise<void> {
    const { talk } = entry.profile;
    if (talk !== 'talk') {
      line.again('broadcast');
      try {
        await this.#broadcast(entry, order, line);
        return;
      } catch (error) {
        if (talk === 'broadcast' || !isOtherFormWorthIt(error) || line.dialog !== undefined) throw error;
      }
    }
    line.again('talk');
    await this.#talk(entry, order, line);
  }

  /** The standard's form: the device is told to fetch the voice, and invites us. */
  async #broadcast(entry: DeviceEntry, order: VoiceOrder, line: DeviceLine): Promise<void> {
    const { clock, sender, limits, platformId } = this.#floor;
    const command = { gbId: entry.gbId, command: 'Broadcast', targetGbId: order.targetGbId };
    const giveUp = (): void => {
      line.fail(new GbFailure('timeout', 'the device did not fetch the voice'));
    };
    let patience = clock.after(limits.answerTimeoutMs + limits.messageTimeoutMs, giveUp);
    const sn = sender.nextSn();
    line.sn = sn;
    try {
      const invited = line.invited(() => {
        patience();
        patience = clock.after(limits.answerTimeoutMs, giveUp);
      });
      const body = broadcastBody({
        sn,
        sourceId: platformId,
        targetId: order.targetGbId,
        gbVersion: entry.gbVersion,
      });
      sender.send(entry, { targetGbId: order.targetGbId, body }).catch((error: unknown) => {
        // Vendor: some invite at once, and answer the MESSAGE late or never.
        if (line.awaitsInvite && line.sn === sn) line.fail(failureOf(error));
      });
      await this.#accept(entry, order, line, await invited);
      this.#floor.learn(command, 'supported');
    } catch (error) {
      if (error instanceof GbFailure) this.#floor.learn(command, error);
      throw error;
    } finally {
      line.sn = undefined;
      patience();
    }
  }

  async #accept(
    entry: DeviceEntry,
    order: VoiceOrder,
    line: DeviceLine,
    { incoming, offer }: Parameters<DeviceLine['onInvite']>[0],
  ): Promise<void> {
    const lease = offer.ssrc === undefined ? line.hold(this.#deps.reserveSsrc()) : undefined;
    let local;
    try {
      local = await line.orFailure(
        order.bind({
          transport: offer.transport,
          remote: offer.remote,
          trustedAddress: entry.flow.remoteAddress,
          codec: offer.codec,
          payloadType: offer.payloadType,
          ssrc: offer.ssrc ?? lease?.value ?? 0,
        }),
      );
    } catch (error) {
      incoming.reply(error instanceof GbFailure ? 487 : 500);
      throw error;
    }
    const body = voiceSdp({
      ...{ ownGbId: this.#floor.platformId, sessionName: offer.sessionName ?? 'Play', direction: 'sendonly' },
      ...{ local, transport: offer.transport, codec: offer.codec, payloadType: offer.payloadType },
      y: offer.y ?? lease?.text ?? '0000000000',
    });
    incoming.reply(200, { headers: [{ name: 'Content-Type', value: SDP_TYPE }], body });
    const { dialog } = incoming;
    if (dialog === undefined) throw new GbFailure('cancelled', 'the device took its INVITE back');
    line.stand(dialog);
    // Without an ACK the dialog ends by itself, and so does this.
    await line.orFailure(
      new Promise<void>((resolve) => {
        dialog.onAcknowledged(resolve);
      }),
    );
  }

  /** The vendors' form, which the edition of 2016 knows: we invite, and voices go both ways. */
  async #talk(entry: DeviceEntry, order: VoiceOrder, line: DeviceLine): Promise<void> {
    const { talkTransports } = entry.profile;
    const transports = talkTransports.length > 0 ? talkTransports : TALK_TRANSPORTS;
    const lease = line.hold(this.#deps.reserveSsrc());
    for (const [index, transport] of transports.entries()) {
      try {
        await this.#invite(entry, order, line, transport, lease);
        return;
      } catch (error) {
        const isLast = index === transports.length - 1;
        if (isLast || !(error instanceof GbFailure && DISLIKED.has(error.status ?? 0))) throw error;
      }
    }
  }

  async #invite(
    entry: DeviceEntry,
    order: VoiceOrder,
    line: DeviceLine,
    transport: MediaTransport,
    lease: SsrcLease,
  ): Promise<void> {
    const { sip, platformId, domain, limits } = this.#floor;
    const voice = { transport, codec: 'pcma', payloadType: PCMA } as const;
    const trustedAddress = entry.flow.remoteAddress;
    const local = await line.orFailure(
      order.bind({ ...voice, remote: undefined, trustedAddress, ssrc: lease.value }),
    );
    const attempt = sip.invite({
      method: 'INVITE',
      requestUri: deviceUri(order.targetGbId, entry.flow),
      from: `sip:${platformId}@${domain}`,
      to: `sip:${order.targetGbId}@${domain}`,
      flow: entry.flow,
      headers: [
        {
          name: 'Subject',
          value: `${order.targetGbId}:${liveStreamOf(platformId, TALK_STREAM)},${platformId}:0`,
        },
      ],
      body: voiceSdp({
        ...{ ownGbId: platformId, sessionName: 'Talk', direction: 'sendrecv', local, y: lease.text },
        ...voice,
      }),
      contentType: SDP_TYPE,
      timeoutMs: limits.answerTimeoutMs,
    });
    let answered;
    try {
      answered = await line.orFailure(attempt.answered);
    } catch (error) {
      attempt.cancel();
      attempt.answered.catch(() => undefined);
      if (error instanceof RejectedResponse) throw failureOfStatus(error.status, error.reason);
      if (error instanceof InviteCancelled) throw new GbFailure('cancelled', 'nobody waits for it any more');
      throw failureOf(error);
    }
    answered.acknowledge();
    line.stand(answered.dialog);
    const read = readVoiceDescription(answered.response.body);
    if (!read.ok) {
      void answered.dialog.bye();
      throw new GbFailure('bad-answer', `the answer cannot be used: ${read.why}`, answered.response.status);
    }
    line.remote = read.description.remote;
  }

  #onAnswer({ sender, document }: InboundMessage): void {
    const line = this.#lines.get(sender.gbId);
    if (line?.sn === undefined || (document.sn !== undefined && document.sn !== line.sn))
      this.#late.value += 1;
    else if (isBroadcastConsent(document)) line.onConsent();
    else if (line.awaitsInvite) line.fail(new GbFailure('rejected', 'the device refuses the voice'));
  }
}

/** A device that is busy or gone is so in every form. */
function isOtherFormWorthIt(error: unknown): boolean {
  if (!(error instanceof GbFailure)) return false;
  const { reason, cause } = error;
  // A timeout with a cause is one of SIP: the device is not there.
  return reason === 'rejected' || reason === 'bad-answer' || (reason === 'timeout' && cause === undefined);
}
