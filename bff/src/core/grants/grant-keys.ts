import { createHmac } from 'node:crypto';
import type { Clock, Logger, RandomSource } from '../../kernel/index.ts';
import type { GrantRepository } from '../ports/repositories.ts';
import type { SecretBox } from '../secret-box.ts';

const KEY_BYTES = 32;

interface Deps {
  readonly repository: GrantRepository;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly rotationMs: number;
  /** How long an address can live: a key is kept that long after its successor came. */
  readonly maxTtlMs: number;
}

interface Key {
  readonly no: number;
  readonly bytes: Buffer;
  readonly createdAtMs: number;
}

/**
 * The keys that sign play addresses: generated, sealed at rest, followed by a new one now and then. The
 * second in which an address was issued tells its key, so that the address need not.
 */
export class GrantKeys {
  readonly #deps: Deps;
  /** By ascending number. */
  #keys: readonly Key[] = [];
  #highestNo = 0;
  #rotating = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#keys.length;
  }

  async load(): Promise<void> {
    const { repository, secretBox, logger } = this.#deps;
    for (const record of await repository.loadKeys()) {
      this.#highestNo = Math.max(this.#highestNo, record.no);
      const bytes = secretBox.open(ownerOf(record.no), record.sealedKey);
      if (bytes) this.#remember({ no: record.no, bytes, createdAtMs: record.createdAtMs });
      else logger.warn({ no: record.no }, 'a key of play addresses does not open: its addresses are void');
    }
    if (this.#keys.length === 0) await this.#make();
  }

  /** HMAC-SHA-256 in hex, with the key of the second in which the address was issued. */
  sign(issuedAtS: number, text: string): string {
    return createHmac('sha256', this.#keyOf(issuedAtS).bytes).update(text).digest('hex');
  }

  /** Makes a new key when the newest is old enough, and drops those whose addresses have all expired. */
  async tick(): Promise<void> {
    const { clock, rotationMs } = this.#deps;
    const newest = this.#keys.at(-1);
    if (this.#rotating || !newest || clock.nowMs() - newest.createdAtMs < rotationMs) return;
    this.#rotating = true;
    try {
      await this.#make();
      await this.#dropSpent();
    } finally {
      this.#rotating = false;
    }
  }

  /** The newest key that was there before that second; in the very first second, the oldest. */
  #keyOf(issuedAtS: number): Key {
    const key = this.#keys.findLast(({ createdAtMs }) => createdAtMs < issuedAtS * 1_000) ?? this.#keys[0];
    if (!key) throw new Error('grant keys are not loaded');
    return key;
  }

  async #dropSpent(): Promise<void> {
    const { clock, maxTtlMs, repository } = this.#deps;
    for (const [index, key] of this.#keys.entries()) {
      const successor = this.#keys[index + 1];
      if (!successor || successor.createdAtMs + maxTtlMs > clock.nowMs()) return;
      await repository.removeKey(key.no);
      this.#keys = this.#keys.filter((kept) => kept !== key);
    }
  }

  async #make(): Promise<void> {
    const { repository, secretBox, clock, random } = this.#deps;
    const key: Key = {
      no: this.#highestNo + 1,
      bytes: Buffer.from(random.bytes(KEY_BYTES)),
      createdAtMs: clock.nowMs(),
    };
    await repository.insertKey({
      no: key.no,
      sealedKey: secretBox.seal(ownerOf(key.no), key.bytes),
      createdAtMs: key.createdAtMs,
    });
    this.#remember(key);
  }

  #remember(key: Key): void {
    this.#highestNo = Math.max(this.#highestNo, key.no);
    this.#keys = [...this.#keys, key].sort((a, b) => a.no - b.no);
  }
}

function ownerOf(no: number): string {
  return `grant-key:${String(no)}`;
}
