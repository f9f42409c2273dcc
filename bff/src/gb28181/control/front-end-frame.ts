/** A5, version 0 with the check digit of the first three half bytes, address 01: DeviceID addresses, not this. */
const PREFIX = [0xa5, 0x0f, 0x01] as const;

/**
 * The eight bytes of a PTZCmd as 16 upper-case hexadecimal digits (GB/T 28181-2016 annex A.3.1). The low half of
 * byte 7 belongs to the address and is 0; byte 8 sums the seven before, modulo 256. Throws RangeError for a value
 * that its place does not hold.
 */
export function frontEndFrame(command: number, byte5: number, byte6: number, highNibble7: number): string {
  if (!fits(command, 0xff) || !fits(byte5, 0xff) || !fits(byte6, 0xff) || !fits(highNibble7, 0x0f))
    throw new RangeError('a value does not fit into a PTZCmd');
  const bytes = [...PREFIX, command, byte5, byte6, highNibble7 << 4];
  const sum = bytes.reduce((total, byte) => total + byte, 0) & 0xff;
  return Buffer.from([...bytes, sum])
    .toString('hex')
    .toUpperCase();
}

function fits(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}
