import type { Engine } from './engine.ts';

/** Makes the engine for a video element; the player's code is fetched when the first picture is asked for. */
export type LoadEngine = (video: HTMLVideoElement) => Promise<Engine>;

export interface Snapshot {
  readonly tempImagePath: string;
  readonly width: string;
  readonly height: string;
}

/** The picture that the video shows now; undefined when there is none. */
export function pictureOf(video: HTMLVideoElement): HTMLCanvasElement | undefined {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return canvas;
}

const STILL = 'yimu-still';

/** Puts a picture in the place of the video's own. */
export function showStill(video: HTMLVideoElement, picture: HTMLCanvasElement): void {
  clearStill(video);
  picture.className = STILL;
  picture.style.objectFit = video.style.objectFit;
  video.after(picture);
}

export function clearStill(video: HTMLVideoElement): void {
  if (video.nextElementSibling?.className === STILL) video.nextElementSibling.remove();
}

/** The picture that the video shows now, as an object URL. */
export function snapshotOf(video: HTMLVideoElement): Promise<Snapshot> {
  const canvas = pictureOf(video);
  if (canvas === undefined) return Promise.reject(new Error('no picture yet'));
  const { width, height } = canvas;
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('the picture cannot be read'));
      else
        resolve({ tempImagePath: URL.createObjectURL(blob), width: String(width), height: String(height) });
    }, 'image/jpeg');
  });
}

/**
 * Full screen: the stage grows over the window and, where the browser allows it, over the screen. Leaving by the
 * browser's own gesture is noticed.
 */
export class FullScreen {
  readonly #host: HTMLElement;
  readonly #changed: (on: boolean, direction: number) => void;
  #direction: number | undefined;
  readonly #left = (): void => {
    if (!document.fullscreenElement) this.exit();
  };

  constructor(host: HTMLElement, changed: (on: boolean, direction: number) => void) {
    this.#host = host;
    this.#changed = changed;
  }

  get on(): boolean {
    return this.#direction !== undefined;
  }

  /** `direction` 0 upright, 90 or -90 turned; a turn is made only where the window stands upright. */
  request(direction: number): void {
    if (this.#direction !== undefined) return;
    this.#direction = direction;
    const stage = this.#host.closest<HTMLElement>('.yimu-stage');
    stage?.classList.add('yimu-full');
    this.#host.classList.add('yimu-full-player');
    const upright = window.innerHeight > window.innerWidth;
    if (direction !== 0 && upright)
      this.#host.classList.add(direction > 0 ? 'yimu-turn-right' : 'yimu-turn-left');
    document.addEventListener('fullscreenchange', this.#left);
    if (document.fullscreenEnabled) stage?.requestFullscreen().catch(() => undefined);
    this.#changed(true, direction);
  }

  exit(): void {
    const direction = this.#direction;
    if (direction === undefined) return;
    this.#direction = undefined;
    document.removeEventListener('fullscreenchange', this.#left);
    document.querySelector('.yimu-full')?.classList.remove('yimu-full');
    this.#host.classList.remove('yimu-full-player', 'yimu-turn-right', 'yimu-turn-left');
    if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
    this.#changed(false, direction);
  }
}
