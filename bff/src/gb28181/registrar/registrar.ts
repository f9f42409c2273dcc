import { isGbId } from '@yimu/shared';
import type { SipHeader, SipRequest } from 'sip-parser-lite';
import type { Clock, Logger, RandomSource } from '../../kernel/index.ts';
import { type DigestAlgorithm, DigestAuthority, type IncomingRequest } from '../../sip/index.ts';
import type { GbMetrics } from '../gb-metrics.ts';
import type { Gb28181Limits, Gb28181PlatformOptions } from '../options.ts';
import type { CredentialSource, DeviceCredential, GbEvents } from '../types.ts';
import type { DeviceEntry } from './device-entry.ts';
import type { DeviceTable } from './device-table.ts';
import { FailureBudget } from './failure-budget.ts';
import { expiresOf, GbDates, gbVersionOf, KnownTexts } from './register-facts.ts';

const GB_VERSION = '3.0';
const MAX_NAMED_ID = 32;
/** Under this the failures of all IDs that are none are counted. */
const BAD_ID = '';
const MD5_ONLY: readonly DigestAlgorithm[] = ['MD5'];
const BOTH: readonly DigestAlgorithm[] = ['MD5', 'SHA-256'];

type RefusalCause = GbEvents['refusedRegistration'][1];

interface Listener {
  readonly onOnline: (entry: DeviceEntry, how: GbEvents['online'][1]) => void;
  readonly onRefused: (gbId: string, why: RefusalCause) => void;
}

/** Answers REGISTER (GB/T 28181-2016 §9.1, RFC 3261 §10.3): every one of them, refreshes too, needs a proof. */
export class Registrar {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: GbMetrics;
  readonly #limits: Gb28181Limits;
  readonly #credentials: CredentialSource;
  readonly #table: DeviceTable;
  readonly #listener: Listener;
  readonly #authority: DigestAuthority;
  readonly #budget: FailureBudget;
  readonly #texts = new KnownTexts();
  readonly #dates = new GbDates();
  readonly #versionHeader: SipHeader;
  readonly #dateHeader: boolean;
  readonly #sha256: boolean;
  /** Stands in for the hash of an ID that does not exist, so that it is not refused any faster. */
  readonly #noHash: { readonly md5: string; readonly sha256: string };

