// The media thread with two faults that a test can ask for: a session named `crash` ends it, one named `hang` stops it.
import { parentPort } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
parentPort.on('message', ({ kind, call }) => {
  if (kind !== 'call' || call.do !== 'kick') return;
  if (call.tag === 'crash') throw new Error('a fault in the media thread');
  if (call.tag === 'exit') process.exit(7);
  if (call.tag === 'hang') for (;;);
});
await import('../../../bff/src/media-engine/worker/entry.ts');
