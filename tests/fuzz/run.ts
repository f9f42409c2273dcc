/**
 * A long run, by hand: `node --import tsx tests/fuzz/run.ts <target> [--inputs 1000000] [--seed 1] [--keep]`. What
 * shows two things together that were not seen together before is mutated further; `--keep` adds to the corpus the
 * smallest input that shows each thing.
 */
import { parseArgs } from 'node:util';
import { Chance } from './chance.ts';
import type { FuzzTarget } from './target.ts';
import { TARGETS } from './targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
});

const targets: Readonly<Record<string, FuzzTarget>> = TARGETS;
const target = targets[positionals[0] ?? ''];
if (target === undefined) throw new Error(`which target? ${Object.keys(TARGETS).join(', ')}`);
hunt(target);

function hunt(target: FuzzTarget): void {
  const chance = new Chance(Number(values.seed));
  const inputs: Uint8Array[] = [...target.seeds()];
  const smallest = new Map<string, Uint8Array>();
  const pairs = new Set<string>();

  /** Whether the input shows something new; a fault is told with the input that made it. */
  const isNew = (input: Uint8Array): boolean => {
    const shown = told(target, input);
    const before = pairs.size;
    for (const one of shown) {
      const best = smallest.get(one);
      if (best === undefined || input.length < best.length) smallest.set(one, Uint8Array.from(input));
      for (const other of shown) if (one <= other) pairs.add(`${one} ${other}`);
    }
    return pairs.size > before;
  };

  for (const input of inputs) isNew(input);
  const startedAt = performance.now();
  for (let count = 0; count < Number(values.inputs); count += 1) {
    const input = target.mutate(inputs, chance);
    if (isNew(input)) inputs.push(input);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  process.stdout.write(
    `${values.inputs} inputs in ${seconds.toFixed(0)} s, ${String(smallest.size)} kinds of results, no fault\n`,
  );
  if (!values.keep) return;
  for (const input of smallest.values()) if (input.length <= target.maxKeptBytes) target.corpus.keep(input);
}

function told(target: FuzzTarget, input: Uint8Array): readonly string[] {
  try {
    return target.feed(input);
  } catch (error) {
    process.stderr.write(`${Buffer.from(input).toString('base64')}\n`);
    throw error;
  }
}
