import { randomInt } from 'node:crypto';
import type { SipRequest, SipResponse } from 'sip-parser-lite';
import type { Scheduler } from '../../scheduler.ts';
import { type SipClient, token } from '../../signalling/sip-client.ts';
import type { CommandTable } from '../commands/command-table.ts';
import type { DeviceEvent } from '../events.ts';
import type { Fault } from '../faults.ts';
import { type Command, elementOf, xml } from '../manscdp.ts';
import { loudspeakerId, type DeviceProfile } from '../profile.ts';
import { HeardVoice } from './heard-voice.ts';
import { type InletTransport, openInlet, type VoiceInlet } from './voice-inlet.ts';
import { readVoicePeer, voiceBody } from './voice-sdp.ts';

/** How long a device takes from its answer to its INVITE. */
const FETCH_AFTER_MS = 20;
const HANG_UP_AFTER_PACKETS = 10;
const BYE_WITHIN_MS = 2_000;
const SDP_TYPE = 'Content-Type: application/sdp';

interface Deps {
  readonly profile: DeviceProfile;
  readonly client: SipClient;
  readonly scheduler: Scheduler;
  readonly faults: ReadonlySet<Fault>;
  readonly server: { readonly id: string; readonly domain: string };
  readonly transport: InletTransport;
  readonly report: (event: DeviceEvent) => void;
}

/** The talk that runs. */
interface Talk {
  readonly form: 'broadcast' | 'talk';
  readonly target: string;
  readonly callId: string;
  readonly localTag: string;
  /** Of the platform, its URI included. */
  remoteTag: string;
  readonly remoteUri: string;
  readonly inlet: VoiceInlet;
  readonly heard: HeardVoice;
  sequence: number;
  stopRepeating: () => void;
}

/**
 * The loudspeaker of a device: fetches the platform's voice when it is told to (GB/T 28181-2016 §9.12.2), takes
 * `s=Talk` and says back what it hears, one talk at a time, and remembers what it heard.
 */
export class Loudspeaker {
  readonly #deps: Deps;
  #talk: Talk | undefined;
  #fetching = false;
  #cancelFetch: () => void = () => undefined;
  #last: HeardVoice | undefined;

