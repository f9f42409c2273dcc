import type { GeneralComponent } from 'glass-easel';
import type { PlayFigures } from '../player/engine.ts';
import { LivePlayerSession } from '../player/live-player-session.ts';
import { FullScreen, snapshotOf, type LoadEngine, type Snapshot } from '../player/video-stage.ts';
import { pressable } from '../ui/element.ts';
import { flag, number, text, type Builtin, type BuiltinNode, type BuiltinPart } from './define.ts';

/** What a LivePlayerContext can do to its element. */
export interface LivePlayerControls {
  play(): boolean;
  stop(): void;
  pause(): void;
  resume(): boolean;
  /** Turns the sound off, or on again. */
  mute(): void;
  snapshot(): Promise<Snapshot>;
  requestFullScreen(direction: number): void;
  exitFullScreen(): void;
}

const controls = new WeakMap<GeneralComponent, LivePlayerControls>();

export function livePlayerControls(component: GeneralComponent): LivePlayerControls | undefined {
  return controls.get(component);
}

function netStatus(figures: PlayFigures): object {
  return {
    info: {
      videoBitrate: figures.videoBitrate,
      audioBitrate: 0,
      videoFPS: figures.videoFps,
      netSpeed: figures.netSpeed,
      videoWidth: figures.videoWidth,
      videoHeight: figures.videoHeight,
      videoCache: Math.round(figures.bufferedSeconds * 1000),
    },
  };
}

/** One `live-player` in the document: its video, its session, and what WeChat promises around them. */
class LivePlayer implements BuiltinPart, LivePlayerControls {
  readonly #node: BuiltinNode;
  readonly #video = document.createElement('video');
  readonly #session: LivePlayerSession;
  readonly #full: FullScreen;
  readonly #soundButton: HTMLElement;
  #attachedYet = false;
  #mutedByContext = false;
  #soundBlocked = false;
  #resumeOnShow = false;
  readonly #hidden = (): void => {
    this.#applySound();
  };

  constructor(node: BuiltinNode, loadEngine: LoadEngine) {
    this.#node = node;
    this.#video.setAttribute('playsinline', '');
    this.#video.disableRemotePlayback = true;
    this.#soundButton = pressable('yimu-sound yimu-hidden', '点按打开声音', () => {
      this.#allowSound();
    });
    node.host.prepend(this.#video, this.#soundButton);
    this.#session = new LivePlayerSession({
      engine: () => loadEngine(this.#video),
      timers: {
        nowMs: () => performance.now(),
        after: (ms, callback) => {
          const timer = window.setTimeout(callback, ms);
          return () => {
            clearTimeout(timer);
          };
        },
      },
      output: {
        stateChange: (change) => {
          if (change.code === 2030) this.#setSoundBlocked(true);
          node.trigger('statechange', change);
        },
        figures: (figures) => {
          node.trigger('netstatus', netStatus(figures));
        },
      },
    });
    this.#full = new FullScreen(node.host, (fullScreen, direction) => {
      node.trigger('fullscreenchange', {
        fullScreen,
        direction: direction === 0 ? 'vertical' : 'horizontal',
      });
    });
    controls.set(node.component, this);
  }

  readonly update = (name: string, value: unknown): void => {
    if (name === 'src') this.#setSource(typeof value === 'string' ? value : '');
    else if (name === 'muted' || name === 'soundMode') this.#applySound();
    else if (name === 'objectFit') this.#video.style.objectFit = value === 'fillCrop' ? 'cover' : 'contain';
    else if (name === 'orientation') this.#node.host.classList.toggle('yimu-turned', value === 'horizontal');
    else if (name === 'mode' || name === 'minCache' || name === 'maxCache') this.#setLatency();
    else if (name === 'autoplay' && value === true && this.#attachedYet && !this.#session.wanted)
      this.#session.play();
  };

  readonly attached = (): void => {
    this.#attachedYet = true;
    document.addEventListener('visibilitychange', this.#hidden);
    if (this.#node.flag('autoplay')) this.#session.play();
  };

  readonly detached = (): void => {
    document.removeEventListener('visibilitychange', this.#hidden);
    this.#full.exit();
    this.#session.stop();
  };

  readonly pageHidden = (): void => {
    if (!this.#node.flag('autoPauseIfNavigate')) return;
    this.#resumeOnShow = this.#session.wanted;
    this.#session.pause();
  };

  readonly pageShown = (): void => {
    if (!this.#resumeOnShow) return;
    this.#resumeOnShow = false;
    this.#session.play();
  };

  play(): boolean {
    return this.#session.play();
  }

  stop(): void {
    this.#resumeOnShow = false;
    this.#session.stop();
  }

  pause(): void {
    this.#session.pause();
  }

  resume(): boolean {
    return this.#session.play();
  }

  mute(): void {
    this.#mutedByContext = !this.#mutedByContext;
    this.#applySound();
  }

  snapshot(): Promise<Snapshot> {
    return snapshotOf(this.#video);
  }

  requestFullScreen(direction: number): void {
    this.#full.request(direction);
  }

  exitFullScreen(): void {
    this.#full.exit();
  }

  #setSource(src: string): void {
    this.#session.setSource(src);
    if (src !== '' && this.#attachedYet && this.#node.flag('autoplay') && !this.#session.wanted)
      this.#session.play();
  }

  #setLatency(): void {
    const min = Number(this.#node.get('minCache'));
    const max = Number(this.#node.get('maxCache'));
    const realTime = this.#node.text('mode') === 'RTC';
    this.#session.setLatency(
      realTime ? { target: 0.4, max: 1 } : { target: min, max: Math.max(max, min + 0.5) },
    );
  }

  #applySound(): void {
    const background = document.hidden && this.#node.flag('backgroundMute');
    const wanted = !this.#node.flag('muted') && !this.#mutedByContext && !background;
    this.#video.muted = !wanted || this.#soundBlocked;
    this.#soundButton.classList.toggle('yimu-hidden', !(wanted && this.#soundBlocked));
  }

  #setSoundBlocked(blocked: boolean): void {
    this.#soundBlocked = blocked;
    this.#applySound();
  }

  #allowSound(): void {
    this.#setSoundBlocked(false);
    this.#video.play().catch(() => {
      this.#setSoundBlocked(true);
    });
  }
}

/** `live-player`: HTTP-FLV, WebSocket-FLV or MPEG-TS in a video element, with WeChat's attributes and events. */
export function livePlayer(loadEngine: LoadEngine): Builtin {
  return {
    tag: 'live-player',
    properties: {
      src: text(),
      mode: text('live'),
      autoplay: flag(),
      muted: flag(),
      orientation: text('vertical'),
      objectFit: text('contain'),
      backgroundMute: flag(),
      minCache: number(1),
      maxCache: number(3),
      soundMode: text('speaker'),
      autoPauseIfNavigate: flag(true),
      autoPauseIfOpenNative: flag(true),
      pictureInPictureMode: { type: null, value: null },
    },
    create: (node) => new LivePlayer(node, loadEngine),
  };
}
