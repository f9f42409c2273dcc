import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { RandomSource } from '../kernel/index.ts';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Length of the key that seals secrets at rest. */
export const SECRET_KEY_BYTES = 32;

/** Seals secrets at rest with AES-256-GCM. What is sealed for one owner does not open for another. */
export class SecretBox {
  readonly #key: Buffer;
  readonly #random: RandomSource;

  constructor(key: Uint8Array, random: RandomSource) {
    if (key.length !== SECRET_KEY_BYTES) {
      throw new Error(`the key must be ${String(SECRET_KEY_BYTES)} bytes, not ${String(key.length)}`);
    }
    this.#key = Buffer.from(key);
    this.#random = random;
  }

  seal(owner: string, plain: Uint8Array): string {
    const nonce = this.#random.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(owner, 'utf8'));
    const parts = [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
    return `${VERSION}.${Buffer.concat(parts).toString('base64url')}`;
  }

  /** `undefined` when the text was altered, sealed for another owner, or under another key. */
  open(owner: string, sealed: string): Buffer | undefined {
    if (!sealed.startsWith(`${VERSION}.`)) return undefined;
    const bytes = Buffer.from(sealed.slice(VERSION.length + 1), 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(owner, 'utf8'));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    try {
      const plain = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES));
      return Buffer.concat([plain, decipher.final()]);
    } catch {
      return undefined;
    }
  }
}
