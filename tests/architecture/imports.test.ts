import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PLACES = ['bff/src', 'bff/simulator/src', 'bff/sip-parser-lite/src', 'shared/src'];
/** Programs: what they do at import is their job. */
const PROGRAMS = [
  'bff/src/main.ts',
  'bff/src/app/cli/main.ts',
  'bff/src/media-engine/worker/entry.ts',
  'bff/simulator/src/main.ts',
];

const modules = PLACES.flatMap((place) =>
  readdirSync(join(ROOT, place), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(place, name)),
).filter((name) => !PROGRAMS.includes(name));

/**
 * Imports what it is told, with everything watched that does work: sockets, servers, timers, threads, processes,
 * files that are written. Prints what it saw, and must end by itself.
 */
const WATCHER = `
import { createRequire, syncBuiltinESMExports } from 'node:module';
const require = createRequire(import.meta.url);
const done = [];
let watched = '';
function watch(holder, names, what) {
  for (const name of names) {
    const real = holder[name];
    holder[name] = function (...args) {
      if (watched !== '') done.push(watched + ': ' + what + ' ' + name);
      return new.target ? Reflect.construct(real, args, new.target) : real.apply(this, args);
    };
    holder[name].prototype = real.prototype;
  }
}
watch(require('node:dgram'), ['createSocket'], 'socket');
watch(require('node:net').Server.prototype, ['listen'], 'server');
watch(require('node:net').Socket.prototype, ['connect'], 'socket');
watch(require('node:worker_threads'), ['Worker'], 'thread');
watch(require('node:child_process'), ['spawn', 'spawnSync', 'fork', 'exec', 'execFile'], 'process');
watch(require('node:fs'), ['writeFileSync', 'mkdirSync', 'openSync', 'rmSync', 'createWriteStream'], 'file');
watch(globalThis, ['setTimeout', 'setInterval', 'fetch'], 'timer or call');
watch(process, ['on', 'once'], 'listener of the process');
syncBuiltinESMExports();
// The loader of TypeScript has handles of its own, which come and go.
const handles = () =>
  process.getActiveResourcesInfo().filter((name) => !['MessagePort', 'ConnectWrap', 'PipeWrap', 'CloseReq'].includes(name));
const before = handles();
for (const name of JSON.parse(process.env.YIMU_TEST_MODULES)) {
  watched = name;
  await import(name);
}
watched = '';
const after = handles();
console.log(JSON.stringify({ done, before, after }));
`;

/** What no module of the server may do. */
const BUSY = `
import { createSocket } from 'node:dgram';
import { mkdirSync } from 'node:fs';
setTimeout(() => undefined, 1);
mkdirSync('/tmp', { recursive: true });
createSocket('udp4').close();
process.on('SIGHUP', () => undefined).removeAllListeners('SIGHUP');
`;

interface Seen {
  readonly done: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
}

function importing(names: readonly string[]): Seen {
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', WATCHER],
    {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: 60_000,
      env: {
        ...process.env,
        YIMU_TEST_MODULES: JSON.stringify(names.map((name) => resolve(ROOT, name))),
        NODE_V8_COVERAGE: '',
      },
    },
  );
  assert.equal(signal, null, 'the process does not end by itself');
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Seen;
}

describe('importing a module', function () {
  this.timeout(90_000);

  it('does no work and leaves no handle open, whatever module of the server it is', () => {
    assert.ok(modules.length > 200);
    const { done, before, after } = importing(modules);
    assert.deepEqual(done, []);
    assert.deepEqual(after, before);
  });

  it('that does work is found', () => {
    const folder = mkdtempSync(join(tmpdir(), 'yimu-imports-'));
    try {
      const busy = join(folder, 'busy.mjs');
      writeFileSync(busy, BUSY);
      const { done } = importing(['bff/simulator/src/stop-signal.ts', busy]);
      assert.deepEqual(
        done.map((line) => line.split(': ')[1]),
        ['timer or call setTimeout', 'file mkdirSync', 'socket createSocket', 'listener of the process on'],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
