const START_CODE = Buffer.from([0, 0, 1]);

/** Offset of the last NAL unit of an Annex B access unit, behind its start code; -1 when there is none. */
export function lastNalStart(unit: Buffer): number {
  const at = unit.lastIndexOf(START_CODE);
  return at === -1 ? -1 : at + START_CODE.length;
}

/** The payload of a NAL unit without its emulation prevention bytes (H.264 §7.4.1), at most `limit` bytes of it. */
export function unescapeNal(nal: Uint8Array, limit: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(nal.length, limit));
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (length === bytes.length) break;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    bytes[length] = byte;
    length += 1;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return bytes.subarray(0, length);
}

/** Puts emulation prevention bytes where the payload would look like a start code. */
export function escapeNal(payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(payload.length + Math.ceil(payload.length / 2));
  let length = 0;
  let zeros = 0;
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) {
      bytes[length] = 3;
      length += 1;
      zeros = 0;
    }
    bytes[length] = byte;
    length += 1;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return bytes.subarray(0, length);
}
