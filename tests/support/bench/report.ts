/** One figure of a benchmark. */
export interface Figure {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** For a ratio: what stands above and below the line. */
  readonly detail: string;
}

/** Prints one JSON line. */
export function report(bench: string, { figure, value, unit, detail }: Figure): void {
  process.stdout.write(
    `${JSON.stringify({ bench, figure, value: Number(value.toPrecision(4)), unit, detail })}\n`,
  );
}

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
