import type { RtpListener } from '../../../bff/src/media-engine/receive/rtp-receiver.ts';
import { parseRtpPacket } from '../../../bff/src/media-engine/rtp/rtp-packet.ts';

/** Notes what a receiver hands on; packets of one SSRC are the stream. */
export class RecordingListener implements RtpListener {
  /** Sequence numbers of the stream's packets. */
  readonly taken: number[] = [];
  foreign = 0;
  strangers = 0;
  resyncs = 0;
  gone = 0;
  /** SSRC of the source that is awaited while another one sends. */
  awaited: number | undefined;
  readonly #ssrc: number;

  constructor(ssrc: number) {
    this.#ssrc = ssrc;
  }

  onPacket(bytes: Uint8Array): boolean {
    const packet = parseRtpPacket(bytes);
    if (packet === undefined || (packet.ssrc !== this.#ssrc && packet.ssrc !== this.awaited)) {
      this.foreign += 1;
      return false;
    }
    this.taken.push(packet.sequenceNumber);
    return true;
  }

  isAwaited(bytes: Uint8Array): boolean {
    return this.awaited !== undefined && parseRtpPacket(bytes)?.ssrc === this.awaited;
  }

  onStranger(): void {
    this.strangers += 1;
  }

  onResyncs(count: number): void {
    this.resyncs += count;
  }

  onGone(): void {
    this.gone += 1;
  }
}
