/** Fields of a log line, named as the glossary names them. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The port through which every layer logs: constant phrases, variable parts as fields. */
export interface Logger {
  error(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  debug(fields: LogFields, message: string): void;
  /** A logger that adds `fields` to each line. */
  child(fields: LogFields): Logger;
}

const nothing = (): void => undefined;

/** Says nothing. */
export const silentLogger: Logger = {
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  child: () => silentLogger,
};
