import { byteAt, readUint16 } from '../es/bytes.ts';
import { indexOfStartCodePrefix } from '../es/start-code.ts';
import { CarriedStreams } from './carried-streams.ts';
import { cutCodeAt, mayBeginCode } from './cut-code.ts';
import { parsePesHeader } from './pes-packet.ts';
import { type ProgramStreamMap, parseProgramStreamMap } from './program-stream-map.ts';
import { MAX_PS_HEADER_BYTES, NOT_A_HEADER, psHeaderBytes } from './ps-header.ts';
import {
  PACK_HEADER,
  PROGRAM_END,
  PROGRAM_STREAM_MAP,
  type PsTrack,
  START_CODE_BYTES,
  SYSTEM_HEADER,
  trackOf,
} from './start-code.ts';

/** A frame of more than 64 KB is sent by some as one PES of this length that simply goes on. */
const FULL_PES_LENGTH = 0xffff;
const LENGTH_END_BYTES = 6;
const MAX_STUFFING_BYTES = 4096;
const STUFFING = 0xff;

/** What a demuxer tells; bytes are views, valid during the call. */
export interface PesSink {
  onPesStart(track: PsTrack, ptsTicks90k: number | undefined, dtsTicks90k: number | undefined): void;
  onPesData(track: PsTrack, bytes: Uint8Array, start: number, end: number): void;
  onPesEnd(track: PsTrack): void;
  onMap(map: ProgramStreamMap): void;
  /** Bytes are missing or senseless: what is open is not whole, and what follows may begin in mid-frame. */
  onDamage(): void;
}

/** `seek` = up to the next pack; `header` = a start code must stand here; the rest = inside a packet. */
type State = 'seek' | 'header' | 'data' | 'unbounded' | 'skip';

/**
 * MPEG program stream (ISO/IEC 13818-1 §2.5) in any cut to PES payload. Payload is never kept here: at most one
 * header is gathered from several pieces.
 */
export class PsDemuxer {
  readonly #sink: PesSink;
  readonly #carry = new Uint8Array(MAX_PS_HEADER_BYTES + 8);
  #carried = 0;
  #state: State = 'seek';
  #remaining = 0;
  #track: PsTrack | undefined;
  /** The open PES had the full length: it may go on. */
  #mayGoOn = false;
  #stuffing = 0;
  readonly #carriedStreams = new CarriedStreams();
  #resyncs = 0;

  constructor(sink: PesSink) {
    this.#sink = sink;
  }

  /** Times the stream was out of step. */
  get resyncs(): number {
    return this.#resyncs;
  }

  /** True between packets: nothing that was begun is open. */
  get atRest(): boolean {
    return this.#state === 'header' && this.#carried === 0 && !this.#mayGoOn;
  }

  /** Whose PES is open and lacks bytes that its length promised; undefined when none is. */
  get lacking(): PsTrack | undefined {
    return this.#state === 'data' ? this.#track : undefined;
  }

  /** The stream_id that is carried as sound; undefined before its first PES. */
  get audioId(): number | undefined {
    return this.#carriedStreams.idOf('audio');
  }

  /** Bytes before this are lost: drops what is open and waits for the next pack. */
  reset(): void {
    if (this.#state === 'seek' && this.#carried === 0) return;
    this.#carried = 0;
    this.#lose();
  }

  push(bytes: Uint8Array, start = 0, end = bytes.length): void {
    let at = start;
    while (at < end) {
      switch (this.#state) {
        case 'seek':
          at = this.#seek(bytes, at, end);
          break;
        case 'header':
          at = this.#header(bytes, at, end);
          break;
        case 'data':
        case 'skip':
          at = this.#data(bytes, at, end);
          break;
        case 'unbounded':
          at = this.#unbounded(bytes, at, end);
          break;
      }
    }
  }

  #lose(): void {
    this.#state = 'seek';
    this.#track = undefined;
    this.#mayGoOn = false;
    this.#stuffing = 0;
    this.#sink.onDamage();
  }

  #seek(bytes: Uint8Array, from: number, end: number): number {
    if (this.#carried > 0) return this.#matchCarried(bytes, from);
    let at = from;
    for (;;) {
      at = indexOfStartCodePrefix(bytes, at, end);
      if (at < 0 || at + 3 >= end) break;
      if (bytes[at + 3] === PACK_HEADER) {
        this.#state = 'header';
        return at;
      }
      at += 3;
    }
    return this.#carryPrefix(bytes, at < 0 ? Math.max(from, end - 2) : at, end);
  }

  #unbounded(bytes: Uint8Array, from: number, end: number): number {
    if (this.#carried > 0) return this.#matchCarried(bytes, from);
    let at = from;
    for (;;) {
      at = indexOfStartCodePrefix(bytes, at, end);
      if (at < 0 || at + 3 >= end) break;
      if (byteAt(bytes, at + 3) >= PROGRAM_END) {
        this.#emit(bytes, from, at);
        this.#endPes();
        return at;
      }
      at += 3;
    }
    const kept = cutCodeAt(bytes, at < 0 ? Math.max(from, end - 2) : at, end);
    this.#emit(bytes, from, kept);
    return this.#carryPrefix(bytes, kept, end);
  }

