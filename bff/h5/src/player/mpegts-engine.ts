import mpegts from 'mpegts.js';
import type { Engine, EngineEvents, EngineRun, Latency, PlayFailure } from './engine.ts';
import { streamLoaderClass } from './stream-loader.ts';
import { clearStill, pictureOf, showStill } from './video-stage.ts';

/** Time between two `netstatus` reports, ms. */
const FIGURES_MS = 1000;

function sourceType(url: string): 'flv' | 'mpegts' {
  return /\.ts(?:$|\?)/.test(url) ? 'mpegts' : 'flv';
}

function playable(url: string): PlayFailure | undefined {
  if (/^rtmps?:/i.test(url)) return { kind: 'media', message: 'a browser cannot play RTMP' };
  if (!mpegts.getFeatureList().mseLivePlayback) {
    return { kind: 'media', message: 'this browser lacks Media Source Extensions' };
  }
  return undefined;
}

/** One stream in one video element, from start to stop. */
class MpegtsRun implements EngineRun {
  readonly #video: HTMLVideoElement;
  readonly #events: EngineEvents;
  readonly #listeners = new AbortController();
  #player: ReturnType<typeof mpegts.createPlayer> | undefined;
  #timer: number | undefined;
  #bytes = 0;
  #frames = 0;

  constructor(video: HTMLVideoElement, url: string, latency: Latency, events: EngineEvents) {
    this.#video = video;
    this.#events = events;
    const refusal = playable(url);
    if (refusal !== undefined) {
      queueMicrotask(() => {
        events.failed(refusal);
      });
      return;
    }
    this.#listen();
    this.#open(url, latency);
  }

  freeze(): void {
    if (this.#player === undefined) return;
    const picture = pictureOf(this.#video);
    this.#close();
    // The player goes whole; what it showed last stays in its place until the next picture.
    if (picture !== undefined) showStill(this.#video, picture);
  }

  stop(): void {
    this.#close();
    clearStill(this.#video);
  }

  #open(url: string, latency: Latency): void {
    const webSocket = /^wss?:/i.test(url);
    const loader = streamLoaderClass({
      connected: () => {
        this.#events.connected();
      },
      begun: () => {
        this.#events.begun();
      },
      bytes: (count) => {
        this.#bytes += count;
      },
      failed: (failure) => {
        this.#events.failed(failure);
      },
    }) as unknown as NonNullable<Parameters<typeof mpegts.createPlayer>[1]>['customLoader'];
    const player = mpegts.createPlayer(
      { type: sourceType(url), isLive: true, url },
      {
        enableStashBuffer: false,
        lazyLoad: false,
        deferLoadAfterSourceOpen: false,
        autoCleanupSourceBuffer: true,
        autoCleanupMaxBackwardDuration: 30,
        autoCleanupMinBackwardDuration: 10,
        liveSync: true,
        liveSyncTargetLatency: latency.target,
        liveSyncMaxLatency: latency.max,
        liveSyncPlaybackRate: 1.2,
        ...(webSocket || loader === undefined ? {} : { customLoader: loader }),
      },
    );
    this.#player = player;
    player.on(mpegts.Events.ERROR, (type: string, detail: string, info?: { msg?: string }) => {
      const message = `${detail}${info?.msg === undefined ? '' : `: ${info.msg}`}`;
      this.#events.failed({ kind: type === mpegts.ErrorTypes.NETWORK_ERROR ? 'network' : 'media', message });
    });
    if (webSocket) {
      player.on(mpegts.Events.METADATA_ARRIVED, () => {
        this.#events.begun();
      });
      player.on(mpegts.Events.LOADING_COMPLETE, () => {
        this.#events.failed({ kind: 'network', message: 'the stream ended' });
      });
    }
    player.attachMediaElement(this.#video);
    player.load();
    this.#timer = window.setInterval(() => {
      this.#report();
    }, FIGURES_MS);
  }

  /** A browser may forbid sound until the user touched the page: then the picture comes without it. */
  #playVideo(): void {
    this.#video.play().catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError' || this.#video.muted) return;
      this.#video.muted = true;
      this.#events.soundBlocked();
      this.#video.play().catch(() => undefined);
    });
  }

  #listen(): void {
    const video = this.#video;
    const { signal } = this.#listeners;
    const size = (): void => {
      if (video.videoWidth > 0) this.#events.resolution(video.videoWidth, video.videoHeight);
    };
    video.addEventListener(
      'loadeddata',
      () => {
        clearStill(video);
        this.#events.firstFrame();
      },
      { signal, once: true },
    );
    video.addEventListener(
      'loadedmetadata',
      () => {
        size();
        this.#playVideo();
      },
      { signal },
    );
    video.addEventListener('resize', size, { signal });
    video.addEventListener(
      'playing',
      () => {
        this.#events.playing();
      },
      { signal },
    );
    video.addEventListener(
      'waiting',
      () => {
        this.#events.waiting();
      },
      { signal },
    );
  }

  #report(): void {
    const video = this.#video;
    const frames = video.getVideoPlaybackQuality().totalVideoFrames;
    const { buffered } = video;
    const end = buffered.length > 0 ? buffered.end(buffered.length - 1) : video.currentTime;
    const speed = Math.round((this.#bytes * 8) / FIGURES_MS);
    this.#events.figures({
      netSpeed: speed,
      videoBitrate: speed,
      videoFps: Math.max(0, frames - this.#frames),
      videoWidth: video.videoWidth,
      videoHeight: video.videoHeight,
      bufferedSeconds: Math.max(0, end - video.currentTime),
    });
    this.#bytes = 0;
    this.#frames = frames;
  }

  #close(): void {
    this.#listeners.abort();
    clearInterval(this.#timer);
    const player = this.#player;
    if (player === undefined) return;
    this.#player = undefined;
    player.destroy();
    this.#video.removeAttribute('src');
    this.#video.load();
  }
}

/** The engine of the browser host: mpegts.js on one video element. */
export function createMpegtsEngine(video: HTMLVideoElement): Engine {
  mpegts.LoggingControl.applyConfig({ enableAll: false });
  return { start: (url, latency, events) => new MpegtsRun(video, url, latency, events) };
}
