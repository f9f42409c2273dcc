/** Why a run of the engine ended by itself. */
export type PlayFailure =
  /** The media server said no; `code` and `message` are those of its JSON answer, when it gave one. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  /** No connection, or it broke, or the stream ended. */
  | { readonly kind: 'network'; readonly message: string }
  /** The browser cannot play what came: its codec, or not at all. Trying again would not help. */
  | { readonly kind: 'media'; readonly message: string };

/** Figures of a running stream: kbit/s, frames per second, pixels, seconds of buffer. */
export interface PlayFigures {
  readonly netSpeed: number;
  readonly videoBitrate: number;
  readonly videoFps: number;
  readonly videoWidth: number;
  readonly videoHeight: number;
  readonly bufferedSeconds: number;
}

export interface EngineEvents {
  /** The server accepted the request. */
  connected(): void;
  /** The first bytes of media came. */
  begun(): void;
  resolution(width: number, height: number): void;
  firstFrame(): void;
  playing(): void;
  waiting(): void;
  figures(figures: PlayFigures): void;
  soundBlocked(): void;
  failed(failure: PlayFailure): void;
}

/** How far behind the camera a run may fall before it plays faster, seconds. */
export interface Latency {
  readonly target: number;
  readonly max: number;
}

export interface EngineRun {
  /** Keeps the last picture, lets go of the connection. */
  freeze(): void;
  stop(): void;
}

/** What shows a stream: mpegts.js in the browser, a fake in tests. */
export interface Engine {
  start(url: string, latency: Latency, events: EngineEvents): EngineRun;
}
