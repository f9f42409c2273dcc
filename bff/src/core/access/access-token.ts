import { createHash } from 'node:crypto';
import type { RandomSource } from '../../kernel/index.ts';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const GROUPS = [32, 10, 7, 9] as const;
const FORM = /^at\.[0-9a-z]{32}-[0-9a-z]{10}-[0-9a-z]{7}-[0-9a-z]{9}$/;

/** A new opaque token of 64 characters: `at.` and groups of 32, 10, 7 and 9 lower-case letters and digits. */
export function newAccessToken(random: RandomSource): string {
  return `at.${GROUPS.map((length) => randomText(random, length)).join('-')}`;
}

/** Whether `text` has the form of a token; says nothing of its validity. */
export function isAccessTokenForm(text: string): boolean {
  return FORM.test(text);
}

/** What is kept of a token. It carries 58 random characters, so a fast hash is enough. */
export function hashAccessToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/** `length` random lower-case letters and digits. */
export function randomText(random: RandomSource, length: number): string {
  let text = '';
  while (text.length < length) text += ALPHABET.charAt(random.below(ALPHABET.length));
  return text;
}
