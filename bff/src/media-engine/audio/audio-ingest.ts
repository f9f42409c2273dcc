import type { AudioCodec } from '../es/frame.ts';
import { TICKS_PER_MS, type TimestampLine } from '../flv/timestamp-line.ts';
import type { MappedStream } from '../ps/program-stream-map.ts';
import { AacEncoder } from './aac-encoder.ts';
import { AacTrack } from './aac-track.ts';
import { AudioDetector } from './audio-detector.ts';
import { AudioTimeline } from './audio-timeline.ts';
import type { AacSink } from './audio-track.ts';
import { type FrameEncoder, G711_AS_AAC, G711Track } from './g711-track.ts';
import { PesPayload } from './pes-payload.ts';

/** Sound this far behind the pictures has stopped: silence takes its place, up to so far behind them. */
const STOPPED_AFTER_TICKS = 1000 * TICKS_PER_MS;
const SILENCE_BEHIND_TICKS = 300 * TICKS_PER_MS;
const MAX_SILENCE_TICKS = 3000 * TICKS_PER_MS;
const LEAST_SILENCE_TICKS = 128 * TICKS_PER_MS;

/** What can be said of the sound: it comes or is made (`known`), there is none (`none`), or it is not known yet. */
export type AudioOutlook = 'known' | 'awaited' | 'none';

/** What became of the sound. */
export interface AudioStats {
  readonly frames: number;
  /** Pieces without a place in time, of a form that cannot be carried, or too large. */
  readonly dropped: number;
}

/** What {@link AudioIngest} needs. */
export interface AudioIngestOptions {
  readonly sink: Omit<AacSink, 'onAudioDropped'>;
  /** The line of the pictures. */
  readonly line: TimestampLine;
  readonly makeEncoder?: (() => FrameEncoder) | undefined;
}

/**
 * The sound of one program stream: finds out what it is, passes AAC on and codes G.711 to AAC, and puts silence where
 * sound has stopped, because players wait for sound that was promised.
 */
export class AudioIngest {
  readonly #sink: AacSink;
  readonly #line: TimestampLine;
  readonly #makeEncoder: () => FrameEncoder;
  readonly #timeline: AudioTimeline;
  readonly #detector = new AudioDetector();
  readonly #payload = new PesPayload();
  #pesStamp: number | undefined;
  #track: AacTrack | G711Track | undefined;
  #stopped = false;
  #frames = 0;
  #dropped = 0;
  #configured = false;

  constructor({ sink, line, makeEncoder = () => new AacEncoder() }: AudioIngestOptions) {
    this.#line = line;
    this.#makeEncoder = makeEncoder;
    this.#timeline = new AudioTimeline(line);
    this.#sink = {
      onAudioConfig: (config) => {
        this.#configured = true;
        sink.onAudioConfig(config);
      },
      onAudioFrame: (data, atTicks) => {
        this.#frames += 1;
        sink.onAudioFrame(data, atTicks);
      },
      onAudioDropped: () => {
        this.#dropped += 1;
      },
    };
  }

  /** The coding that the camera sends or promises; undefined = none that is carried. */
  get coding(): AudioCodec | undefined {
    return this.#detector.coding;
  }

  /** Why sound that comes is not carried. */
  get fault(): string | undefined {
    return this.#detector.fault;
  }

  get stats(): AudioStats {
    return { frames: this.#frames, dropped: this.#dropped + this.#payload.oversized };
  }

  get outlook(): AudioOutlook {
    if (this.#configured) return 'known';
    return this.#detector.isSilent ? 'none' : 'awaited';
  }

  /** What the stream map says of the sound; null = it names none. */
  onMap(mapped: MappedStream | null): void {
    this.#detector.onMap(mapped);
  }

  beginPes(ptsTicks90k: number | undefined): void {
    this.#pesStamp = ptsTicks90k;
    this.#payload.begin();
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    this.#payload.append(bytes, start, end);
  }

  endPes(arrivalMs: number): void {
    const payload = this.#payload.take();
    if (!payload) return;
    const coding = this.#detector.judge(payload, this.#line.begun);
    if (!coding) {
      this.#dropped += 1;
    } else if (coding === 'aac') {
      this.#pushAac(payload, arrivalMs);
    } else {
      this.#g711().push(coding, payload, this.#pesStamp, arrivalMs);
      this.#stopped = false;
    }
  }

  /** Bytes are missing here. */
  lose(): void {
    this.#payload.drop();
    if (this.#track instanceof AacTrack) this.#track.lose();
  }

  /** The map promises sound and none comes: silence stands in for it until it does. False = it promises none. */
  startSilent(): boolean {
    if (!this.#detector.promised) return false;
    this.#g711();
    return true;
  }

  /** A picture was placed at the end of the line: sound that has stopped is made up for. */
  onPicture(): void {
    if (!this.#track || !this.#configured) return;
    const now = this.#line.lastTicks;
    const from = Math.max(this.#timeline.cursorTicks ?? 0, now - MAX_SILENCE_TICKS);
    if (now - from > STOPPED_AFTER_TICKS) this.#stopped = true;
    const missing = now - SILENCE_BEHIND_TICKS - from;
    if (!this.#stopped || missing < LEAST_SILENCE_TICKS) return;
    this.#timeline.skipTo(from + this.#track.silence(missing, from));
  }

  #pushAac(payload: Uint8Array, arrivalMs: number): void {
    if (!(this.#track instanceof AacTrack)) this.#track = new AacTrack(this.#timeline, this.#sink);
    const { frames } = this.#track;
    this.#track.push(payload, this.#pesStamp, arrivalMs);
    const found = this.#track.frames > frames;
    this.#detector.noteAac(found);
    if (found) this.#stopped = false;
  }

  #g711(): G711Track {
    if (this.#track instanceof G711Track) return this.#track;
    this.#track = new G711Track(this.#timeline, this.#makeEncoder(), this.#sink);
    this.#sink.onAudioConfig(G711_AS_AAC);
    return this.#track;
  }
}