  constructor(deps: Deps, commands: CommandTable) {
    this.#deps = deps;
    commands.on('Notify', 'Broadcast', (command) => this.#onBroadcast(command));
  }

  /** What was heard in the talk that runs, or in the last one. */
  get heard(): HeardVoice | undefined {
    return this.#talk?.heard ?? this.#last;
  }

  get busy(): boolean {
    return this.#talk !== undefined || this.#fetching;
  }

  /** Whether an INVITE is for the loudspeaker. */
  takes(request: SipRequest): boolean {
    return /^s=Talk\s*$/m.test(Buffer.from(request.body).toString('latin1'));
  }

  /** The vendors' form: the platform invites. */
  async onInvite(request: SipRequest): Promise<void> {
    const { client, faults, report } = this.#deps;
    const peer = readVoicePeer(request.body);
    const target = request.to?.uri.user ?? '';
    const callId = request.callId ?? '';
    const refuse = (status: number, reason: string): void => {
      client.reply(request, { status, reason, toTag: token() });
      report({ event: 'voice', phase: 'refused', form: 'talk', target, callId, packets: 0 });
    };
    if (faults.has('busy') || this.busy) {
      refuse(486, 'Busy Here');
      return;
    }
    if (!this.#knows(target) || peer === undefined || faults.has('no-talk')) {
      refuse(488, 'Not Acceptable Here');
      return;
    }
    this.#fetching = true;
    const transport = !peer.tcp ? 'udp' : peer.setup === 'active' ? 'tcp-passive' : 'tcp-active';
    const talk = await this.#open('talk', target, callId, transport, {
      tag: request.from?.tag ?? '',
      uri: request.from?.uri.text ?? '',
    });
    this.#fetching = false;
    if (talk === undefined) {
      refuse(500, 'Server Internal Error');
      return;
    }
    talk.inlet.connect(peer.address, peer.port);
    const bytes = client.reply(request, {
      status: 200,
      reason: 'OK',
      toTag: talk.localTag,
      headers: [`Contact: ${client.contact}`, SDP_TYPE],
      body: this.#body(talk, transport, peer.ssrc ?? '0'),
    });
    talk.stopRepeating = client.repeatUntilStopped(bytes, () => {
      this.#end('device');
    });
    this.#reportListening(talk);
  }

  /** True when it belongs to a talk. */
  onAck(request: SipRequest): boolean {
    if (this.#talk?.callId !== request.callId) return false;
    this.#talk?.stopRepeating();
    return true;
  }

  /** True when it belongs to a talk. */
  onBye(request: SipRequest): boolean {
    if (this.#talk === undefined || this.#talk.callId !== request.callId) return false;
    this.#deps.client.reply(request, { status: 200, reason: 'OK' });
    this.#end('platform');
    return true;
  }

  /** Says BYE. */
  async hangUp(): Promise<void> {
    const talk = this.#talk;
    if (talk === undefined) return;
    this.#end('device');
    talk.sequence += 1;
    await this.#deps.client.request({
      method: 'BYE',
      requestUri: talk.remoteUri,
      from: this.#uriOf(talk.target),
      to: `<${talk.remoteUri}>`,
      toTag: talk.remoteTag,
      fromTag: talk.localTag,
      callId: talk.callId,
      sequence: talk.sequence,
      timeoutMs: BYE_WITHIN_MS,
    });
  }

  /** Ends without a word. */
  close(): void {
    this.#cancelFetch();
    this.#fetching = false;
    this.#end('device');
  }

  #onBroadcast({ sn, text }: Command): readonly Buffer[] {
    const { faults, scheduler } = this.#deps;
    const source = elementOf(text, 'SourceID') ?? '';
    const target = elementOf(text, 'TargetID') ?? '';
    const ok = this.#knows(target) && !this.busy && !faults.has('voice-refused');
    const fields = [
      ['CmdType', 'Broadcast'],
      ['SN', sn],
      ['DeviceID', target],
      ['Result', ok ? 'OK' : 'ERROR'],
    ] as const;
    if (ok && !faults.has('voice-not-fetched')) {
      this.#fetching = true;
      this.#cancelFetch = scheduler.after(FETCH_AFTER_MS, () => {
        void this.#fetch(source, target);
      });
    }
    return faults.has('voice-unanswered') ? [] : [xml('Response', fields)];
  }

  async #fetch(source: string, target: string): Promise<void> {
    const { client, server, transport, report } = this.#deps;
    const callId = token();
    const remoteUri = `sip:${source}@${server.domain}`;
    const talk = await this.#open('broadcast', target, callId, transport, { tag: '', uri: remoteUri });
    this.#fetching = false;
    if (talk === undefined) return;
    const ssrc = `0${String(randomInt(1, 1_000_000_000)).padStart(9, '0')}`;
    const invite = {
      requestUri: remoteUri,
      from: this.#uriOf(target),
      to: `<${remoteUri}>`,
      callId,
      fromTag: talk.localTag,
      sequence: talk.sequence,
    };
    const response = await client.request({
      ...invite,
      method: 'INVITE',
      headers: [`Subject: ${source}:${ssrc},${target}:0`, SDP_TYPE],
      body: this.#body(talk, transport, ssrc),
    });
    if (response === undefined || this.#talk !== talk) {
      this.#end('device');
      return;
    }
    talk.remoteTag = response.to?.tag ?? '';
    client.acknowledge({ ...invite, method: 'ACK', toTag: talk.remoteTag }, branchOf(response));
    const peer = response.status < 300 ? readVoicePeer(response.body) : undefined;
    if (peer === undefined) {
      report({ event: 'voice', phase: 'refused', form: 'broadcast', target, callId, packets: 0 });
      this.#talk = undefined;
      talk.inlet.close();
      return;
    }
    talk.inlet.connect(peer.address, peer.port);
    this.#reportListening(talk);
  }

  async #open(
    form: Talk['form'],
    target: string,
    callId: string,
    transport: InletTransport,
    remote: { readonly tag: string; readonly uri: string },
  ): Promise<Talk | undefined> {
    const heard = new HeardVoice();
    let inlet: VoiceInlet;
    try {
      inlet = await openInlet(transport, (packet) => {
        this.#onPacket(heard, packet);
      });
    } catch {
      return undefined;
    }
    if (this.#talk !== undefined || !this.#fetching) {
      inlet.close();
      return undefined;
    }
    const localTag = token();
    this.#talk = {
      ...{ form, target, callId, localTag, remoteTag: remote.tag, remoteUri: remote.uri, inlet, heard },
      sequence: 1,
      stopRepeating: () => undefined,
    };
    return this.#talk;
  }

  #onPacket(heard: HeardVoice, packet: Buffer): void {
    const talk = this.#talk;
    if (talk?.heard !== heard || !heard.take(packet)) return;
    if (talk.form === 'talk') talk.inlet.send(packet);
    if (this.#deps.faults.has('voice-hang-up') && heard.packets === HANG_UP_AFTER_PACKETS) void this.hangUp();
  }

  #end(by: 'platform' | 'device'): void {
    const talk = this.#talk;
    if (talk === undefined) return;
    this.#talk = undefined;
    this.#last = talk.heard;
    talk.stopRepeating();
    talk.inlet.close();
    const { form, target, callId, heard } = talk;
    this.#deps.report({ event: 'voice', phase: 'over', form, target, callId, packets: heard.packets, by });
  }

  #reportListening({ form, target, callId }: Talk): void {
    this.#deps.report({ event: 'voice', phase: 'listening', form, target, callId, packets: 0 });
  }

  #body(talk: Talk, transport: InletTransport, ssrc: string): Buffer {
    return voiceBody({
      gbId: talk.target,
      session: talk.form === 'talk' ? 'Talk' : 'Play',
      direction: talk.form === 'talk' ? 'sendrecv' : 'recvonly',
      address: this.#deps.client.localAddress,
      port: talk.inlet.port,
      transport,
      ssrc,
    });
  }

  #knows(target: string): boolean {
    const { profile } = this.#deps;
    return (
      target === profile.gbId ||
      target === loudspeakerId(profile.gbId) ||
      profile.channels.some(({ gbId }) => gbId === target)
    );
  }

  #uriOf(gbId: string): string {
    return `sip:${gbId}@${this.#deps.server.domain}`;
  }
}

/** The ACK of a refusal has the branch of its INVITE (RFC 3261 §17.1.1.3). */
function branchOf(response: SipResponse): string | undefined {
  return response.status < 300 ? undefined : response.topVia?.branch;
}
