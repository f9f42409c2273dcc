import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import type { LogFields, Logger } from '../kernel/index.ts';
import { maskSecrets } from './mask-secrets.ts';

/** JSON lines, on standard output unless elsewhere, with secrets masked wherever in a line they stand. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, hooks: { streamWrite: maskSecrets } };
  return adapt(destination ? pino(options, destination) : pino(options));
}

function adapt(inner: Pino): Logger {
  const at =
    (level: 'error' | 'warn' | 'info' | 'debug') =>
    (fields: LogFields, message: string): void => {
      inner[level](fields, message);
    };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child: (fields) => adapt(inner.child(fields)),
  };
}
