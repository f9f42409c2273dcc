import type { Dialect, DialectRefusals } from '../../bff/src/http/dialect-kit/index.ts';
import { ezvizDialect, ezvizRefusals } from '../../bff/src/http/dialects/ezviz/index.ts';

/** A dialect, and the folder of its fixtures below `tests/fixtures/dialects`. */
export interface DialectUnderTest {
  readonly name: string;
  readonly make: (core: unknown) => Dialect;
  readonly refusals: DialectRefusals;
}

export const DIALECTS_UNDER_TEST: readonly DialectUnderTest[] = [
  {
    name: 'ezviz',
    // The scripted core stands for whatever part of the core a dialect takes.
    make: (core) => ezvizDialect(core as Parameters<typeof ezvizDialect>[0]),
    refusals: ezvizRefusals,
  },
];
