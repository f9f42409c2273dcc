import {
  type Clock,
  ExpiringMap,
  type Instruments,
  KeyedQueue,
  type RandomSource,
} from '../../kernel/index.ts';
import { cleanText } from '../clean-text.ts';
import type { AccessRepository, AppRecord } from '../ports/repositories.ts';
import { refuse } from '../refuse.ts';
import type { CoreSettings } from '../settings.ts';
import { hashAccessToken, isAccessTokenForm, newAccessToken, randomText } from './access-token.ts';
import { FailureBudget } from './failure-budget.ts';
import type { Principal } from './principal.ts';
import { hashSecret, secretMatches } from './secret-hash.ts';
import { sourceOf } from './source.ts';
import { TokenStore } from './token-store.ts';

const APP_KEY_LENGTH = 32;
const APP_SECRET_LENGTH = 32;
const MAX_APPS = 1_000;
const MAX_SOURCES = 10_000;
const SWEEP_PERIOD_MS = 60_000;
const MAX_GUESTS = 20_000;
/** A guest's token lives as long as that, unless what it was traded for ends before. */
const GUEST_LIFE_MS = 2 * 86_400_000;

/** An application with its secret in the clear: shown once, kept nowhere. */
export interface NewApp {
  readonly appKey: string;
  readonly appSecret: string;
}

export interface App {
  readonly id: number;
  readonly appKey: string;
  readonly name: string;
  readonly disabled: boolean;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresAtMs: number;
}

/** Who holds a token that is kept in memory alone. */
interface Guest {
  readonly principal: Principal;
  readonly expiresAtMs: number;
}

interface Deps {
  readonly repository: AccessRepository;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly instruments: Instruments;
  readonly settings: CoreSettings;
}

/** Use-cases on applications and their tokens. */
export class Access {
  readonly #deps: Deps;
  readonly #tokens: TokenStore;
  readonly #appsByKey = new Map<string, AppRecord>();
  readonly #appsById = new Map<number, AppRecord>();
  readonly #scopes = new Map<number, ReadonlySet<string>>();
  readonly #bySource: FailureBudget;
  readonly #byAppKey: FailureBudget;
  /** Slow hashes run a few at a time, so that guessing cannot take the machine. */
  readonly #hashing = new KeyedQueue();
  /** Changes of one application come one after another: none writes over what another has changed. */
  readonly #changes = new KeyedQueue();
  readonly #guests: ExpiringMap<string, Guest>;
  #sweptAtMs = 0;

