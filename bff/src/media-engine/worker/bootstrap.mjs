// A thread does not take over the loader of the main thread (Node 20): it brings its own to run TypeScript.
import { register } from 'tsx/esm/api';

register();
await import('./entry.ts');
