import { scrypt, timingSafeEqual } from 'node:crypto';
import type { RandomSource } from '../../kernel/index.ts';

// RFC 7914 §2: memory = 128·N·r bytes, here 16 MiB.
const COST = { N: 16_384, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MAX_SECRET_LENGTH = 256;

/** Hashes a secret slowly, as `scrypt$N$r$p$salt$hash`. */
export async function hashSecret(secret: string, random: RandomSource): Promise<string> {
  const salt = Buffer.from(random.bytes(SALT_BYTES));
  const hash = await derive(secret, salt, COST, HASH_BYTES);
  const { N, r, p } = COST;
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether `secret` is the one that was hashed; takes the same time either way. */
export async function secretMatches(secret: string, stored: string): Promise<boolean> {
  const [kind, n, r, p, salt, hash] = stored.split('$');
  if (kind !== 'scrypt' || salt === undefined || hash === undefined) return false;
  if (secret.length > MAX_SECRET_LENGTH) return false;
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  const actual = await derive(secret, Buffer.from(salt, 'base64url'), cost, expected.length);
  return timingSafeEqual(actual, expected);
}

function derive(
  secret: string,
  salt: Buffer,
  cost: { readonly N: number; readonly r: number; readonly p: number },
  bytes: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, bytes, { ...cost, maxmem: 256 * cost.N * cost.r }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
