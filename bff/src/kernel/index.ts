export { type Cancel, type Clock, SystemClock } from './clock.ts';
export { DeadlineError, withDeadline } from './deadline.ts';
export { CoreError, type ErrorFacts } from './errors.ts';
export { ExpiringMap } from './expiring-map.ts';
export { Counter, CounterFamily, Instruments, type Reading } from './instruments.ts';
export { KeyedQueue } from './keyed-queue.ts';
export { type LogFields, type Logger, silentLogger } from './logger.ts';
export { type RandomSource, SystemRandom } from './random.ts';
export { TypedEmitter } from './typed-emitter.ts';
