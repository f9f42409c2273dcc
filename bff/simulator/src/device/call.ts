import type { SipRequest } from 'sip-parser-lite';
import type { ArchiveSender } from '../media/archive-sender.ts';
import type { MediaSender } from '../media/media-sender.ts';
import { type SipClient, token } from '../signalling/sip-client.ts';

const MANSCDP_TYPE = 'Content-Type: Application/MANSCDP+xml';
const BYE_WITHIN_MS = 2_000;

/** One media session that the device answered with 200. */
export class Call {
  readonly channel: string;
  /** What it sends goes over TCP. */
  readonly isTcp: boolean;
  readonly localTag = token();
  readonly #invite: SipRequest;
  readonly #client: SipClient;
  readonly #sender: MediaSender | ArchiveSender;
  #sequence = 0;
  #stopRepeating: () => void = () => undefined;
  #cancelHangUp: () => void = () => undefined;
  #acknowledged = false;

  constructor(options: {
    readonly channel: string;
    readonly isTcp: boolean;
    readonly invite: SipRequest;
    readonly client: SipClient;
    readonly sender: MediaSender | ArchiveSender;
  }) {
    this.channel = options.channel;
    this.isTcp = options.isTcp;
    this.#invite = options.invite;
    this.#client = options.client;
    this.#sender = options.sender;
  }

  get callId(): string {
    return this.#invite.callId ?? '';
  }

  /** What is sent is a recording. */
  get recording(): ArchiveSender | undefined {
    return 'seek' in this.#sender ? this.#sender : undefined;
  }

  get packetsSent(): number {
    return this.#sender.packetsSent;
  }

  /** A request within this dialog (RFC 3261 §12.2.2): both tags are those of the answer. */
  owns(request: SipRequest): boolean {
    return request.to?.tag === this.localTag && request.from?.tag === this.#invite.from?.tag;
  }

  /** What repeats the answer until the ACK comes. */
  repeating(stop: () => void): void {
    this.#stopRepeating = stop;
  }

  hangingUp(cancel: () => void): void {
    this.#cancelHangUp = cancel;
  }

  /** True for the first ACK. */
  acknowledge(): boolean {
    this.#stopRepeating();
    const first = !this.#acknowledged;
    this.#acknowledged = true;
    return first;
  }

  play(): void {
    this.#sender.start();
  }

  /** Ends media and timers. */
  end(): void {
    this.#stopRepeating();
    this.#cancelHangUp();
    this.#sender.stop();
  }

  /** Tells the platform; resolves when it has answered, or soon after. */
  async sayBye(): Promise<void> {
    await this.#request('BYE');
  }

  /** A MESSAGE within the dialog. */
  async tell(body: Buffer): Promise<void> {
    await this.#request('MESSAGE', body);
  }

  async #request(method: string, body?: Buffer): Promise<void> {
    const { from, to, contacts } = this.#invite;
    this.#sequence += 1;
    await this.#client.request({
      method,
      requestUri: contacts[0]?.uri.text ?? from?.uri.text ?? '',
      from: to?.uri.text ?? '',
      to: `<${from?.uri.text ?? ''}>`,
      toTag: from?.tag,
      fromTag: this.localTag,
      callId: this.callId,
      sequence: this.#sequence,
      timeoutMs: BYE_WITHIN_MS,
      ...(body === undefined ? {} : { body, headers: [MANSCDP_TYPE] }),
    });
  }
}
