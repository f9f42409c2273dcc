import type { Clock } from '../../kernel/index.ts';
import type { AccessRepository, TokenRecord } from '../ports/repositories.ts';

/** Expired tokens are told apart from unknown ones for this long. */
const REMEMBER_EXPIRED_MS = 86_400_000;

interface Deps {
  readonly repository: AccessRepository;
  readonly clock: Clock;
  readonly maxPerApp: number;
}

/** Valid tokens in memory by hash, bounded per application; the database keeps the same set. */
export class TokenStore {
  readonly #deps: Deps;
  readonly #byHash = new Map<string, TokenRecord>();
  readonly #countByApp = new Map<number, number>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#byHash.size;
  }

  async load(): Promise<void> {
    const { repository, clock } = this.#deps;
    const tokens = [...(await repository.loadTokens(clock.nowMs()))];
    for (const token of tokens.sort((a, b) => a.issuedAtMs - b.issuedAtMs)) this.#put(token);
  }

  find(tokenHash: string): TokenRecord | undefined {
    return this.#byHash.get(tokenHash);
  }

  /** Durable when it resolves. */
  async add(token: TokenRecord): Promise<void> {
    await this.#deps.repository.insertToken(token);
    this.#put(token);
    if ((this.#countByApp.get(token.appId) ?? 0) > this.#deps.maxPerApp) await this.#dropOldest(token.appId);
  }

  /** Voids every token of an application. */
  async removeAll(appId: number): Promise<void> {
    const hashes = [...this.#byHash.values()].filter((token) => token.appId === appId);
    await this.#remove(hashes);
  }

  async sweep(): Promise<void> {
    const before = this.#deps.clock.nowMs() - REMEMBER_EXPIRED_MS;
    const stale = [...this.#byHash.values()].filter((token) => token.expiresAtMs < before);
    if (stale.length > 0) await this.#remove(stale);
  }

  #put(token: TokenRecord): void {
    this.#byHash.set(token.tokenHash, token);
    this.#countByApp.set(token.appId, (this.#countByApp.get(token.appId) ?? 0) + 1);
  }

  async #dropOldest(appId: number): Promise<void> {
    for (const token of this.#byHash.values()) {
      if (token.appId !== appId) continue;
      await this.#remove([token]);
      return;
    }
  }

  async #remove(tokens: readonly TokenRecord[]): Promise<void> {
    for (const token of tokens) {
      if (this.#byHash.delete(token.tokenHash)) {
        this.#countByApp.set(token.appId, (this.#countByApp.get(token.appId) ?? 1) - 1);
      }
    }
    const hashes = tokens.map((token) => token.tokenHash);
    await this.#deps.repository.removeTokens(hashes, this.#deps.clock.nowMs() - REMEMBER_EXPIRED_MS);
  }
}
