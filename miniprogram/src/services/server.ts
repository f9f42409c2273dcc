import { SERVER_URL, SERVER_URL_KEY } from '../config/server.ts';
import { readReply } from '../models/api-reply.ts';
import { failed, type Outcome } from '../models/failure.ts';
import { readServerUrl } from '../models/server-url.ts';
import { isBrowser } from '../platform/entry.ts';
import { send } from '../platform/http.ts';
import { readText, writeText } from '../platform/storage.ts';

/** A server answers within this time or not at all, ms. */
const TIMEOUT_MS = 15_000;

/** A look whether the server is there takes no longer, ms. */
const LOOK_MS = 6_000;

/** The server's address without a slash; '' is the page's own origin, undefined means that there is none yet. */
export function serverUrl(): string | undefined {
  const own = readServerUrl(readText(SERVER_URL_KEY)) ?? SERVER_URL;
  return own === '' && !isBrowser() ? undefined : own;
}

/** Keeps the user's own server address; '' goes back to the built-in one. */
export function rememberServer(url: string): void {
  writeText(SERVER_URL_KEY, url);
}

/** One call: how an answer is read differs from endpoint to endpoint. */
export async function ask(
  path: string,
  form: Readonly<Record<string, string>> | undefined,
  read: (status: number, body: unknown) => Outcome<unknown> = readReply,
): Promise<Outcome<unknown>> {
  const base = serverUrl();
  if (base === undefined) return failed('not-configured', 'NO_SERVER');
  const answer = await send({
    url: base + path,
    method: form === undefined ? 'GET' : 'POST',
    ...(form === undefined ? {} : { form }),
    timeoutMs: TIMEOUT_MS,
  });
  if (answer.ok) return read(answer.status, answer.body);
  return failed(answer.reason, answer.reason === 'timeout' ? 'TIMEOUT' : 'NETWORK', answer.detail);
}

/** Whether a server of ours answers at the address. */
export async function isReachable(): Promise<boolean> {
  const base = serverUrl();
  if (base === undefined) return false;
  const answer = await send({ url: `${base}/healthz`, method: 'GET', timeoutMs: LOOK_MS });
  return answer.ok && answer.status === 200;
}
