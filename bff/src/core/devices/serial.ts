import type { RandomSource } from '../../kernel/index.ts';

// Without I and O, which people mistake for 1 and 0.
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const LETTERS_AND_DIGITS = `0123456789${LETTERS}`;

/** A new device serial: nine of A–Z and 0–9, a letter first. */
export function newSerial(random: RandomSource): string {
  let serial = LETTERS.charAt(random.below(LETTERS.length));
  while (serial.length < 9) serial += LETTERS_AND_DIGITS.charAt(random.below(LETTERS_AND_DIGITS.length));
  return serial;
}
