import { failed, failureOfApiCode, succeeded, type Outcome } from './failure.ts';
import { membersOf, textOf } from './read-json.ts';

const SUCCESS = '200';

/**
 * An answer of the server, `{code, msg, data}` under any HTTP status, as its data or as why there is none. Codes come
 * as text or number.
 */
export function readReply(status: number, body: unknown): Outcome<unknown> {
  const reply = membersOf(body);
  const code = textOf(reply['code']);
  if (code === SUCCESS) return succeeded(reply['data']);
  if (code === '') return failed('server', `HTTP ${status}`);
  return { ok: false, failure: failureOfApiCode(code, textOf(reply['msg'])) };
}

/** The server makes no mini-program codes. */
const NO_CODES = '60020';

/**
 * The same for the ticket of a mini-program code, whose endpoint answers `{data, msg, retcode}` and names no code on
 * success.
 */
export function readTicketReply(status: number, body: unknown): Outcome<unknown> {
  const reply = membersOf(body);
  const camera = membersOf(reply['data']);
  if (textOf(camera['deviceSerial']) !== '') return succeeded(camera);
  const code = textOf(reply['code']) || textOf(reply['retcode']);
  if (code === NO_CODES) return failed('scan-off', code);
  if (code === '' && status === 404) return failed('scan-off', 'HTTP 404');
  if (code === '' && status >= 500) return failed('server', `HTTP ${status}`);
  const known = code !== '' && code !== SUCCESS && code !== '0';
  return failed('ticket-invalid', known ? code : 'NO_TICKET', textOf(reply['msg']));
}
