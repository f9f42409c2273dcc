/** What a device takes: G.711 as it is, or (vendor) inside a program stream. */
export type VoiceCodec = 'pcma' | 'pcmu' | 'ps';

/** How a device wants to be talked to. */
export interface VoiceWay {
  /** `tcp-active`: we dial; `tcp-passive`: the device dials. */
  readonly transport: 'udp' | 'tcp-passive' | 'tcp-active';
  /** Where the device listens; undefined when it says so in its answer, or dials. */
  readonly remote: { readonly address: string; readonly port: number } | undefined;
  /** The address by which the device registered. */
  readonly trustedAddress: string;
  readonly codec: VoiceCodec;
  /** RTP payload type, as the device names it. */
  readonly payloadType: number;
  readonly ssrc: number;
}

/** An order to talk to a device. */
export interface VoiceOrder {
  readonly deviceGbId: string;
  /** The loudspeaker (type 137), a camera, or the device itself: all its loudspeakers. */
  readonly targetGbId: string;
  /**
   * Opens the way that the voice will take, in place of one of before; resolves with the local address for the
   * description. What it rejects with is what `call` rejects with.
   */
  readonly bind: (way: VoiceWay) => Promise<{ readonly address: string; readonly port: number }>;
  readonly signal?: AbortSignal;
}

/** A device that listens. */
export interface VoiceCall {
  readonly callId: string;
  /** The standard's broadcast, or (vendor, -2016) `s=Talk`, where the device also speaks. */
  readonly form: 'broadcast' | 'talk';
  /** Where the device listens as its answer says; undefined when `bind` was told. */
  readonly remote: { readonly address: string; readonly port: number } | undefined;
  /** Sends BYE; idempotent, never rejects. */
  close(): Promise<void>;
  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void;
}

/** Voices to devices (GB/T 28181-2016 and -2022 §9.12). */
export interface GbVoice {
  /**
   * Gets a device to listen, as its profile says: by broadcast, by `s=Talk`, or by the one that works. Resolves when
   * it listens. Rejects with GbFailure: `busy` while another talk to this device runs.
   */
  call(order: VoiceOrder): Promise<VoiceCall>;
}
