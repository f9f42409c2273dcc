import type { Chance } from './chance.ts';
import type { Corpus } from './corpus.ts';

/** Something that takes octets from strangers. */
export interface FuzzTarget {
  readonly corpus: Corpus;
  /** What a run begins with: the corpus, and good inputs. */
  seeds(): readonly Uint8Array[];
  /** An input made of known ones. */
  mutate(inputs: readonly Uint8Array[], chance: Chance): Buffer;
  /** Feeds the input and names what was seen; throws when a promise is broken. */
  feed(input: Uint8Array): readonly string[];
  /** Larger inputs are not kept in the corpus. */
  readonly maxKeptBytes: number;
}
