import { PLAY_STATE, PLAY_STATE_TEXTS, type PlayStateName } from './codes.ts';
import type { Engine, EngineEvents, EngineRun, Latency, PlayFailure, PlayFigures } from './engine.ts';

/** live-player reconnects by itself this often before it gives up, and waits so long before each try, ms. */
const RECONNECT_DELAYS_MS = [500, 1000, 2000] as const;

/** A stream that played this long has earned its reconnects back, ms. */
const STEADY_MS = 10_000;

export interface Timers {
  after(ms: number, callback: () => void): () => void;
  nowMs(): number;
}

export interface StateChange {
  readonly code: number;
  readonly message: string;
  /** The media server's answer when it refused the stream; only this host can tell, a phone cannot. */
  readonly refusal?: { readonly status: number; readonly code: string; readonly message: string };
}

export interface SessionOutput {
  stateChange(change: StateChange): void;
  figures(figures: PlayFigures): void;
}

export interface SessionOptions {
  readonly engine: () => Promise<Engine>;
  readonly timers: Timers;
  readonly output: SessionOutput;
}

/**
 * The life of one live-player: what is to be played, whether it is wanted, reconnects, and the codes that
 * WeChat's own player reports for them. Knows no document.
 */
export class LivePlayerSession {
  readonly #options: SessionOptions;
  #src = '';
  #latency: Latency = { target: 1, max: 3 };
  #wanted = false;
  #run: EngineRun | undefined;
  #generation = 0;
  #attempt = 0;
  #playingSince: number | undefined;
  #cancelRetry: (() => void) | undefined;
  #size = '';

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** True from `play` until `stop`, `pause` or a final failure. */
  get wanted(): boolean {
    return this.#wanted;
  }

  setLatency(latency: Latency): void {
    this.#latency = latency;
  }

  /** A new address takes the place of the one that plays; an empty one stops. */
  setSource(src: string): void {
    if (src === this.#src) return;
    this.#src = src;
    if (src === '') this.stop();
    else if (this.#wanted) this.#restart();
  }

  /** False when there is no address to play. */
  play(): boolean {
    if (this.#src === '') return false;
    if (this.#wanted && this.#run !== undefined) return true;
    this.#restart();
    return true;
  }

  stop(): void {
    this.#wanted = false;
    this.#end('stop');
  }

  /** Stops the stream and keeps the last picture. */
  pause(): void {
    this.#wanted = false;
    this.#end('freeze');
  }

  #restart(): void {
    this.#wanted = true;
    this.#attempt = 0;
    this.#open();
  }

  #end(how: 'stop' | 'freeze'): void {
    this.#generation += 1;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#playingSince = undefined;
    const run = this.#run;
    if (how === 'freeze') run?.freeze();
    else {
      run?.stop();
      this.#run = undefined;
    }
  }

  #open(): void {
    // The last picture stays until the first of the new run.
    this.#end('freeze');
    const generation = this.#generation;
    this.#size = '';
    this.#options.engine().then(
      (engine) => {
        if (generation !== this.#generation) return;
        this.#run = engine.start(this.#src, this.#latency, this.#events(generation));
      },
      (error: unknown) => {
        if (generation === this.#generation) this.#failed({ kind: 'network', message: String(error) });
      },
    );
  }

  #events(generation: number): EngineEvents {
    const current = (callback: () => void): void => {
      if (generation === this.#generation) callback();
    };
    const say = (name: PlayStateName) => (): void => {
      current(() => {
        this.#say(name);
      });
    };
    return {
      connected: say('connected'),
      begun: say('streamBegun'),
      firstFrame: say('firstFrame'),
      waiting: say('loading'),
      soundBlocked: say('soundBlocked'),
      playing: () => {
        current(() => {
          this.#playingSince ??= this.#options.timers.nowMs();
          this.#say('playing');
        });
      },
      resolution: (width, height) => {
        current(() => {
          const size = `${width}x${height}`;
          if (size === this.#size) return;
          this.#size = size;
          this.#say('resolutionChanged');
        });
      },
      figures: (figures) => {
        current(() => {
          this.#options.output.figures(figures);
        });
      },
      failed: (failure) => {
        current(() => {
          this.#failed(failure);
        });
      },
    };
  }

  #failed(failure: PlayFailure): void {
    const { timers, output } = this.#options;
    if (this.#playingSince !== undefined && timers.nowMs() - this.#playingSince >= STEADY_MS)
      this.#attempt = 0;
    const delay = failure.kind === 'network' ? RECONNECT_DELAYS_MS[this.#attempt] : undefined;
    if (delay !== undefined) {
      this.#attempt += 1;
      this.#end('freeze');
      this.#say('reconnecting');
      this.#cancelRetry = timers.after(delay, () => {
        this.#open();
      });
      return;
    }
    this.#wanted = false;
    this.#end('freeze');
    if (failure.kind === 'refused') {
      const { status, code, message } = failure;
      output.stateChange({
        code: PLAY_STATE.addressFailed,
        message: message === '' ? PLAY_STATE_TEXTS.addressFailed : message,
        refusal: { status, code, message },
      });
      return;
    }
    const text = PLAY_STATE_TEXTS.disconnected;
    output.stateChange({ code: PLAY_STATE.disconnected, message: `${text}: ${failure.message}` });
  }

  #say(name: PlayStateName): void {
    this.#options.output.stateChange({ code: PLAY_STATE[name], message: PLAY_STATE_TEXTS[name] });
  }
}
