import { And, type FindOperator, LessThan, MoreThanOrEqual } from 'typeorm';

/** From the first number, included, to the second, which is not. */
export function within(from: number | undefined, to: number | undefined): FindOperator<number> {
  if (from === undefined) return LessThan(to ?? Number.MAX_SAFE_INTEGER);
  return to === undefined ? MoreThanOrEqual(from) : And(MoreThanOrEqual(from), LessThan(to));
}
