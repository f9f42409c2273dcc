const LESS_THAN = 0x3c;
const BLANK = 0x20;
const CMD_TYPE = Buffer.from('CmdType>');
const KEEPALIVE = Buffer.from('Keepalive');
const DEVICE_ID = Buffer.from('DeviceID>');
const ID_LENGTH = 20;
const ANOTHER_ID = Buffer.from('<DeviceID>');
/** From the device's ID to the end, when another ID follows with its tags and those that have to be closed. */
const SHORTEST_LIST = 90;

/** A keepalive says what it is and whose at its head; faults of sub-devices may follow at any length. */
const SCANNED_OCTETS = 1_024;

/** {@link scanKeepalive} found no keepalive. */
export const NO_KEEPALIVE = -1;

/**
 * Looks for a keepalive (GB/T 28181-2016 annex A.2.5 a) among the octets of a body, without reading it as XML and
 * without allocating. Gives the offset of the 20 digits of its DeviceID, or {@link NO_KEEPALIVE}.
 */
export function scanKeepalive(body: Uint8Array): number {
  const end = Math.min(body.length, SCANNED_OCTETS);
  const type = contentOf(body, CMD_TYPE, 0, end);
  if (type < 0 || !startsWith(body, KEEPALIVE, type, end)) return NO_KEEPALIVE;
  const behind = skipBlanks(body, type + KEEPALIVE.length, end);
  if (body[behind] !== LESS_THAN) return NO_KEEPALIVE;
  // The order of the elements is fixed by the schema, not by every device.
  const after = contentOf(body, DEVICE_ID, behind, end);
  const id = after < 0 ? contentOf(body, DEVICE_ID, 0, type) : after;
  return id >= 0 && id + ID_LENGTH <= end ? id : NO_KEEPALIVE;
}

/** The 20 characters at `offset` when no more follow: what {@link scanKeepalive} found, as text. */
export function idAt(body: Uint8Array, offset: number): string | undefined {
  const behind = body[offset + ID_LENGTH];
  if (behind !== undefined && behind !== LESS_THAN && behind > BLANK) return undefined;
  return Buffer.from(body.buffer, body.byteOffset + offset, ID_LENGTH).toString('latin1');
}

/**
 * Whether a keepalive may list what is out of order: another ID stands behind that of the device, found at `offset`.
 * Ordinary ones are too short for that and are told by their length.
 */
export function mayListFaults(body: Uint8Array, offset: number): boolean {
  if (body.length - offset < SHORTEST_LIST) return false;
  return Buffer.from(body.buffer, body.byteOffset, body.length).includes(ANOTHER_ID, offset);
}

/** Offset of the content of the first element with this name, blanks left out; -1 when there is none. */
function contentOf(body: Uint8Array, nameAndBracket: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    if (body[at] === LESS_THAN && startsWith(body, nameAndBracket, at + 1, end))
      return skipBlanks(body, at + 1 + nameAndBracket.length, end);
  }
  return -1;
}

function startsWith(body: Uint8Array, text: Uint8Array, at: number, end: number): boolean {
  if (at + text.length > end) return false;
  for (let index = 0; index < text.length; index += 1) if (body[at + index] !== text[index]) return false;
  return true;
}

function skipBlanks(body: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (body[at] ?? 0) <= BLANK) at += 1;
  return at;
}
