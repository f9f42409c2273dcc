import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureServerBuilt } from './built.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(ROOT, 'dist/server/server.js');
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** What the server writes for its own command line. */
interface ControlFile {
  readonly url: string;
  readonly key: string;
  readonly sip: {
    readonly host: string;
    readonly port: number;
    readonly id: string;
    readonly domain: string;
  };
}

/** One figure of `/metrics`; labels in the order in which they stand there. */
export type MetricValues = ReadonlyMap<string, number>;

/** A Yimu server in a process of its own, with a data directory of its own and free ports. */
export class ServerProcess {
  readonly dataDir: string;
  readonly #child: ChildProcess;
  readonly #ownsDataDir: boolean;
  #log = '';

  private constructor(child: ChildProcess, dataDir: string, ownsDataDir: boolean) {
    this.#child = child;
    this.dataDir = dataDir;
    this.#ownsDataDir = ownsDataDir;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#log = (this.#log + chunk.toString()).slice(-65_536);
      });
    }
  }

  /** Starts a server; resolves when it is ready. `environment` wins over the free ports chosen here. */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    options: { readonly dataDir?: string } = {},
  ): Promise<ServerProcess> {
    ensureServerBuilt();
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'yimu-test-'));
    const child = spawn(process.execPath, [PROGRAM], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        YIMU_HTTP_PORT: '0',
        YIMU_SIP_PORT: '0',
        YIMU_SIP_HOST: '127.0.0.1',
        YIMU_RTP_PORTS: '0',
        YIMU_RTMP_PORT: '0',
        YIMU_MEDIA_HTTP_PORT: '0',
        YIMU_DATA_DIR: dataDir,
        YIMU_TRIAL: 'off',
        YIMU_LOG_LEVEL: 'warn',
        ...environment,
      },
    });
    const server = new ServerProcess(child, dataDir, options.dataDir === undefined);
    await server.#untilReady(environment['YIMU_TRIAL'] === 'on' ? 'trial.json' : 'control.json');
    return server;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The last output, for messages of failed tests. */
  get log(): string {
    return this.#log;
  }

  get control(): ControlFile {
    return this.readJson('control.json') as ControlFile;
  }

  readJson(name: string): unknown {
    return JSON.parse(readFileSync(join(this.dataDir, name), 'utf8')) as unknown;
  }

  /** Calls the operator API. */
  async operator(method: string, path: string, body?: unknown): Promise<unknown> {
    const { url, key } = this.control;
    const response = await fetch(`${url}/console-api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path}: ${String(response.status)} ${await response.text()}`);
    return response.status === 204 ? undefined : await response.json();
  }

  /** `/metrics`, by name with labels as they are printed. */
  async metrics(): Promise<MetricValues> {
    const text = await (await fetch(`${this.control.url}/metrics`)).text();
    const values = new Map<string, number>();
    for (const line of text.split('\n')) {
      const at = line.lastIndexOf(' ');
      if (at > 0 && !line.startsWith('#')) values.set(line.slice(0, at), Number(line.slice(at + 1)));
    }
    return values;
  }

  /** Waits until `/metrics` satisfies `condition`; rejects with the last values after `timeoutMs`. */
  async metricsUntil(
    condition: (values: MetricValues) => boolean,
    timeoutMs = 15_000,
  ): Promise<MetricValues> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const values = await this.metrics();
      if (condition(values)) return values;
      if (performance.now() > deadline) {
        const own = [...values].filter(([name]) => name.startsWith('yimu_'));
        throw new Error(`the metrics did not come to what was awaited: ${JSON.stringify(own)}`);
      }
      await pause();
    }
  }

  /** Resolves with the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const gone = new Promise<number | null>((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) resolve(this.#child.exitCode);
      else this.#child.once('exit', resolve);
    });
    this.#child.kill(signal);
    const code = await gone;
    if (this.#ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true });
    return code;
  }

  async #untilReady(file: string): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!existsSync(join(this.dataDir, file))) {
      if (this.#child.exitCode !== null || performance.now() > deadline) {
        this.#child.kill('SIGKILL');
        throw new Error(`the server did not start:\n${this.#log}`);
      }
      await pause();
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, POLL_MS);
  });
}
