import type { PsTrack } from './start-code.ts';

/** So many PES of another stream_id in a row, and none of the carried one, mean that the camera uses another now. */
const STRANGERS_BEFORE_CHANGE = 64;

interface Carried {
  id: number | undefined;
  strangers: number;
}

/**
 * Which stream_id of each kind is carried: the first that comes. A second camera picture in the same program stream
 * is left out; an id that a damaged header made up loses its place.
 */
export class CarriedStreams {
  readonly #carried: Readonly<Record<PsTrack, Carried>> = {
    video: { id: undefined, strangers: 0 },
    audio: { id: undefined, strangers: 0 },
  };

  /** Judges the next PES of a kind. */
  accepts(track: PsTrack, psStreamId: number): boolean {
    const carried = this.#carried[track];
    if (carried.id !== psStreamId) {
      carried.strangers += 1;
      if (carried.id !== undefined && carried.strangers < STRANGERS_BEFORE_CHANGE) return false;
      carried.id = psStreamId;
    }
    carried.strangers = 0;
    return true;
  }

  /** The carried stream_id of a kind; undefined before the first PES. */
  idOf(track: PsTrack): number | undefined {
    return this.#carried[track].id;
  }
}
