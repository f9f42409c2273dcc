import type { PlayFailure } from './engine.ts';

/** Longest answer that is looked at, characters. */
const LONGEST = 4096;

/** A media server's refusal, `{code, message}` as JSON or any other body, as a failure. */
export function refusalFrom(status: number, body: string): PlayFailure {
  let code = '';
  let message = '';
  try {
    const value: unknown = JSON.parse(body.slice(0, LONGEST));
    if (typeof value === 'object' && value !== null) {
      const answer = value as Record<string, unknown>;
      if (typeof answer['code'] === 'string' || typeof answer['code'] === 'number')
        code = String(answer['code']);
      const text = answer['message'] ?? answer['msg'];
      if (typeof text === 'string') message = text;
    }
  } catch {
    // Not every server answers in JSON; the status says enough.
  }
  return { kind: 'refused', status, code: code === '' ? String(status) : code, message };
}