  constructor(
    options: Gb28181PlatformOptions,
    parts: {
      readonly table: DeviceTable;
      readonly metrics: GbMetrics;
      readonly limits: Gb28181Limits;
      readonly listener: Listener;
    },
  ) {
    const { clock, random, instruments } = options;
    this.#clock = clock;
    this.#logger = options.logger;
    this.#metrics = parts.metrics;
    this.#limits = parts.limits;
    this.#credentials = options.credentials;
    this.#table = parts.table;
    this.#listener = parts.listener;
    this.#authority = new DigestAuthority({
      clock,
      random,
      instruments,
      realm: options.realm ?? options.domain,
    });
    this.#budget = new FailureBudget(clock);
    this.#versionHeader = { name: 'X-GB-Ver', value: options.gbVersion ?? GB_VERSION };
    this.#dateHeader = options.dateHeader ?? true;
    this.#sha256 = options.sha256Challenge ?? false;
    this.#noHash = emptyHash(random);
  }

  /** Forgets the failures of an ID. */
  forgive(gbId: string): void {
    this.#budget.clear(gbId);
  }

  /** Called each second: forgets proofs that are worth nothing any more. */
  sweep(): void {
    this.#authority.sweep();
  }

  onRegister(incoming: IncomingRequest): void {
    const { request, flow } = incoming;
    const gbId = request.from?.uri.user;
    if (gbId === undefined || !isGbId(gbId)) {
      this.#onBadId(incoming, gbId?.slice(0, MAX_NAMED_ID) ?? '');
      return;
    }
    const entry = this.#table.find(gbId);
    const isKnownSource = entry?.flow.remoteAddress === flow.remoteAddress;
    if (this.#budget.isSpent(flow.remoteAddress, gbId, isKnownSource)) {
      this.#refuse(incoming, gbId, 'budget');
      return;
    }
    const credential = this.#credentials.find(gbId);
    if (credential?.passwordless === true) this.#onPasswordless(incoming, credential, entry);
    else this.#onDigest(incoming, gbId, credential);
  }

  /** What can be nobody is refused and named a few times, then refused. */
  #onBadId(incoming: IncomingRequest, id: string): void {
    const source = incoming.flow.remoteAddress;
    const isSpent = this.#budget.isSpent(source, BAD_ID, false);
    if (!isSpent) this.#budget.count(source, BAD_ID);
    this.#refuse(incoming, id, isSpent ? 'budget' : 'bad-id');
  }

  /** Without a proof, the first source that came is the device for as long as it is there. */
  #onPasswordless(
    incoming: IncomingRequest,
    credential: DeviceCredential,
    entry: DeviceEntry | undefined,
  ): void {
    if (entry !== undefined && entry.flow.remoteAddress !== incoming.flow.remoteAddress)
      this.#refuse(incoming, credential.gbId, 'wrong-password');
    else this.#accept(incoming, credential.gbId);
  }

  #onDigest(incoming: IncomingRequest, gbId: string, credential: DeviceCredential | undefined): void {
    const { request, flow } = incoming;
    const { authorization } = request;
    if (authorization === undefined) {
      this.#challenge(incoming, gbId, credential, 'challenged');
      return;
    }
    const source = flow.remoteAddress;
    const verdict = this.#authority.verify({
      authorization,
      method: request.method,
      source,
      secret: {
        username: gbId,
        ha1Md5: credential?.ha1Md5 ?? this.#noHash.md5,
        ha1Sha256: credential?.ha1Sha256 ?? this.#noHash.sha256,
      },
    });
    if (verdict.ok && credential !== undefined) {
      this.#accept(incoming, credential.gbId);
      return;
    }
    const why = verdict.ok ? 'wrong-response' : verdict.why;
    switch (why) {
      case 'stale':
      case 'replayed':
        this.#challenge(incoming, gbId, credential, 'stale', true);
        return;
      case 'malformed':
      case 'wrong-realm':
      case 'unsupported-algorithm':
        // No guess was made: the device is told what is expected.
        this.#challenge(incoming, gbId, credential, why);
        return;
      case 'wrong-username':
      case 'wrong-response':
        this.#budget.count(source, gbId);
        this.#refuse(incoming, gbId, credential === undefined ? 'unknown-id' : 'wrong-password');
    }
  }

  #challenge(
    incoming: IncomingRequest,
    gbId: string,
    credential: DeviceCredential | undefined,
    result: string,
    stale = false,
  ): void {
    this.#metrics.registerResults.of(result).value += 1;
    const challenges = this.#authority.challenge({
      source: incoming.flow.remoteAddress,
      username: gbId,
      stale,
      algorithms: this.#sha256 && credential?.ha1Sha256 !== undefined ? BOTH : MD5_ONLY,
    });
    incoming.reply(401, { headers: [...challenges, this.#versionHeader] });
  }

  #refuse(incoming: IncomingRequest, gbId: string, why: RefusalCause): void {
    this.#metrics.registerResults.of(why).value += 1;
    incoming.reply(403, { headers: [this.#versionHeader] });
    // A spent budget is told once a failure is, not for each knock at the door.
    if (why !== 'budget') {
      const { remoteAddress } = incoming.flow;
      this.#logger.warn({ deviceId: gbId, remoteAddress, why }, 'registration refused');
    }
    this.#listener.onRefused(gbId, why);
  }

  #accept(incoming: IncomingRequest, gbId: string): void {
    const { request, flow } = incoming;
    const expiresS = expiresOf(request, this.#limits);
    if (expiresS === 0) {
      this.#metrics.registerResults.of('unregistered').value += 1;
      const tellTime = this.#table.find(gbId)?.profile.tellTime ?? true;
      incoming.reply(200, { headers: this.#okHeaders(request, 0, tellTime) });
      this.#table.remove(gbId, 'unregistered');
      return;
    }
    if (this.#table.find(gbId) === undefined && this.#table.size >= this.#limits.maxDevices) {
      this.#metrics.registerResults.of('full').value += 1;
      incoming.reply(503, { headers: [this.#versionHeader, { name: 'Retry-After', value: '60' }] });
      return;
    }
    const { entry, how } = this.#table.put({
      gbId,
      flow,
      expiresS,
      gbVersion: this.#texts.of(gbVersionOf(request)),
      userAgent: this.#texts.of(request.header('User-Agent')),
    });
    this.#metrics.registerResults.of(how).value += 1;
    incoming.reply(200, { headers: this.#okHeaders(request, expiresS, entry.profile.tellTime) });
    this.#listener.onOnline(entry, how);
  }

  #okHeaders(request: SipRequest, expiresS: number, tellTime: boolean): readonly SipHeader[] {
    const expires = String(expiresS);
    const contact = request.contactIsStar ? undefined : request.contacts[0]?.uri.text;
    const headers: SipHeader[] = [];
    if (contact !== undefined) headers.push({ name: 'Contact', value: `<${contact}>;expires=${expires}` });
    headers.push({ name: 'Expires', value: expires });
    if (this.#dateHeader && tellTime)
      headers.push({ name: 'Date', value: this.#dates.of(this.#clock.nowMs()) });
    headers.push(this.#versionHeader);
    return headers;
  }
}

function emptyHash(random: RandomSource): { readonly md5: string; readonly sha256: string } {
  return { md5: random.hex(16), sha256: random.hex(32) };
}
