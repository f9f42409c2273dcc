import { byteAt } from './bytes.ts';
import type { VideoCodec } from './frame.ts';
import { type H264Sps, parseH264PpsIds, parseH264Sps } from './h264.ts';
import { type H265Sps, parseH265Sps } from './h265.ts';
import { h264NalType, h265NalType } from './nal.ts';

const MAX_SET_BYTES = 1024;
const MAX_SETS_PER_KIND = 8;

/** The parameter sets that decode what follows, and what they say. */
export type VideoConfig =
  | {
      readonly codec: 'h264';
      readonly sps: readonly Uint8Array[];
      readonly pps: readonly Uint8Array[];
      readonly parsed: H264Sps;
    }
  | {
      readonly codec: 'h265';
      readonly vps: readonly Uint8Array[];
      readonly sps: readonly Uint8Array[];
      readonly pps: readonly Uint8Array[];
      readonly parsed: H265Sps;
    };

type SetKind = 'vps' | 'sps' | 'pps';

/** Keeps the last parameter sets of a stream, by kind and id; the id space is bounded. */
export class ParameterSets {
  readonly #codec: VideoCodec;
  readonly #sets: Readonly<Record<SetKind, Map<number, Uint8Array>>> = {
    vps: new Map(),
    sps: new Map(),
    pps: new Map(),
  };
  /** What the SPS that came last says. */
  #parsed: H264Sps | H265Sps | undefined;
  #changed = false;

  constructor(codec: VideoCodec) {
    this.#codec = codec;
  }

  /** Notes one parameter set NAL unit; the bytes are copied when they are new. */
  note(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > MAX_SET_BYTES) return;
    const kind = this.#kindOf(byteAt(bytes, start));
    if (!kind) return;
    const nal = bytes.subarray(start, end);
    const id = this.#idOf(kind, nal);
    const sets = this.#sets[kind];
    const known = sets.get(id);
    if (known && sameBytes(known, nal)) return;
    if (!known && sets.size >= MAX_SETS_PER_KIND) return;
    if (kind === 'sps') {
      const parsed = this.#parse(nal);
      if (!parsed) return;
      this.#parsed = parsed;
    }
    sets.set(id, Uint8Array.from(nal));
    this.#changed = true;
  }

  /** The configuration when it is complete and differs from the last one taken. */
  takeChanged(): VideoConfig | undefined {
    if (!this.#changed) return undefined;
    const vps = [...this.#sets.vps.values()];
    const sps = [...this.#sets.sps.values()];
    const pps = [...this.#sets.pps.values()];
    const parsed = this.#parsed;
    if (!parsed || pps.length === 0) return undefined;
    if (this.#codec === 'h265' && vps.length === 0) return undefined;
    this.#changed = false;
    return 'profileIdc' in parsed
      ? { codec: 'h264', sps, pps, parsed }
      : { codec: 'h265', vps, sps, pps, parsed };
  }

  #parse(sps: Uint8Array): H264Sps | H265Sps | undefined {
    return this.#codec === 'h264' ? parseH264Sps(sps) : parseH265Sps(sps);
  }

  #kindOf(header: number): SetKind | undefined {
    if (this.#codec === 'h264') {
      const type = h264NalType(header);
      return type === 7 ? 'sps' : type === 8 ? 'pps' : undefined;
    }
    const type = h265NalType(header);
    return type === 32 ? 'vps' : type === 33 ? 'sps' : type === 34 ? 'pps' : undefined;
  }

  /** H.265 encoders of cameras use one set of each kind; its ids are not read, the last one holds. */
  #idOf(kind: SetKind, nal: Uint8Array): number {
    if (this.#codec === 'h265') return 0;
    if (kind === 'pps') return parseH264PpsIds(nal).ppsId;
    return parseH264Sps(nal)?.spsId ?? 0;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
