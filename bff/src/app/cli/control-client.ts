import { readControlFile } from '../control-file.ts';
import type { DataDir } from '../data-dir.ts';

const ANSWER_WITHIN_MS = 30_000;

/** The server refused, or does not run. The message is fit for the operator. */
export class ControlError extends Error {
  /** Code of the server's refusal, if it was one. */
  readonly code: string | undefined;

  constructor(message: string, options: { readonly code?: string; readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'ControlError';
    this.code = options.code;
  }
}

/** Calls the operator API of the server that runs on this data directory. */
export class ControlClient {
  readonly #dataDir: DataDir;

  constructor(dataDir: DataDir) {
    this.#dataDir = dataDir;
  }

  /** Where devices register with the running server. */
  get sip(): { readonly host: string; readonly port: number; readonly id: string; readonly domain: string } {
    return this.#control().sip;
  }

  /** Resolves with the body of the answer; rejects with {@link ControlError}. */
  async call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const { ok, status, octets } = await this.#fetched(method, path, body);
    const answer = jsonOf(octets.toString('utf8'));
    if (ok) return answer;
    throw refusalOf(answer, status);
  }

  /** Resolves with the octets of a file; rejects with {@link ControlError}. */
  async download(path: string): Promise<Uint8Array> {
    const { ok, status, octets } = await this.#fetched('GET', path);
    if (ok) return octets;
    throw refusalOf(jsonOf(octets.toString('utf8')), status);
  }

  async #fetched(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly ok: boolean; readonly status: number; readonly octets: Buffer }> {
    const control = this.#control();
    try {
      const response = await fetch(`${control.url}/console-api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${control.key}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { ok: response.ok, status: response.status, octets: Buffer.from(await response.arrayBuffer()) };
    } catch (error) {
      throw new ControlError(
        `服务（${control.url}）没有应答，是否已停止？ The server at ${control.url} does not answer; is it running?`,
        { cause: error },
      );
    }
  }

  #control(): NonNullable<ReturnType<typeof readControlFile>> {
    const control = readControlFile(this.#dataDir);
    if (control) return control;
    const { path } = this.#dataDir;
    throw new ControlError(
      `数据目录 ${path} 上没有正在运行的服务，请先 npm start。 No server runs on ${path}; start it with: npm start`,
    );
  }
}

/** What a refusal of the operator API means to somebody at a terminal. */
const ENGLISH: Readonly<Record<string, string>> = {
  ALREADY_EXISTS: 'There is a device with this ID already',
  DEVICE_NOT_FOUND: 'There is no such device',
  INVALID_ARGUMENT: 'An argument is not usable',
  QUOTA_EXCEEDED: 'The server holds as many devices as it may',
  UNAUTHENTICATED: 'The operator key is of another server; the control file is stale',
  UNKNOWN_APP_KEY: 'There is no application that tokens could be issued for',
};

function refusalOf(answer: unknown, status: number): ControlError {
  const { code, message } = (answer ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string')
    return new ControlError(`服务应答异常。 The server answered with HTTP status ${String(status)}`);
  const chinese = typeof message === 'string' ? message : '操作失败';
  return new ControlError(`${chinese}。 ${ENGLISH[code] ?? 'Refused by the server'} (${code})`, { code });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
