import { AudioIngest } from './audio/audio-ingest.ts';
import { AccessUnitAssembler } from './es/access-unit.ts';
import type { VideoFrame } from './es/frame.ts';
import type { VideoConfig } from './es/parameter-sets.ts';
import { videoFrameTag } from './flv/flv-muxer.ts';
import { FlvProgram } from './flv/flv-program.ts';
import { TICKS_PER_MS } from './flv/timestamp-line.ts';
import { VideoTimeline } from './flv/video-timeline.ts';
import type { PipelineOptions, PipelineStats, RtpIngest } from './pipeline.ts';
import { mappedAudio } from './ps/program-stream-map.ts';
import { PsDemuxer } from './ps/ps-demuxer.ts';
import { ReorderBuffer } from './rtp/reorder-buffer.ts';
import { parseRtpPacket, type RtpPacket } from './rtp/rtp-packet.ts';
import { SsrcGate } from './rtp/ssrc-gate.ts';

/** Frames without a key frame after damage are not shown: a decoder would smear them. */
type Picture = 'awaiting-key' | 'whole';

/** RTP packets of one camera in, FLV tags out (RFC 3550, ISO/IEC 13818-1, FLV 10.1). */
export class IngestPipeline implements RtpIngest {
  readonly #options: PipelineOptions;
  readonly #gate: SsrcGate;
  readonly #reorder: ReorderBuffer;
  readonly #demuxer: PsDemuxer;
  readonly #units: AccessUnitAssembler;
  readonly #timeline = new VideoTimeline();
  readonly #audio: AudioIngest;
  readonly #program: FlvProgram;
  #picture: Picture = 'awaiting-key';
  #configured = false;
  /** Of the packet that is being read. */
  #rtpTimestamp = 0;
  #arrivalMs = 0;
  #packets = 0;
  #bytes = 0;
  #foreign = 0;
  #malformed = 0;
  #frames = 0;
  #keyFrames = 0;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#gate = new SsrcGate(options.ssrc);
    this.#reorder = new ReorderBuffer((packet, gap) => {
      this.#onOrdered(packet, gap);
    });
    this.#units = this.#makeUnits();
    this.#audio = this.#makeAudio();
    this.#program = new FlvProgram(options.sink, this.#audio);
    this.#demuxer = this.#makeDemuxer();
  }

  /** Packets of the stream so far. */
  get accepted(): number {
    return this.#packets;
  }

  get stats(): PipelineStats {
    const { lost, reordered, duplicates, late } = this.#reorder.stats;
    const sound = this.#audio.stats;
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      lost,
      reordered,
      duplicates,
      late,
      foreignSsrc: this.#foreign,
      malformed: this.#malformed,
      resyncs: this.#demuxer.resyncs,
      damagedFrames: this.#units.damaged,
      frames: this.#frames,
      keyFrames: this.#keyFrames,
      audioFrames: sound.frames,
      audioDropped: sound.dropped,
      mediaMs: this.#timeline.mediaMs,
    };
  }

  pushRtp(bytes: Uint8Array): void {
    const packet = parseRtpPacket(bytes);
    if (!packet) {
      this.#malformed += 1;
      return;
    }
    const now = this.#options.clock.monotonicMs();
    const verdict = this.#gate.judge(packet.ssrc, now);
    if (verdict === 'foreign') {
      this.#foreign += 1;
      return;
    }
    if (verdict === 'takes-over') this.discontinue();
    this.#packets += 1;
    this.#bytes += bytes.length;
    this.#arrivalMs = now;
    this.#reorder.push(packet, this.#arrivalMs);
  }

  isAwaited(bytes: Uint8Array): boolean {
    const packet = parseRtpPacket(bytes);
    return packet !== undefined && this.#gate.awaits(packet.ssrc);
  }

  acceptSsrc(ssrc: number): void {
    this.#gate.accept(ssrc);
    this.#reorder.reset();
  }

  setByArrival(byArrival: boolean): void {
    this.#timeline.byArrival = byArrival;
    if (byArrival) this.#audio.lose();
  }

  discontinue(): void {
    this.#reorder.reset();
    this.#demuxer.reset();
    this.#units.discard();
    this.#audio.lose();
    this.#picture = 'awaiting-key';
    this.#timeline.line.expectJump(this.#options.clock.monotonicMs());
  }

  flush(): void {
    this.#arrivalMs = this.#options.clock.monotonicMs();
    this.#reorder.flush();
    // A picture whose end never came is not shown as if it were whole.
    if (this.#demuxer.lacking === 'video') this.#units.discard();
    else this.#units.finishUnit();
  }

  #makeUnits(): AccessUnitAssembler {
    return new AccessUnitAssembler({
      onVideoConfig: (config) => {
        this.#onVideoConfig(config);
      },
      onVideoFrame: (frame) => {
        this.#onVideoFrame(frame);
      },
      onBrokenUnit: () => {
        this.#picture = 'awaiting-key';
      },
    });
  }

  #makeAudio(): AudioIngest {
    return new AudioIngest({
      line: this.#timeline.line,
      makeEncoder: this.#options.makeEncoder,
      sink: {
        onAudioConfig: (config) => {
          this.#program.onAudioConfig(config);
        },
        onAudioFrame: (data, atTicks) => {
          this.#program.onAudioFrame(data, Math.round(atTicks / TICKS_PER_MS));
        },
      },
    });
  }

  #makeDemuxer(): PsDemuxer {
    return new PsDemuxer({
      onPesStart: (track, ptsTicks90k, dtsTicks90k) => {
        if (track === 'audio') this.#audio.beginPes(ptsTicks90k);
        else this.#units.beginPes({ ptsTicks90k, dtsTicks90k, rtpTimestamp: this.#rtpTimestamp });
      },
      onPesData: (track, bytes, start, end) => {
        if (track === 'audio') this.#audio.data(bytes, start, end);
        else this.#units.data(bytes, start, end);
      },
      onPesEnd: (track) => {
        if (track === 'audio') this.#onAudioPesEnd();
        else this.#units.endPes();
      },
      onMap: (map) => {
        this.#audio.onMap(mappedAudio(map, this.#demuxer.audioId) ?? null);
      },
      onDamage: () => {
        this.#units.discard();
        this.#audio.lose();
        this.#picture = 'awaiting-key';
      },
    });
  }

  #onOrdered(packet: RtpPacket, gap: boolean): void {
    if (gap) {
      this.#demuxer.reset();
      this.#picture = 'awaiting-key';
    }
    this.#rtpTimestamp = packet.rtpTimestamp;
    this.#demuxer.push(packet.bytes, packet.payloadStart, packet.payloadEnd);
    if (packet.marker && this.#demuxer.atRest) this.#units.mark();
  }

  #onAudioPesEnd(): void {
    // Sound of another pace than its own is none.
    if (this.#timeline.byArrival) return;
    this.#audio.endPes(this.#arrivalMs);
    this.#program.settle();
  }

  #onVideoConfig(config: VideoConfig): void {
    this.#configured = true;
    this.#timeline.setReorderDepth(config.parsed.maxNumReorderFrames);
    this.#program.onVideoConfig(config);
  }

  #onVideoFrame(frame: VideoFrame): void {
    if (!this.#configured) return;
    if (this.#picture === 'awaiting-key' && !frame.keyFrame) return;
    this.#picture = 'whole';
    this.#frames += 1;
    if (frame.keyFrame) this.#keyFrames += 1;
    const times = this.#timeline.place(frame, this.#arrivalMs);
    this.#program.onVideoFrame(videoFrameTag(frame.codec, frame, times));
    this.#audio.onPicture();
  }
}
