// Lets WeChat's own compiler look at a built package: node tools/mp-check/check.mjs dist/mp
// It needs no account: the key is made for this run, and nothing is uploaded.
import { generateKeyPairSync } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [folder] = process.argv.slice(2);
if (folder === undefined || !existsSync(join(folder, 'app.json'))) {
  console.error('usage: node tools/mp-check/check.mjs <folder of the built package, with app.json>');
  process.exit(2);
}

let ci;
try {
  ({ default: ci } = await import('miniprogram-ci'));
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('miniprogram-ci is not installed: npm ci --prefix tools/mp-check');
  process.exit(2);
}

/** What the platform would say about the account: an ordinary mini-program, sizes in MB. */
const ACCOUNT = {
  platform: false,
  appType: 0,
  isSandbox: false,
  released: false,
  setting: {
    MaxCodeSize: 2,
    MaxSubpackageSubCodeSize: 2,
    MaxSubpackageFullCodeSize: 30,
    NavigateMiniprogramLimit: 10,
  },
};

/** A project whose root holds the package in `mp/`: the compiler refuses a package at the root itself. */
function makeProject(work) {
  cpSync(source, join(work, 'mp'), { recursive: true });
  const config = {
    miniprogramRoot: 'mp/',
    compileType: 'miniprogram',
    appid: 'touristappid',
    projectname: 'yimu',
    setting: { es6: true, enhance: true, postcss: true, minified: true, minifyWXML: true, minifyWXSS: true },
  };
  writeFileSync(join(work, 'project.config.json'), JSON.stringify(config));
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(join(work, 'key.pem'), privateKey, { mode: 0o600 });
  const project = new ci.Project({
    appid: 'touristappid',
    type: 'miniProgram',
    projectPath: work,
    privateKeyPath: join(work, 'key.pem'),
    ignores: [],
  });
  project.attr = async () => ACCOUNT;
  return project;
}

/** Keeps back what the compiler says of itself; it comes out with an error. */
async function quietly(run) {
  const lines = [];
  const saved = {};
  for (const name of ['log', 'info', 'warn', 'error', 'debug']) {
    saved[name] = console[name];
    console[name] = (...facts) => lines.push(facts.map(String).join(' '));
  }
  try {
    await run();
  } catch (error) {
    throw Object.assign(error, { lines });
  } finally {
    Object.assign(console, saved);
  }
}

const work = mkdtempSync(join(tmpdir(), 'yimu-mp-check-'));
const source = resolve(folder);
// The compiler leaves folders of its own in whatever folder it is started.
process.chdir(work);
let code = 0;
try {
  mkdirSync(join(work, 'out'));
  const zip = join(work, 'out', 'package.zip');
  await quietly(() =>
    ci.getCompiledResult(
      { project: makeProject(work), version: '0.0.0', desc: 'check', setting: { useProjectConfig: true } },
      zip,
    ),
  );
  const made = readdirSync(join(work, 'out'));
  if (made.length === 0) throw new Error('the compiler made no package');
  console.log(`the official compiler accepts ${folder} (${statSync(zip).size} bytes zipped)`);
} catch (error) {
  code = 1;
  const where =
    error.path === undefined || String(error.message).includes(error.path) ? '' : `${error.path}: `;
  console.error(`the official compiler refuses ${folder}:\n${where}${error.message ?? error}`);
  // Without a place in the package it is not a finding but a breakdown: then its own words help.
  if (error.path === undefined) console.error((error.lines ?? []).join('\n'));
} finally {
  rmSync(work, { recursive: true, force: true });
}
// The compiler keeps workers and timers alive.
process.exit(code);
