import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../support/until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** It may have to build the pages first. */
const START_WITHIN_MS = 90_000;

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('npm start', function () {
  this.timeout(150_000);
  let dataDir = '';
  let npm: ChildProcess;
  let out = '';

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'yimu-start-'));
    out = '';
    npm = spawn('npm', ['start'], {
      cwd: ROOT,
      // A group of its own, as a terminal gives to what it runs.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        ...{ YIMU_HTTP_PORT: '0', YIMU_SIP_PORT: '0', YIMU_RTP_PORTS: '0', YIMU_MEDIA_HTTP_PORT: '0' },
        ...{ YIMU_SIP_HOST: '127.0.0.1', YIMU_DATA_DIR: dataDir, YIMU_LOG_LEVEL: 'warn' },
      },
    });
    npm.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await until('the trial', () => out.includes('试用摄像机已上线'), START_WITHIN_MS);
  });

  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  function pidOfServer(): number {
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'control.json'), 'utf8')) as {
      readonly pid: number;
    };
    return pid;
  }

  it('prints few lines, the last one with the address to open; SIGTERM for npm alone stops the server', async () => {
    const lines = out.slice(out.indexOf('一目')).trim().split('\n');
    assert.ok(lines.length <= 6, out);
    const address = /http:\/\/\S+\/h5\//.exec(lines.at(-1) ?? '')?.[0];
    assert.ok(address);
    const page = await fetch(address);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<html/i);
    const server = pidOfServer();
    npm.kill('SIGTERM');
    await until('the server is gone', () => !alive(server));
    assert.equal(existsSync(join(dataDir, 'trial.json')), false);
    assert.equal(existsSync(join(dataDir, 'control.json')), false);
  });

  it('ends in order by Ctrl-C, which a terminal sends to the whole group', async () => {
    const server = pidOfServer();
    const closed = once(npm, 'close');
    process.kill(-(npm.pid ?? 0), 'SIGINT');
    await closed;
    await until('the server is gone', () => !alive(server));
    assert.match(out, /已停止/);
    assert.equal(existsSync(join(dataDir, 'trial.json')), false);
    assert.equal(existsSync(join(dataDir, 'control.json')), false);
  });
});
