import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './build-when-stale.mjs';
import { root } from './setup.mjs';

const node = process.execPath;
const bin = (name) => join('node_modules', '.bin', name);

/** Checks that read the sources. Each counts as one test. */
const CHECKS = {
  format: [bin('prettier'), '--check', '--log-level=warn', '.'],
  lint: [bin('eslint'), '.', '--max-warnings=0'],
  types: ['npm', 'run', '--silent', 'types'],
  layers: ['npm', 'run', '--silent', 'layers'],
  unused: [bin('knip'), '--no-progress'],
  generated: [node, '--import', 'tsx', 'scripts/generate.ts', '--check'],
};

/** Folders of tests that compute for most of their time, the cheapest first. */
const COMPUTING = ['unit', 'architecture', 'contract', 'fuzz'];

/**
 * Folders of tests that wait for most of their time: for the timers of protocols, for processes, for disks. Each is
 * divided into so many runs, which wait side by side; those that take longest come first.
 */
const WAITING = { e2e: 2, integration: 4, interop: 1 };
/** So many of these runs go on beside what computes. */
const WAITING_AT_ONCE = 3;

const COUNTS = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m;

/** Runs what is named, or all; resolves with the exit code. The last line printed has the sums. */
export async function runSteps(args) {
  const strict = args.includes('--strict');
  const named = args.filter((arg) => !arg.startsWith('--'));
  const wanted = steps().filter(({ name }) => named.length === 0 || named.includes(name));
  const sums = { passed: 0, failed: 0, skipped: 0 };
  const runAll = async (queue) => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      const counts = await timed(step);
      for (const key of Object.keys(sums)) sums[key] += counts[key];
    }
  };

  const building = wanted.filter(({ name }) => name === 'build');
  const computing = wanted.filter(({ name, waits }) => name !== 'build' && !waits);
  const waiting = wanted.filter(({ waits }) => waits);
  // The programs and pages are built before anything that may start or read them.
  if (building.length > 0) await runAll(building);
  else if (waiting.length > 0) ensureBuilt('pages', 'server');
  const beside = availableParallelism() > 1 ? WAITING_AT_ONCE : 0;
  await Promise.all([
    runAll(computing).then(() => runAll(waiting)),
    ...Array.from({ length: beside }, () => runAll(waiting)),
  ]);

  console.log(describe(sums));
  if (sums.passed + sums.failed + sums.skipped === 0) return 1;
  return sums.failed > 0 || (strict && sums.skipped > 0) ? 1 : 0;
}

/** Runs a step and prints what it said when it is over, so that steps side by side do not mix their lines. */
async function timed(step) {
  const startedAt = performance.now();
  const said = [];
  const counts = await step.run((text) => said.push(text));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(said.join(''));
  console.log(`${step.title ?? step.name}: ${describe(counts)} (${seconds} s)\n`);
  return counts;
}

function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function steps() {
  return [
    ...Object.entries(CHECKS).map(([name, command]) => ({
      name,
      run: (say) => check(name, command, say),
    })),
    { name: 'build', run: (say) => check('build', [node, '--import', 'tsx', 'scripts/build.ts'], say) },
    { name: 'official-compiler', run: officialCompiler },
    ...COMPUTING.map((name) => ({ name, run: (say) => suite(testFiles(name), say) })),
    ...Object.entries(WAITING).flatMap(([name, count]) =>
      divided(testFiles(name), count).map((files, index) => ({
        name,
        title: count > 1 ? `${name} (${index + 1} of ${count})` : name,
        waits: true,
        run: (say) => suite(files, say),
      })),
    ),
  ];
}

/** Deals the files out like cards: neighbours, which often cost alike, go into different runs. */
function divided(files, count) {
  return Array.from({ length: count }, (_, index) => files.filter((_file, at) => at % count === index));
}

/** The compiler that WeChat publishes is heavy and is installed apart; without it the check is skipped by name. */
function officialCompiler(say) {
  const tool = 'tools/mp-check';
  if (!existsSync(join(root, tool, 'node_modules'))) {
    say(`skipped: the official mini-program compiler is not installed (npm ci --prefix ${tool})\n`);
    return Promise.resolve({ passed: 0, failed: 0, skipped: 1 });
  }
  return check('official-compiler', [node, join(tool, 'check.mjs'), 'dist/mp'], say);
}

async function check(name, command, say) {
  const { code } = await execute(command, say);
  if (code !== 0) say(`failed: ${name}\n`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function suite(files, say) {
  const { code, output } = await execute(
    [node, join('node_modules', 'mocha', 'bin', 'mocha.js'), ...files],
    say,
  );
  const [, passed = 0, failed = 0, skipped = 0] = (COUNTS.exec(output) ?? []).map(Number);
  // A runner that died, or one that ran nothing, has not passed.
  const broken = (code !== 0 && failed === 0) || passed + failed + skipped === 0;
  return { passed, failed: failed + (broken ? 1 : 0), skipped };
}

function testFiles(suiteName) {
  const folder = join('tests', suiteName);
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .sort();
}

/** `say` takes what the program prints, as it comes. */
function execute([command, ...args], say) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8');
    child.stderr.setEncoding('utf8');
    let output = '';
    child.stdout.on('data', (chunk) => {
      say(chunk);
      output = (output + chunk).slice(-65_536);
    });
    child.stderr.on('data', (chunk) => say(chunk));
    child.on('error', (error) => {
      say(`${error.message}\n`);
      resolve({ code: 1, output });
    });
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
