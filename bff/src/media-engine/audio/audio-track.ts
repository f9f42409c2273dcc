/** Where coded sound goes. */
export interface AacSink {
  /** What decodes the frames from here on; told when it is first known and when it changes. */
  onAudioConfig(config: AacConfig): void;
  /** One raw_data_block that is heard from `atTicks` of the stream's line on; a view, valid during the call. */
  onAudioFrame(data: Uint8Array, atTicks: number): void;
  /** Something has no place in time, or a form that cannot be carried. */
  onAudioDropped(): void;
}

/** How AAC is decoded. */
export interface AacConfig {
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1). */
  readonly specific: Uint8Array;
  readonly rateHz: number;
  readonly channels: number;
}
