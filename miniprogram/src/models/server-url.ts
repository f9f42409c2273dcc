const SERVER_URL = /^(https?):\/\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/i;

const MAX_LENGTH = 200;
const MAX_PORT = 65_535;

/** A server's address without a slash at its end; undefined when it has a path, or is no address. */
export function readServerUrl(text: string): string | undefined {
  const trimmed = text.trim();
  const match = trimmed.length > MAX_LENGTH ? null : SERVER_URL.exec(trimmed);
  if (match === null) return undefined;
  const [, scheme = '', host = '', port] = match;
  if (port !== undefined && (Number(port) < 1 || Number(port) > MAX_PORT)) return undefined;
  return `${scheme.toLowerCase()}://${host.toLowerCase()}${port === undefined ? '' : `:${port}`}`;
}
