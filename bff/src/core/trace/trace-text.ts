import type { TracedMessage } from '../ports/trace.ts';

const CHINA_OFFSET_MS = 8 * 3_600_000;
const RULE = '-'.repeat(80);

/** What of a message is shown to people. */
type Shown = Omit<TracedMessage, 'bytes'> & {
  /** Octets of it that were kept. */
  readonly kept: number;
};

/** One message for people: a line that says when, which way and with whom, then the message as it went. */
export function traceText(message: Shown): string {
  const {
    atMs,
    direction,
    transport,
    localAddress,
    localPort,
    remoteAddress,
    remotePort,
    octets,
    kept,
    text,
  } = message;
  const arrow = direction === 'in' ? '<-' : '->';
  const local = endPoint(localAddress, localPort);
  const remote = endPoint(remoteAddress, remotePort);
  const cut = kept < octets ? `, ${String(kept)} shown` : '';
  const head = `${chinaTime(atMs)} ${transport.toUpperCase()} ${local} ${arrow} ${remote} (${String(octets)} octets${cut})`;
  const body = text.replaceAll('\r\n', '\n');
  return `${RULE}\n${head}\n\n${body}${body.endsWith('\n') ? '' : '\n'}\n`;
}

/** `2026-01-15 18:20:30.123 +08:00`. */
function chinaTime(atMs: number): string {
  const text = new Date(atMs + CHINA_OFFSET_MS).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 23)} +08:00`;
}

function endPoint(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${String(port)}`;
}
