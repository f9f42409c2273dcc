import type { G711Law } from '../audio/g711.ts';
import { FRAME_SAMPLES, g711Frame } from './frames.ts';
import { PsVoice } from './ps-voice.ts';

/** What goes into the packets: G.711 as it is, or inside a program stream (vendor). */
export type VoiceCodec = 'pcma' | 'pcmu' | 'ps';

const HEADER_BYTES = 12;
const VERSION_2 = 0x80;
const MARKER = 0x80;
/** Program streams count time at 90 kHz. */
const TICKS_PER_SAMPLE: Readonly<Record<VoiceCodec, number>> = { pcmu: 1, pcma: 1, ps: 90 / 8 };

/** Writes the RTP packets of one voice (RFC 3550 §5.1, RFC 3551 §4.5.14). */
export class VoicePackets {
  readonly #codec: VoiceCodec;
  readonly #payloadType: number;
  readonly #ssrc: number;
  readonly #law: G711Law;
  readonly #ps: PsVoice | undefined;
  #sequence: number;
  #timestamp: number;
  #first = true;

  constructor(options: {
    readonly codec: VoiceCodec;
    /** As the device names it: 8, 0 and 96 by use (RFC 3551 table 4, GB/T 28181-2016 annex C.2). */
    readonly payloadType: number;
    readonly ssrc: number;
    readonly firstSequence: number;
    readonly firstTimestamp: number;
  }) {
    this.#codec = options.codec;
    this.#payloadType = options.payloadType & 0x7f;
    this.#ssrc = options.ssrc;
    this.#law = options.codec === 'pcmu' ? 'pcmu' : 'pcma';
    this.#ps = options.codec === 'ps' ? new PsVoice() : undefined;
    this.#sequence = options.firstSequence & 0xffff;
    this.#timestamp = options.firstTimestamp >>> 0;
  }

  /** The packet of the next 20 ms. */
  next(frame: Int16Array): Buffer {
    const codes = g711Frame(this.#law, frame);
    const payload = this.#ps?.pack(codes) ?? codes;
    const packet = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
    packet[0] = VERSION_2;
    // The marker begins a talkspurt.
    packet[1] = this.#payloadType | (this.#first ? MARKER : 0);
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(this.#timestamp, 4);
    packet.writeUInt32BE(this.#ssrc >>> 0, 8);
    payload.copy(packet, HEADER_BYTES);
    this.#first = false;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + FRAME_SAMPLES * TICKS_PER_SAMPLE[this.#codec]) >>> 0;
    return packet;
  }
}
