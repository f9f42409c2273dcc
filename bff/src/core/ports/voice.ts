import type { TalkWay } from './talk.ts';

/** An order to get a device to listen. */
export interface ListenOrder {
  readonly deviceGbId: string;
  /** The channel whose loudspeaker is meant. */
  readonly targetGbId: string;
  /** Opens the way that the voice will take, in place of one of before; resolves with the local address. */
  readonly bind: (way: TalkWay) => Promise<{ readonly address: string; readonly port: number }>;
  readonly signal: AbortSignal;
}

/** A device that listens. */
export interface Listener {
  /** The standard's broadcast, or the vendors' `s=Talk`. */
  readonly form: 'broadcast' | 'talk';
  /** Where the device listens as its answer says; undefined when `bind` was told. */
  readonly remote: { readonly address: string; readonly port: number } | undefined;
  /** Hangs up; idempotent, never rejects. */
  close(): Promise<void>;
  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void;
}

/** The core's door to loudspeakers. Refusals are CoreErrors: DEVICE_BUSY while a talk to the device runs. */
export interface VoicePort {
  call(order: ListenOrder): Promise<Listener>;
}
