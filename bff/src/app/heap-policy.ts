import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import type { Cancel, Clock } from '../kernel/index.ts';

const LOOK_EVERY_MS = 1_000;
/** Above this, what the heap may grow by is memory that a machine would miss. */
const LARGE_HEAP_OCTETS = 128 * 1_048_576;
/** How much the old generation may grow over what was alive after a collection, in percent. */
const GROWTH_PERCENT = { small: 100, large: 12 };

/** What the policy reads and sets; of this process unless a test says otherwise. */
interface Heap {
  /** Octets of the heap in use, garbage included. */
  used(): number;
  /** Heeded from the next collection on, by every thread. */
  setGrowth(percent: number): void;
}

const OWN_HEAP: Heap = {
  used: () => getHeapStatistics().used_heap_size,
  setGrowth: (percent) => {
    setFlagsFromString(`--heap-growing-percent=${String(percent)}`);
  },
};

/**
 * Keeps a large heap tight and lets a small one be: left to itself, V8 lets a heap of a few hundred MB grow to three
 * times what is alive. What lives for half a minute here, as every answered request does (RFC 3261 §17.2.2, Timer J),
 * becomes garbage of the old generation.
 */
export function watchHeap(clock: Clock, heap: Heap = OWN_HEAP): Cancel {
  let percent: number | undefined;
  const look = (): void => {
    const wanted = GROWTH_PERCENT[heap.used() > LARGE_HEAP_OCTETS ? 'large' : 'small'];
    if (wanted === percent) return;
    percent = wanted;
    heap.setGrowth(wanted);
  };
  look();
  return clock.every(LOOK_EVERY_MS, look);
}
