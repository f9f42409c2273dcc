import type { DestinationStream } from 'pino';

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info ', 40: 'WARN ', 50: 'ERROR' };

/** Log lines for a person at a terminal instead of JSON: time of day, level, message, fields. */
export function terminalLog(terminal: { write(text: string): unknown }): DestinationStream {
  return {
    write(line) {
      terminal.write(`${readable(line)}\n`);
    },
  };
}

function readable(line: string): string {
  let entry: Readonly<Record<string, unknown>>;
  try {
    entry = JSON.parse(line) as typeof entry;
  } catch {
    return line.trimEnd();
  }
  const { level, time, msg, err, ...fields } = entry;
  const at = typeof time === 'number' ? new Date(time).toTimeString().slice(0, 8) : '';
  const facts = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const head = [at, LEVELS[Number(level)] ?? '', typeof msg === 'string' ? msg : '', ...facts].join(' ');
  return typeof err === 'object' && err !== null && 'stack' in err ? `${head}\n${String(err.stack)}` : head;
}
