import { LONG_WINDOW_BANDS_8K } from '../../../audio/aac-tables.ts';

/** What depends on the sampling rate. */
export interface RateBands {
  /** Where scale factor bands begin in a window of 1024 or 128 coefficients, with the end of the last. */
  readonly long: Uint16Array;
  readonly short: Uint16Array;
  /** Bands that TNS reaches (TNS_MAX_BANDS of AAC-LC, table 4.156). */
  readonly tnsLong: number;
  readonly tnsShort: number;
}

/** How often a width follows itself, and the width. */
type Run = readonly [count: number, width: number];

function offsets(runs: readonly Run[]): Uint16Array {
  const all = [0];
  let at = 0;
  for (const [count, width] of runs)
    for (let i = 0; i < count; i += 1) {
      at += width;
      all.push(at);
    }
  return Uint16Array.from(all);
}

const LONG_96K = offsets([
  ...([
    [14, 4],
    [5, 8],
    [5, 12],
    [2, 16],
    [1, 24],
    [1, 28],
    [1, 36],
    [1, 44],
  ] as const),
  [11, 64],
]);
const LONG_64K = offsets([
  ...([
    [14, 4],
    [4, 8],
    [3, 12],
    [3, 16],
    [1, 20],
    [2, 24],
    [1, 28],
    [1, 36],
  ] as const),
  [18, 40],
]);
const UP_TO_928: readonly Run[] = [
  ...([
    [10, 4],
    [7, 8],
    [4, 12],
    [2, 16],
    [2, 20],
    [2, 24],
    [2, 28],
  ] as const),
  [19, 32],
];
const LONG_48K = offsets([...UP_TO_928, [1, 96]]);
const LONG_32K = offsets([...UP_TO_928, [3, 32]]);
const LONG_24K = offsets([
  ...([
    [11, 4],
    [10, 8],
    [4, 12],
    [3, 16],
    [2, 20],
    [2, 24],
    [2, 28],
    [1, 32],
  ] as const),
  ...([
    [2, 36],
    [1, 40],
    [1, 44],
    [1, 48],
    [2, 52],
    [5, 64],
  ] as const),
]);
const LONG_16K = offsets([
  ...([
    [11, 8],
    [9, 12],
    [4, 16],
    [3, 20],
    [2, 24],
    [2, 28],
    [1, 32],
    [1, 36],
  ] as const),
  ...([
    [2, 40],
    [1, 44],
    [1, 48],
    [1, 52],
    [1, 56],
    [1, 60],
    [3, 64],
  ] as const),
]);
const LONG_8K = Uint16Array.from(LONG_WINDOW_BANDS_8K);

const SHORT_64K = offsets([
  [6, 4],
  [3, 8],
  [1, 16],
  [1, 28],
  [1, 36],
]);
const SHORT_32K = offsets([
  [5, 4],
  [3, 8],
  [3, 12],
  [3, 16],
]);
const SHORT_24K = offsets([
  [7, 4],
  [3, 8],
  [2, 12],
  [2, 16],
  [1, 20],
]);
const SHORT_16K = offsets([
  [8, 4],
  [2, 8],
  [2, 12],
  [1, 16],
  [2, 20],
]);
const SHORT_8K = offsets([
  [7, 4],
  [4, 8],
  [1, 12],
  [1, 16],
  [2, 20],
]);

function bands(long: Uint16Array, short: Uint16Array, tnsLong: number, tnsShort = 14): RateBands {
  return { long, short, tnsLong, tnsShort };
}

/** samplingFrequencyIndex 0 to 12 (table 1.18), and the bands (tables 4.129 to 4.147). */
const RATES: readonly (readonly [rateHz: number, bands: RateBands])[] = [
  [96_000, bands(LONG_96K, SHORT_64K, 31, 9)],
  [88_200, bands(LONG_96K, SHORT_64K, 31, 9)],
  [64_000, bands(LONG_64K, SHORT_64K, 34, 10)],
  [48_000, bands(LONG_48K, SHORT_32K, 40)],
  [44_100, bands(LONG_48K, SHORT_32K, 42)],
  [32_000, bands(LONG_32K, SHORT_32K, 51)],
  [24_000, bands(LONG_24K, SHORT_24K, 46)],
  [22_050, bands(LONG_24K, SHORT_24K, 46)],
  [16_000, bands(LONG_16K, SHORT_16K, 42)],
  [12_000, bands(LONG_16K, SHORT_16K, 42)],
  [11_025, bands(LONG_16K, SHORT_16K, 42)],
  [8_000, bands(LONG_8K, SHORT_8K, 39)],
  [7_350, bands(LONG_8K, SHORT_8K, 39)],
];
/** A rate that is written out takes the bands of the first of these that is not above it (table 4.82). */
const LOWEST_OF_INDEX = [
  92_017, 75_132, 55_426, 46_009, 37_566, 27_713, 23_004, 18_783, 13_856, 11_502, 9_391, 0,
];

/** The rate of a samplingFrequencyIndex, Hz; undefined when it is reserved. */
export function rateOfIndex(index: number): number | undefined {
  return RATES[index]?.[0];
}

/** The bands at a rate, which may be none of the table. */
export function bandsAt(rateHz: number): RateBands {
  const index = LOWEST_OF_INDEX.findIndex((lowest) => rateHz >= lowest);
  const [, found] = RATES[index] ?? [0, bands(LONG_8K, SHORT_8K, 39)];
  return found;
}
