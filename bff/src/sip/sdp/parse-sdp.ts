import type { Sdp, SdpAttribute, SdpMedia, SdpOrigin, SdpTiming } from './sdp.ts';

const MAX_BYTES = 65_536;
const MAX_LINES = 1_000;
const MAX_MEDIA = 16;
const MAX_PORT = 65_535;

/** Why a description was refused. */
export interface SdpParseError {
  /** Counted from 1; 0 for the whole. */
  readonly line: number;
  /** A short stable phrase. */
  readonly reason: string;
}

export type SdpParseResult =
  { readonly ok: true; readonly sdp: Sdp } | { readonly ok: false; readonly error: SdpParseError };

/** What is being put together; the arrays are handed out at the end. */
interface Draft {
  origin: SdpOrigin | undefined;
  sessionName: string | undefined;
  uri: string | undefined;
  address: string | undefined;
  timing: SdpTiming | undefined;
  readonly attributes: SdpAttribute[];
  readonly media: MediaDraft[];
  y: string | undefined;
  f: string | undefined;
}

interface MediaDraft extends SdpMedia {
  address: string | undefined;
  readonly attributes: SdpAttribute[];
}

/**
 * Reads a description (RFC 8866 §5, GB/T 28181-2016 annex F). Never throws. Tolerant where devices err: lines in any
 * order, line ends of any kind, blanks around values, `y=` and `f=` behind any medium, lines of unknown type
 * and malformed session lines left out. Only an `m=` line that cannot be read, a port out of range, or a
 * text that is too long makes it none.
 */
export function parseSdp(body: Uint8Array | string): SdpParseResult {
  if (body.length > MAX_BYTES) return refused(0, 'description too long');
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
  const lines = text.split(/\r\n|\r|\n/, MAX_LINES + 1);
  if (lines.length > MAX_LINES) return refused(0, 'too many lines');
  const draft = emptyDraft();
  for (const [index, line] of lines.entries()) {
    const match = /^[\s\0]*([A-Za-z])[ \t]*=(.*)$/s.exec(line);
    if (match === null) continue;
    const value = (match[2] ?? '').trim();
    const fault = readLine(draft, (match[1] ?? '').toLowerCase(), value);
    if (fault !== undefined) return refused(index + 1, fault);
  }
  return draft.media.length === 0 ? refused(0, 'no m= line') : { ok: true, sdp: draft };
}

function emptyDraft(): Draft {
  return {
    origin: undefined,
    sessionName: undefined,
    uri: undefined,
    address: undefined,
    timing: undefined,
    attributes: [],
    media: [],
    y: undefined,
    f: undefined,
  };
}

/** A phrase when the line makes the description unusable. */
function readLine(draft: Draft, type: string, value: string): string | undefined {
  const media = draft.media.at(-1);
  switch (type) {
    case 'o':
      draft.origin ??= readOrigin(value);
      return undefined;
    case 's':
      draft.sessionName ??= value;
      return undefined;
    case 'u':
      draft.uri ??= value;
      return undefined;
    case 'c':
      (media ?? draft).address ??= readConnection(value);
      return undefined;
    case 't':
      draft.timing ??= readTiming(value);
      return undefined;
    case 'a':
      (media ?? draft).attributes.push(readAttribute(value));
      return undefined;
    case 'y':
      draft.y ??= value;
      return undefined;
    case 'f':
      draft.f ??= value;
      return undefined;
    case 'm':
      return addMedia(draft, value);
    default:
      return undefined;
  }
}

function addMedia(draft: Draft, value: string): string | undefined {
  const [kind = '', portText = '', protocol, ...formats] = value.split(/\s+/);
  if (protocol === undefined) return 'm= line is malformed';
  // `port/count` names several ports (RFC 8866 §5.14); the first is the one that counts here.
  const digits = /^(\d{1,5})(?:\/\d+)?$/.exec(portText)?.[1];
  const port = Number(digits);
  if (digits === undefined || port > MAX_PORT) return 'port is malformed';
  if (draft.media.length >= MAX_MEDIA) return 'too many m= lines';
  draft.media.push({
    kind: kind.toLowerCase(),
    port,
    protocol: protocol.toUpperCase(),
    formats,
    address: undefined,
    attributes: [],
  });
  return undefined;
}

function readOrigin(value: string): SdpOrigin | undefined {
  const [username, sessionId, sessionVersion, , , address] = value.split(/\s+/);
  if (username === undefined || sessionId === undefined || sessionVersion === undefined) return undefined;
  return address === undefined ? undefined : { username, sessionId, sessionVersion, address };
}

/** `IN IP4 192.0.2.1`, also with `/ttl` behind it. */
function readConnection(value: string): string | undefined {
  const [, , address] = value.split(/\s+/);
  return address?.split('/')[0];
}

function readTiming(value: string): SdpTiming | undefined {
  const match = /^(\d{1,15})\s+(\d{1,15})$/.exec(value);
  return match === null ? undefined : { startS: Number(match[1]), endS: Number(match[2]) };
}

function readAttribute(value: string): SdpAttribute {
  const colon = value.indexOf(':');
  if (colon < 0) return { name: value, value: undefined };
  return { name: value.slice(0, colon).trim(), value: value.slice(colon + 1).trim() };
}

function refused(line: number, reason: string): SdpParseResult {
  return { ok: false, error: { line, reason } };
}
