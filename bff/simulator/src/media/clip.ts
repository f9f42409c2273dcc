import { readFileSync } from 'node:fs';

const AUD = 9;
const IDR = 5;
const AUDIO_BYTES_PER_SECOND = 8_000;

/** One coded picture with its delimiter and parameter sets, as Annex B bytes (H.264 annex B). */
export interface AccessUnit {
  readonly bytes: Buffer;
  readonly key: boolean;
}

/** A clip that is sent in a loop. */
export interface Clip {
  readonly name: string;
  readonly framesPerSecond: number;
  readonly pictures: readonly AccessUnit[];
  /** G.711 A-law, 8 kHz mono, as long as the pictures. */
  readonly audio: Buffer;
}

interface ClipFacts {
  readonly name: string;
  readonly seconds: number;
  readonly framesPerSecond: number;
}

/** As the sources stand, or seen from `dist/server`. */
const FOLDER = new URL(
  import.meta.url.endsWith('.ts') ? '../../clips/' : '../../bff/simulator/clips/',
  import.meta.url,
);
const cache = new Map<string, Clip>();

/** Loads a clip of the simulator's own folder; devices that send the same clip share it. */
export function loadClip(name: string): Clip {
  const known = cache.get(name);
  if (known) return known;
  const index = JSON.parse(readFileSync(new URL('clips.json', FOLDER), 'utf8')) as readonly ClipFacts[];
  const facts = index.find((entry) => entry.name === name);
  if (!facts)
    throw new Error(`there is no clip ${name}; known: ${index.map((entry) => entry.name).join(', ')}`);
  const clip: Clip = {
    name,
    framesPerSecond: facts.framesPerSecond,
    pictures: splitPictures(readFileSync(new URL(`${name}.h264`, FOLDER))),
    audio: readFileSync(new URL(`${name}.alaw`, FOLDER)).subarray(0, facts.seconds * AUDIO_BYTES_PER_SECOND),
  };
  cache.set(name, clip);
  return clip;
}

/** Divides an Annex B stream at its access unit delimiters; what stands before the first one is dropped. */
export function splitPictures(stream: Buffer): AccessUnit[] {
  const starts: number[] = [];
  const keys: boolean[] = [];
  for (let at = stream.indexOf(START_CODE); at !== -1; at = stream.indexOf(START_CODE, at + 3)) {
    const type = (stream[at + 3] ?? 0) & 0x1f;
    if (type === AUD) {
      starts.push(at > 0 && stream[at - 1] === 0 ? at - 1 : at);
      keys.push(false);
    } else if (type === IDR && keys.length > 0) {
      keys[keys.length - 1] = true;
    }
  }
  return starts.map((start, index) => ({
    bytes: stream.subarray(start, starts[index + 1] ?? stream.length),
    key: keys[index] ?? false,
  }));
}

const START_CODE = Buffer.from([0, 0, 1]);