  constructor(deps: Deps) {
    const { clock, repository, settings } = deps;
    this.#deps = deps;
    this.#tokens = new TokenStore({ repository, clock, maxPerApp: settings.maxTokensPerApp });
    deps.instruments.gauge('yimu_access_tokens', 'access tokens that are kept', () => this.#tokens.size);
    this.#guests = new ExpiringMap({ clock, lifeMs: GUEST_LIFE_MS, capacity: MAX_GUESTS });
    const windowMs = settings.secretTriesWindowMs;
    this.#bySource = new FailureBudget({
      clock,
      windowMs,
      tries: settings.secretTriesPerSource,
      capacity: MAX_SOURCES,
    });
    this.#byAppKey = new FailureBudget({
      clock,
      windowMs,
      tries: settings.secretTriesPerKey,
      capacity: MAX_APPS,
    });
  }

  /** Loads what is kept; at the very first start makes an application and hands out its secret. */
  async load(): Promise<NewApp | undefined> {
    for (const app of await this.#deps.repository.loadApps()) this.#remember(app);
    await this.#tokens.load();
    return this.#appsById.size === 0 ? await this.createApp('default') : undefined;
  }

  apps(): readonly App[] {
    return [...this.#appsById.values()].map(({ id, appKey, name, disabled }) => ({
      id,
      appKey,
      name,
      disabled,
    }));
  }

  async createApp(name: string): Promise<NewApp> {
    const { repository, random, clock } = this.#deps;
    if (this.#appsById.size >= MAX_APPS) throw refuse('QUOTA_EXCEEDED');
    const appKey = randomText(random, APP_KEY_LENGTH);
    const appSecret = randomText(random, APP_SECRET_LENGTH);
    const app = await repository.insertApp({
      appKey,
      secretHash: await hashSecret(appSecret, random),
      name: cleanText(name, 64) ?? appKey,
      disabled: false,
      createdAtMs: clock.nowMs(),
    });
    this.#remember(app);
    return { appKey, appSecret };
  }

  /** Gives an application a new secret; tokens issued so far keep working. */
  async resetSecret(appKey: string): Promise<NewApp> {
    const appSecret = randomText(this.#deps.random, APP_SECRET_LENGTH);
    const secretHash = await hashSecret(appSecret, this.#deps.random);
    await this.#change(appKey, { secretHash });
    return { appKey, appSecret };
  }

  /** From now on, and until the process ends, tokens of this application see only these devices. */
  confine(appKey: string, deviceGbIds: readonly string[]): void {
    this.#scopes.set(this.#app(appKey).id, new Set(deviceGbIds));
  }

  /** A disabled application loses its tokens and its play addresses. */
  async setDisabled(appKey: string, disabled: boolean): Promise<void> {
    const { id } = await this.#change(appKey, { disabled });
    if (disabled) await this.#tokens.removeAll(id);
  }

  /**
   * Trades key and secret for a token. `address` is where the caller comes from; guessing uses up its budget.
   * Refuses with UNKNOWN_APP_KEY, WRONG_APP_SECRET, RATE_LIMITED, or FORBIDDEN when the application is disabled.
   */
  async issueToken(appKey: string, appSecret: string, address: string): Promise<IssuedToken> {
    const source = sourceOf(address);
    if (this.#bySource.exhausted(source)) throw refuse('RATE_LIMITED', { source });
    const app = this.#appsByKey.get(appKey);
    if (!app) {
      this.#bySource.spend(source);
      throw refuse('UNKNOWN_APP_KEY');
    }
    if (this.#byAppKey.exhausted(appKey)) throw refuse('RATE_LIMITED', { appKey });
    // Spent before the slow hash, so that guesses sent side by side count too.
    this.#bySource.spend(source);
    this.#byAppKey.spend(appKey);
    const matches = await this.#hashing.run(`lane${String(app.id % 2)}`, () =>
      secretMatches(appSecret, app.secretHash),
    );
    if (!matches) throw refuse('WRONG_APP_SECRET');
    this.#bySource.restore(source);
    this.#byAppKey.restore(appKey);
    if (this.#appsById.get(app.id)?.disabled ?? true) throw refuse('FORBIDDEN');
    return await this.#issue(app.id);
  }

  /** For the platform's own use: no secret is asked. Without key, the oldest application is meant. */
  async issueTokenFor(appKey?: string): Promise<IssuedToken> {
    const app =
      appKey === undefined ? [...this.#appsById.values()].find((one) => !one.disabled) : this.#app(appKey);
    if (!app) throw refuse('UNKNOWN_APP_KEY');
    if (app.disabled) throw refuse('FORBIDDEN');
    return await this.#issue(app.id);
  }

  /**
   * A token for a visitor: it sees one channel of one device, ends at `endsAtMs` or after two days, and does not
   * outlive the process. Refuses with FORBIDDEN when no application is enabled.
   */
  issueGuestToken(deviceGbId: string, channelNo: number, endsAtMs: number): IssuedToken {
    const host = [...this.#appsById.values()].find((one) => !one.disabled);
    if (!host) throw refuse('FORBIDDEN');
    const { random, clock } = this.#deps;
    const accessToken = newAccessToken(random);
    const expiresAtMs = Math.min(endsAtMs, clock.nowMs() + GUEST_LIFE_MS);
    const principal: Principal = { kind: 'app', id: host.id, devices: new Set([deviceGbId]), channelNo };
    this.#guests.set(hashAccessToken(accessToken), { principal, expiresAtMs });
    return { accessToken, expiresAtMs };
  }

  /** Who holds this token. Costs no I/O. */
  authenticate(token: string): Principal {
    if (!isAccessTokenForm(token)) throw refuse('UNAUTHENTICATED');
    const hash = hashAccessToken(token);
    const guest = this.#guests.get(hash);
    if (guest) {
      if (guest.expiresAtMs <= this.#deps.clock.nowMs()) throw refuse('TOKEN_EXPIRED');
      return guest.principal;
    }
    const found = this.#tokens.find(hash);
    if (!found) throw refuse('UNAUTHENTICATED');
    if (found.expiresAtMs <= this.#deps.clock.nowMs()) throw refuse('TOKEN_EXPIRED');
    if (this.#appsById.get(found.appId)?.disabled ?? true) throw refuse('UNAUTHENTICATED');
    const devices = this.#scopes.get(found.appId);
    return { kind: 'app', id: found.appId, ...(devices ? { devices } : {}) };
  }

  /** Whether the holder of a play address may still play. */
  isActive(principalId: number): boolean {
    return principalId === 0 || this.#appsById.get(principalId)?.disabled === false;
  }

  async tick(): Promise<void> {
    const now = this.#deps.clock.monotonicMs();
    if (now - this.#sweptAtMs < SWEEP_PERIOD_MS) return;
    this.#sweptAtMs = now;
    await this.#tokens.sweep();
  }

  async #change(appKey: string, change: Partial<AppRecord>): Promise<AppRecord> {
    return await this.#changes.run(appKey, async () => {
      const next = { ...this.#app(appKey), ...change };
      await this.#deps.repository.updateApp(next);
      this.#remember(next);
      return next;
    });
  }

  async #issue(appId: number): Promise<IssuedToken> {
    const { random, clock, settings } = this.#deps;
    const accessToken = newAccessToken(random);
    const issuedAtMs = clock.nowMs();
    const expiresAtMs = issuedAtMs + settings.tokenLifeMs;
    await this.#tokens.add({ tokenHash: hashAccessToken(accessToken), appId, issuedAtMs, expiresAtMs });
    return { accessToken, expiresAtMs };
  }

  #app(appKey: string): AppRecord {
    const app = this.#appsByKey.get(appKey);
    if (!app) throw refuse('UNKNOWN_APP_KEY');
    return app;
  }

  #remember(app: AppRecord): void {
    this.#appsByKey.set(app.appKey, app);
    this.#appsById.set(app.id, app);
  }
}
