import { timingSafeEqual } from 'node:crypto';
import type { Clock, RandomSource } from '../../kernel/index.ts';
import type { Principal } from '../access/principal.ts';
import { liveName, type LiveTarget } from '../live/live-name.ts';
import { playbackName, type PlaybackTarget } from '../playback/playback-name.ts';
import { refuse } from '../refuse.ts';
import type { CoreSettings } from '../settings.ts';
import type { Cancellations } from './cancellations.ts';
import { formatGrantId, GRANT_SERIALS, parseGrantId } from './grant-id.ts';
import type { GrantKeys } from './grant-keys.ts';

/** What an address plays. */
type PlayTarget = LiveTarget | PlaybackTarget;

/** A permission to play one stream until it expires. */
export interface Grant {
  /** Digits; names the address when it shall be cancelled. */
  readonly id: string;
  readonly expiresAtMs: number;
  /** `expire=…&id=…&t=…&u=…`, to be appended to the stream's URL. */
  readonly query: string;
}

type ChannelOfGrant = Omit<LiveTarget, 'quality'>;

/** A grant that was shown and found good. */
export interface CheckedGrant {
  readonly id: string;
  readonly principalId: number;
}

interface Deps {
  readonly keys: GrantKeys;
  readonly cancellations: Cancellations;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly settings: CoreSettings;
  /** Whether who was given the address may still play. */
  readonly isActive: (principalId: number) => boolean;
}

/** Issues, checks and cancels permissions to play. */
export class Grants {
  readonly #deps: Deps;
  #serial: number;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#serial = deps.random.below(GRANT_SERIALS);
  }

  /** `ttlS` outside the allowed range is refused with INVALID_ARGUMENT; absent, the default holds. */
  issue(target: PlayTarget, principal: Principal, ttlS: number | undefined): Grant {
    const { keys, clock, settings, cancellations } = this.#deps;
    const ttl = ttlS ?? settings.grantDefaultTtlS;
    if (!Number.isInteger(ttl) || ttl < settings.grantMinTtlS || ttl > settings.grantMaxTtlS) {
      throw refuse('INVALID_ARGUMENT', { field: 'expireTime' });
    }
    const nowS = Math.floor(clock.nowMs() / 1_000);
    // An address that is asked for in the second in which all were cancelled is a new one.
    const issuedAtS = Math.max(nowS, cancellations.voidUntilS(channelName(target)) + 1);
    const expire = nowS + ttl;
    this.#serial += 1;
    const id = formatGrantId(issuedAtS, ttl, this.#serial);
    const proof = keys.sign(issuedAtS, signedText(nameOf(target), expire, id, principal.id));
    return {
      id,
      expiresAtMs: expire * 1_000,
      query: `expire=${String(expire)}&id=${id}&t=${proof}&u=${String(principal.id)}`,
    };
  }

  /** Throws GRANT_INVALID, GRANT_EXPIRED, GRANT_NOT_FOUND (cancelled) or FORBIDDEN. */
  check(target: PlayTarget, query: string): CheckedGrant {
    const { keys, cancellations, clock, isActive } = this.#deps;
    const params = new URLSearchParams(query);
    const id = params.get('id') ?? '';
    const expire = decimal(params.get('expire'));
    const principalId = decimal(params.get('u'));
    const parsed = parseGrantId(id);
    if (!parsed || expire === undefined || principalId === undefined) throw refuse('GRANT_INVALID');
    const proof = keys.sign(parsed.issuedAtS, signedText(nameOf(target), expire, id, principalId));
    if (!equal(params.get('t') ?? '', proof)) throw refuse('GRANT_INVALID');
    if (expire * 1_000 <= clock.nowMs()) throw refuse('GRANT_EXPIRED');
    if (cancellations.covers(channelName(target), id, parsed.issuedAtS)) throw refuse('GRANT_NOT_FOUND');
    if (!isActive(principalId)) throw refuse('FORBIDDEN');
    return { id, principalId };
  }

  /** Cancels one address of a channel, or (without id) all that were issued until now. Durable when it resolves. */
  async cancel(target: ChannelOfGrant, id: string | undefined): Promise<void> {
    const { cancellations, clock, settings } = this.#deps;
    const now = clock.nowMs();
    const parsed = id === undefined ? undefined : parseGrantId(id);
    if (id !== undefined && !parsed) throw refuse('GRANT_NOT_FOUND');
    const longestMs = now + settings.grantMaxTtlS * 1_000;
    const forgetAtMs = Math.min(longestMs, parsed ? parsed.goneByS * 1_000 : longestMs);
    if (forgetAtMs <= now) return;
    await cancellations.add({
      channelName: channelName(target),
      grantId: id ?? '',
      issuedUntilS: Math.max(Math.floor(now / 1_000), cancellations.voidUntilS(channelName(target))),
      forgetAtMs,
    });
  }

  async tick(): Promise<void> {
    await this.#deps.keys.tick();
    await this.#deps.cancellations.tick();
  }
}

function nameOf(target: PlayTarget): string {
  return 'quality' in target ? liveName(target) : playbackName(target);
}

function channelName({ serial, channelNo }: ChannelOfGrant): string {
  return `${serial}_${String(channelNo)}`;
}

function signedText(name: string, expire: number, id: string, principalId: number): string {
  return [name, expire, id, principalId].join('\n');
}

/** A whole number of at most twelve digits, written as we write it. */
function decimal(text: string | null): number | undefined {
  return text !== null && /^(0|[1-9]\d{0,11})$/.test(text) ? Number(text) : undefined;
}

function equal(shown: string, expected: string): boolean {
  const left = Buffer.from(shown);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
