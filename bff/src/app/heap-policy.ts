import { setFlagsFromString } from 'node:v8';

/** How much the old generation may grow over what was alive after a collection, in percent. */
const GROWTH_PERCENT = 60;

/**
 * Keeps garbage short: left to itself, V8 lets a heap of a few hundred MB grow to three times what is alive. What
 * lives for half a minute here, as every answered request does (RFC 3261 §17.2.2, Timer J), becomes garbage of the old
 * generation. Heeded from the next collection on; holds for every thread.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${String(GROWTH_PERCENT)}`);
}
