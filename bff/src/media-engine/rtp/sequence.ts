const MODULUS = 0x10000;
const HALF = 0x8000;

/** How far `sequenceNumber` stands after `from`, in −32768…32767 (RFC 3550 A.1, RFC 1982). */
export function sequenceDistance(from: number, sequenceNumber: number): number {
  const ahead = (sequenceNumber - from) & (MODULUS - 1);
  return ahead < HALF ? ahead : ahead - MODULUS;
}

/** The sequence number `by` steps on. */
export function sequenceAfter(sequenceNumber: number, by = 1): number {
  return (sequenceNumber + by) & (MODULUS - 1);
}