  /** Keeps the bytes at the end of the piece that may begin a start code. */
  #carryPrefix(bytes: Uint8Array, from: number, end: number): number {
    for (let at = cutCodeAt(bytes, from, end); at < end; at += 1) {
      this.#carry[this.#carried] = byteAt(bytes, at);
      this.#carried += 1;
    }
    return end;
  }

  /** One more byte for a start code that was cut between pieces; bytes that turn out not to begin one are data. */
  #matchCarried(bytes: Uint8Array, at: number): number {
    this.#carry[this.#carried] = byteAt(bytes, at);
    this.#carried += 1;
    const lowestId = this.#state === 'seek' ? PACK_HEADER : PROGRAM_END;
    while (this.#carried > 0 && !mayBeginCode(this.#carry, this.#carried, lowestId)) {
      if (this.#state === 'unbounded') this.#emit(this.#carry, 0, 1);
      this.#carry.copyWithin(0, 1, this.#carried);
      this.#carried -= 1;
    }
    if (this.#carried === START_CODE_BYTES) {
      if (this.#state === 'unbounded') this.#endPes();
      this.#state = 'header';
    }
    return at + 1;
  }

  #header(bytes: Uint8Array, at: number, end: number): number {
    if (this.#carried === 0) {
      const size = psHeaderBytes(bytes, at, end - at);
      if (size === NOT_A_HEADER) return this.#outOfStep(bytes, at);
      if (size <= end - at) {
        this.#enter(bytes, at, size);
        return at + size;
      }
    }
    return this.#gatherHeader(bytes, at, end);
  }

  #gatherHeader(bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    for (;;) {
      const size = psHeaderBytes(this.#carry, 0, this.#carried);
      if (size === NOT_A_HEADER) {
        this.#outOfStepCarried();
        return at;
      }
      if (size <= this.#carried) {
        const extra = this.#carried - size;
        this.#carried = 0;
        this.#enter(this.#carry, 0, size);
        // An empty pack is known only by the start code after it: three bytes were read ahead.
        if (extra > 0) this.#pushCopy(size, extra);
        return at;
      }
      if (at >= end) return at;
      const take = Math.min(size - this.#carried, end - at);
      this.#carry.set(bytes.subarray(at, at + take), this.#carried);
      this.#carried += take;
      at += take;
    }
  }

  #pushCopy(start: number, count: number): void {
    this.push(this.#carry.slice(start, start + count));
  }

  #outOfStepCarried(): void {
    const pending = this.#carry.slice(0, this.#carried);
    this.#carried = 0;
    const used = this.#outOfStep(pending, 0);
    if (used < pending.length) this.push(pending, used);
  }

  /** No start code where one must stand: stuffing, a full-length PES that goes on, or lost step. */
  #outOfStep(bytes: Uint8Array, at: number): number {
    if (this.#mayGoOn) {
      this.#mayGoOn = false;
      this.#state = 'unbounded';
      return at;
    }
    const first = byteAt(bytes, at);
    const zeroByte = first === 0 && byteAt(bytes, at + 1) === 0 && byteAt(bytes, at + 2) === 0;
    if ((zeroByte || first === STUFFING) && this.#stuffing < MAX_STUFFING_BYTES) {
      this.#stuffing += 1;
      return at + 1;
    }
    this.#resyncs += 1;
    this.#lose();
    // Not from here again: what stands here may look like a pack header and be none.
    return at + 1;
  }

  #enter(bytes: Uint8Array, at: number, size: number): void {
    if (this.#mayGoOn) this.#endPes();
    this.#stuffing = 0;
    const id = byteAt(bytes, at + 3);
    if (id === PACK_HEADER || id === PROGRAM_END || id === SYSTEM_HEADER) return;
    if (id === PROGRAM_STREAM_MAP) {
      const map = parseProgramStreamMap(bytes, at, at + size);
      if (map) this.#sink.onMap(map);
      return;
    }
    const track = trackOf(id);
    if (track) this.#enterPes(bytes, at, size, track);
    else this.#skip(readUint16(bytes, at + LENGTH_END_BYTES - 2));
  }

  #enterPes(bytes: Uint8Array, at: number, size: number, track: PsTrack): void {
    const header = parsePesHeader(bytes, at, size);
    if (!header) {
      this.#resyncs += 1;
      this.#lose();
      return;
    }
    if (!this.#carriedStreams.accepts(track, header.psStreamId)) {
      this.#track = undefined;
      if (header.dataBytes === undefined) this.#state = 'unbounded';
      else this.#skip(header.dataBytes);
      return;
    }
    this.#track = track;
    this.#sink.onPesStart(track, header.ptsTicks90k, header.dtsTicks90k);
    if (header.dataBytes === undefined) {
      this.#state = 'unbounded';
      return;
    }
    this.#mayGoOn = readUint16(bytes, at + 4) === FULL_PES_LENGTH;
    this.#remaining = header.dataBytes;
    this.#state = 'data';
    if (header.dataBytes === 0) this.#endData();
  }

  #skip(count: number): void {
    this.#remaining = count;
    this.#state = count > 0 ? 'skip' : 'header';
  }

  #data(bytes: Uint8Array, at: number, end: number): number {
    const take = Math.min(this.#remaining, end - at);
    if (this.#state === 'data') this.#emit(bytes, at, at + take);
    this.#remaining -= take;
    if (this.#remaining === 0) this.#endData();
    return at + take;
  }

  #endData(): void {
    this.#state = 'header';
    if (!this.#mayGoOn) this.#endPes();
  }

  #endPes(): void {
    const track = this.#track;
    this.#track = undefined;
    this.#mayGoOn = false;
    this.#state = 'header';
    if (track) this.#sink.onPesEnd(track);
  }

  #emit(bytes: Uint8Array, start: number, end: number): void {
    if (this.#track && end > start) this.#sink.onPesData(this.#track, bytes, start, end);
  }
}
