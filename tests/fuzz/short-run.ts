import assert from 'node:assert/strict';
import { Chance } from './chance.ts';
import type { FuzzTarget } from './target.ts';

/** What a short run shall do. */
interface ShortRun {
  readonly inputs: number;
  readonly seed: number;
  /** Results that the corpus must show: it has not lost its worth. */
  readonly shown: readonly string[];
}

/** The cases of one target: its corpus, and some mutations of a fixed seed. */
export function shortRun(target: FuzzTarget, { inputs, seed, shown }: ShortRun): void {
  it('nothing throws, every promise holds: the corpus of earlier runs', () => {
    const results = new Set(target.corpus.read().flatMap((input) => target.feed(input)));
    for (const kind of shown) assert.ok(results.has(kind), `the corpus shows ${kind}`);
  });

  it(`nothing throws, every promise holds: ${String(inputs)} mutations`, () => {
    const known = target.seeds();
    const chance = new Chance(seed);
    for (let count = 0; count < inputs; count += 1) {
      const input = target.mutate(known, chance);
      try {
        target.feed(input);
      } catch (error) {
        throw new Error(`input ${input.toString('base64')}`, { cause: error });
      }
    }
  });
}
