import { isAdts } from '../es/adts.ts';
import type { AudioCodec } from '../es/frame.ts';
import type { MappedStream } from '../ps/program-stream-map.ts';

/** So many ADTS packets in a row prove that what was taken for G.711 is AAC; one alone may be chance. */
const ADTS_PACKETS_FOR_CHANGE = 2;
/** So many packets in a row without an ADTS frame prove that it is no AAC. */
const PACKETS_WITHOUT_FRAME = 16;

/** Finds out how the sound of a stream is coded: by what it looks like first, then by what the stream map says. */
export class AudioDetector {
  /** What the map says; undefined before the first map, null when it names no sound. */
  #mapped: MappedStream | null | undefined;
  #coding: AudioCodec | undefined;
  #fault: string | undefined;
  #adtsRun = 0;
  #framelessRun = 0;
  #refutedAac = false;

  /** Why what comes cannot be carried. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** What is coming; before that, what the map promises. */
  get coding(): AudioCodec | undefined {
    return this.#coding ?? this.promised;
  }

  /** The coding that the map promises; undefined without one that is carried. */
  get promised(): AudioCodec | undefined {
    const stream = this.#mapped?.stream;
    return stream?.kind === 'audio' ? stream.codec : undefined;
  }

  /** The map is there and names no sound, or what comes cannot be carried. */
  get isSilent(): boolean {
    return this.#mapped === null || this.#fault !== undefined;
  }

  /** Takes the map's word; null = it names no sound. A map that leaves out what it named before changes nothing. */
  onMap(mapped: MappedStream | null): void {
    const before = this.#mapped;
    if (before && (!mapped || mapped.streamType === before.streamType)) return;
    this.#mapped = mapped;
    this.#coding = undefined;
    this.#fault = undefined;
    this.#refutedAac = false;
    this.#adtsRun = 0;
  }

  /**
   * Judges by the payload of the next packet; undefined = it cannot be carried. `isLate` = pictures have begun, so that
   * a map would have come if there were one.
   */
  judge(payload: Uint8Array, isLate: boolean): AudioCodec | undefined {
    if (this.#coding === 'aac') return 'aac';
    this.#adtsRun = isAdts(payload) ? this.#adtsRun + 1 : 0;
    if (this.#adtsRun >= (this.#coding ? ADTS_PACKETS_FOR_CHANGE : 1)) this.#coding = 'aac';
    else this.#coding ??= this.#byMap(isLate);
    if (this.#coding) this.#fault = undefined;
    return this.#coding;
  }

  /** Tells whether a packet that was taken for AAC held a frame. */
  noteAac(foundFrame: boolean): void {
    this.#framelessRun = foundFrame ? 0 : this.#framelessRun + 1;
    if (this.#framelessRun < PACKETS_WITHOUT_FRAME) return;
    this.#framelessRun = 0;
    this.#coding = undefined;
    this.#refutedAac = true;
  }

  #byMap(isLate: boolean): AudioCodec | undefined {
    const mapped = this.#mapped;
    // GB/T 28181-2016 annex C: without a map it is most likely what the standard asks for.
    if (mapped === undefined) return isLate ? 'pcma' : undefined;
    if (mapped === null) {
      this.#fault = 'sound that the stream map does not name';
      return undefined;
    }
    const { promised } = this;
    if (promised && !(promised === 'aac' && this.#refutedAac)) return promised;
    const name = mapped.stream?.name ?? `stream type 0x${mapped.streamType.toString(16)}`;
    this.#fault = promised ? 'aac without ADTS headers' : name;
    return undefined;
  }
}
