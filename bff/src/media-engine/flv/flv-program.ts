import type { AacConfig } from '../audio/audio-track.ts';
import type { VideoConfig } from '../es/parameter-sets.ts';
import type { PipelineSink } from '../pipeline.ts';
import { audioConfigTag, audioFrameTag, metaDataTag, videoConfigTag } from './flv-muxer.ts';
import type { FlvTag } from './flv-tag.ts';

/** Pictures that are waited for sound with, once they have begun. */
const WAIT_FOR_AUDIO_MS = 1000;
const MAX_HELD_TAGS = 1000;
const MAX_HELD_BYTES = 8 * 1024 * 1024;

/** What is known of the sound. */
export interface AudioFacts {
  readonly outlook: 'known' | 'awaited' | 'none';
  readonly coding: string | undefined;
  readonly fault: string | undefined;
  /** Makes silence stand in for promised sound; false = none is promised. */
  startSilent(): boolean;
}

/**
 * The order of an FLV stream: what it carries is told first, then metadata and sequence headers, then frames. Frames
 * wait until it is clear whether there is sound: a player that was promised some never begins without.
 *
 * - Sound that the stream map promises is part of the stream even when none comes within a second: as silence.
 * - Sound that nobody promised and that comes later is announced anew; who watches already goes on without it.
 */
export class FlvProgram {
  readonly #sink: PipelineSink;
  readonly #audio: AudioFacts;
  #video: VideoConfig | undefined;
  #aac: AacConfig | undefined;
  #announced = false;
  #toldFault: string | undefined;
  #held: FlvTag[] = [];
  #heldBytes = 0;
  #lastMs = 0;

  constructor(sink: PipelineSink, audio: AudioFacts) {
    this.#sink = sink;
    this.#audio = audio;
  }

  onVideoConfig(config: VideoConfig): void {
    this.#video = config;
    if (!this.#announced) return;
    this.#tellTracks();
    this.#sink.onTag(this.#metaData(this.#lastMs));
    this.#sink.onTag(videoConfigTag(config, this.#lastMs));
  }

  onAudioConfig(config: AacConfig): void {
    this.#aac = config;
    if (!this.#announced) return;
    this.#tellTracks();
    this.#sink.onTag(this.#metaData(this.#lastMs));
    this.#sink.onTag(audioConfigTag(config.specific, this.#lastMs));
  }

  onAudioFrame(data: Uint8Array, timestampMs: number): void {
    this.#pass(audioFrameTag(data, timestampMs));
  }

  onVideoFrame(tag: FlvTag): void {
    this.#lastMs = tag.timestampMs;
    this.#pass(tag);
  }

  /** Looks whether it is clear by now what the stream carries. */
  settle(): void {
    if (this.#announced) {
      if (this.#audio.fault !== this.#toldFault) this.#tellTracks();
      return;
    }
    const first = this.#held[0];
    if (!this.#video || !first) return;
    if (this.#audio.outlook === 'awaited') {
      if (this.#lastMs - first.timestampMs < WAIT_FOR_AUDIO_MS && !this.#isFull()) return;
      this.#audio.startSilent();
    }
    this.#announce(this.#video, first.timestampMs);
  }

  #pass(tag: FlvTag): void {
    if (this.#announced) {
      this.#sink.onTag(tag);
      return;
    }
    this.#held.push(tag);
    this.#heldBytes += tag.bytes.length;
    this.settle();
  }

  #isFull(): boolean {
    return this.#held.length >= MAX_HELD_TAGS || this.#heldBytes >= MAX_HELD_BYTES;
  }

  #announce(video: VideoConfig, atMs: number): void {
    const held = this.#held;
    this.#announced = true;
    this.#held = [];
    this.#tellTracks();
    this.#sink.onTag(this.#metaData(atMs));
    this.#sink.onTag(videoConfigTag(video, atMs));
    if (this.#aac) this.#sink.onTag(audioConfigTag(this.#aac.specific, atMs));
    for (const tag of held) this.#sink.onTag(tag);
  }

  #tellTracks(): void {
    this.#toldFault = this.#audio.fault;
    this.#sink.onTracks({
      video: this.#video?.codec,
      audio: this.#aac && this.#audio.coding,
      audioFault: this.#toldFault,
      width: this.#video?.parsed.width,
      height: this.#video?.parsed.height,
    });
  }

  #metaData(atMs: number): FlvTag {
    const meta = {
      width: this.#video?.parsed.width,
      height: this.#video?.parsed.height,
      videoCodec: this.#video?.codec,
      audioSampleRateHz: this.#aac?.rateHz,
      audioChannels: this.#aac?.channels,
    };
    return metaDataTag(meta, atMs);
  }
}
