import type { LearningPort } from '../../core/index.ts';
import type { Gb28181Platform } from '../../gb28181/index.ts';

/** What devices that speak GB/T 28181 make of commands. */
export function createGb28181Learning(platform: Pick<Gb28181Platform, 'on'>): LearningPort {
  return { onLearned: (listener) => platform.on('learned', listener) };
}
