/** The octets with `between` in the place of those in `[from, to)`. */
export function spliced(bytes: Buffer, from: number, to: number, between: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, from), between, bytes.subarray(to)]);
}
