import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type CoreSettings,
  DEFAULT_CORE_SETTINGS,
  type Repositories,
} from '../../../../bff/src/core/index.ts';
import { Cancellations } from '../../../../bff/src/core/grants/cancellations.ts';
import { GrantKeys } from '../../../../bff/src/core/grants/grant-keys.ts';
import { Grants } from '../../../../bff/src/core/grants/grants.ts';
import { SecretBox } from '../../../../bff/src/core/secret-box.ts';
import { Instruments, silentLogger, SystemRandom } from '../../../../bff/src/kernel/index.ts';
import { hasCode } from '../../../support/core/has-code.ts';
import { memoryRepositories } from '../../../support/core/memory-repositories.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const TARGET = { serial: 'Q00000001', channelNo: 1, quality: 1 } as const;
const APP = { kind: 'app', id: 7 } as const;
const DAY_S = 86_400;

interface Bench {
  readonly grants: Grants;
  readonly keys: GrantKeys;
  readonly clock: FakeClock;
  readonly repositories: Repositories;
  readonly instruments: Instruments;
}

async function bench(
  options: {
    readonly settings?: Partial<CoreSettings>;
    readonly sealingKey?: number;
    readonly isActive?: (principalId: number) => boolean;
  } & Partial<Pick<Bench, 'clock' | 'repositories'>> = {},
): Promise<Bench> {
  const clock = options.clock ?? new FakeClock();
  const repositories = options.repositories ?? memoryRepositories();
  const settings = { ...DEFAULT_CORE_SETTINGS, realm: '3402000000', ...options.settings };
  const random = new SystemRandom();
  const instruments = new Instruments();
  const keys = new GrantKeys({
    repository: repositories.grants,
    secretBox: new SecretBox(new Uint8Array(32).fill(options.sealingKey ?? 1), random),
    clock,
    random,
    logger: silentLogger,
    rotationMs: settings.grantKeyRotationMs,
    maxTtlMs: settings.grantMaxTtlS * 1_000,
  });
  const cancellations = new Cancellations({
    repository: repositories.grants,
    clock,
    instruments,
    capacity: settings.maxCancelledGrants,
  });
  const grants = new Grants({
    keys,
    cancellations,
    clock,
    random,
    settings,
    isActive: options.isActive ?? (() => true),
  });
  await keys.load();
  await cancellations.load();
  return { grants, keys, clock, repositories, instruments };
}

function remembered({ instruments }: Bench): number | undefined {
  return instruments.read().find(({ name }) => name === 'yimu_grants_cancelled')?.samples[0]?.value;
}

describe('a permission to play', () => {
  it('carries expiry, id, signature and holder, and is good for its stream until it expires', async () => {
    const { grants, clock } = await bench();
    const grant = grants.issue(TARGET, APP, 60);
    assert.match(grant.query, /^expire=\d{10}&id=\d{18}&t=[0-9a-f]{64}&u=7$/);
    assert.equal(grant.expiresAtMs, Math.floor(clock.nowMs() / 1_000) * 1_000 + 60_000);
    assert.deepEqual(grants.check(TARGET, grant.query), { id: grant.id, principalId: 7 });
    await clock.advance(59_000);
    assert.ok(grants.check(TARGET, grant.query));
    await clock.advance(1_000);
    assert.throws(() => grants.check(TARGET, grant.query), hasCode('GRANT_EXPIRED'));
  });

  it('lives a day unless a life from 30 s to 720 days is asked for', async () => {
    const { grants, clock } = await bench();
    const nowS = Math.floor(clock.nowMs() / 1_000);
    assert.equal(grants.issue(TARGET, APP, undefined).expiresAtMs / 1_000, nowS + DAY_S);
    assert.equal(grants.issue(TARGET, APP, 720 * DAY_S).expiresAtMs / 1_000, nowS + 720 * DAY_S);
    for (const ttlS of [0, 29, 720 * DAY_S + 1, 30.5, Number.NaN]) {
      assert.throws(() => grants.issue(TARGET, APP, ttlS), hasCode('INVALID_ARGUMENT'), String(ttlS));
    }
  });

  const foreign: readonly [string, Parameters<Grants['check']>[0]][] = [
    ['another device', { ...TARGET, serial: 'Q00000002' }],
    ['another channel', { ...TARGET, channelNo: 2 }],
    ['another quality', { ...TARGET, quality: 2 }],
  ];
  for (const [what, target] of foreign) {
    it(`is void for ${what}`, async () => {
      const { grants } = await bench();
      assert.throws(
        () => grants.check(target, grants.issue(TARGET, APP, 60).query),
        hasCode('GRANT_INVALID'),
      );
    });
  }

  const altered: readonly [string, string, (value: string) => string | undefined][] = [
    ['lives longer', 'expire', (value) => String(Number(value) + 1)],
    ['has its expiry written otherwise', 'expire', (value) => `0${value}`],
    ['has no expiry', 'expire', () => undefined],
    ['has another id', 'id', (value) => `${value.slice(0, 17)}x`],
    ['has the id of another', 'id', () => '1'.repeat(18)],
    ['has no id', 'id', () => undefined],
    ['has another holder', 'u', () => '8'],
    ['has no holder', 'u', () => undefined],
    ['has a shorter signature', 't', (value) => value.slice(0, 63)],
    ['has no signature', 't', () => undefined],
    ['has its signature in capitals', 't', (value) => value.toUpperCase()],
  ];
  for (const [what, field, alter] of altered) {
    it(`is void when it ${what}`, async () => {
      const { grants } = await bench();
      const query = new URLSearchParams(grants.issue(TARGET, APP, 60).query);
      const value = alter(query.get(field) ?? '');
      if (value === undefined) query.delete(field);
      else query.set(field, value);
      assert.throws(() => grants.check(TARGET, query.toString()), hasCode('GRANT_INVALID'));
    });
  }

  it('is void when any one character of it is changed', async () => {
    const { grants } = await bench();
    const { query } = grants.issue(TARGET, APP, 60);
    fc.assert(
      fc.property(
        fc.nat(query.length - 1),
        fc.constantFrom('0', '1', '5', '9', 'a', 'f', '&', '=', 'x', '%'),
        (at, by) => {
          const changed = query.slice(0, at) + by + query.slice(at + 1);
          if (changed === query) return;
          assert.throws(() => grants.check(TARGET, changed), hasCode('GRANT_INVALID'), changed);
        },
      ),
    );
  });

  it('never makes the check throw anything but a refusal, whatever is shown', async () => {
    const { grants } = await bench();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (query) => {
        assert.throws(() => grants.check(TARGET, query), hasCode('GRANT_INVALID'));
      }),
    );
  });

  it('is void once its holder may not call any more', async () => {
    let active = true;
    const { grants } = await bench({ isActive: () => active });
    const { query } = grants.issue(TARGET, APP, 60);
    active = false;
    assert.throws(() => grants.check(TARGET, query), hasCode('FORBIDDEN'));
  });
});

describe('cancelling permissions to play', () => {
  it('makes one void, or all that were issued for the channel until now, of both qualities', async () => {
    const { grants } = await bench();
    const [one, two] = [grants.issue(TARGET, APP, 60), grants.issue(TARGET, APP, 60)];
    await grants.cancel(TARGET, one.id);
    assert.throws(() => grants.check(TARGET, one.query), hasCode('GRANT_NOT_FOUND'));
    assert.ok(grants.check(TARGET, two.query));
    const sub = { ...TARGET, quality: 2 } as const;
    const three = grants.issue(sub, APP, 60);
    await grants.cancel(TARGET, undefined);
    assert.throws(() => grants.check(TARGET, two.query), hasCode('GRANT_NOT_FOUND'));
    assert.throws(() => grants.check(sub, three.query), hasCode('GRANT_NOT_FOUND'));
  });

  it('leaves other channels alone', async () => {
    const { grants } = await bench();
    const other = { ...TARGET, channelNo: 2 };
    const kept = grants.issue(other, APP, 60);
    await grants.cancel(TARGET, undefined);
    await grants.cancel(TARGET, kept.id);
    assert.ok(grants.check(other, kept.query));
  });

  it('does not touch an address that is asked for right after, in the very same second', async () => {
    const { grants } = await bench();
    await grants.cancel(TARGET, undefined);
    assert.ok(grants.check(TARGET, grants.issue(TARGET, APP, 60).query));
    await grants.cancel(TARGET, undefined);
    assert.ok(grants.check(TARGET, grants.issue(TARGET, APP, 60).query));
  });

  it('holds when the clock is set back', async () => {
    const before = await bench();
    const old = before.grants.issue(TARGET, APP, 600);
    await before.grants.cancel(TARGET, undefined);
    const { grants } = await bench({
      repositories: before.repositories,
      clock: new FakeClock(before.clock.nowMs() - 60_000),
    });
    await grants.cancel(TARGET, undefined);
    assert.throws(() => grants.check(TARGET, old.query), hasCode('GRANT_NOT_FOUND'));
    assert.ok(grants.check(TARGET, grants.issue(TARGET, APP, 60).query));
  });

  it('outlives a restart', async () => {
    const { grants, clock, repositories } = await bench();
    const [kept, gone] = [grants.issue(TARGET, APP, 60), grants.issue(TARGET, APP, 60)];
    await grants.cancel(TARGET, gone.id);
    const again = await bench({ clock, repositories });
    assert.ok(again.grants.check(TARGET, kept.query));
    assert.throws(() => again.grants.check(TARGET, gone.query), hasCode('GRANT_NOT_FOUND'));
  });

  it('is not asked of what is no id of ours, and of what has expired it keeps nothing', async () => {
    const made = await bench();
    await assert.rejects(made.grants.cancel(TARGET, 'x'), hasCode('GRANT_NOT_FOUND'));
    await assert.rejects(made.grants.cancel(TARGET, ''), hasCode('GRANT_NOT_FOUND'));
    const { id } = made.grants.issue(TARGET, APP, 30);
    await made.clock.advance(33_000);
    await made.grants.cancel(TARGET, id);
    assert.equal(remembered(made), 0);
  });

  it('is remembered no longer than the address could have lived', async () => {
    const made = await bench();
    await made.grants.cancel(TARGET, made.grants.issue(TARGET, APP, 60).id);
    assert.equal(remembered(made), 1);
    await made.clock.advance(119_000);
    await made.grants.tick();
    assert.equal(remembered(made), 0);
    assert.deepEqual(await made.repositories.grants.loadCancellations(0), []);
  });

  it('of an id that names a far future is not remembered beyond the longest life', async () => {
    const made = await bench({ settings: { grantMaxTtlS: 3_600 } });
    await made.grants.cancel(TARGET, '999999999926000000');
    await made.clock.advance(3_600_000);
    await made.grants.tick();
    assert.equal(remembered(made), 0);
  });

  it('is refused rather than that an earlier one is forgotten, when no more can be remembered', async () => {
    const { grants } = await bench({ settings: { maxCancelledGrants: 2 } });
    const ids = [1, 2, 3].map(() => grants.issue(TARGET, APP, 60));
    await grants.cancel(TARGET, ids[0]?.id);
    await grants.cancel(TARGET, ids[1]?.id);
    await assert.rejects(grants.cancel(TARGET, ids[2]?.id), hasCode('QUOTA_EXCEEDED'));
    await grants.cancel(TARGET, ids[1]?.id);
    assert.throws(() => grants.check(TARGET, ids[0]?.query ?? ''), hasCode('GRANT_NOT_FOUND'));
    assert.ok(grants.check(TARGET, ids[2]?.query ?? ''));
  });
});

describe('the keys that sign permissions to play', () => {
  it('are followed by a new one, and what the old ones signed stays good as long as it lives', async () => {
    const settings = { grantKeyRotationMs: 10 * DAY_S * 1_000, grantMaxTtlS: 30 * DAY_S };
    const { grants, keys, clock } = await bench({ settings });
    const old = grants.issue(TARGET, APP, 30 * DAY_S);
    for (let day = 0; day < 29; day += 1) {
      await clock.advance(DAY_S * 1_000);
      await grants.tick();
      assert.ok(grants.check(TARGET, old.query), String(day));
    }
    assert.equal(keys.size, 3);
  });

  it('change within a second without making void what was issued in it', async () => {
    const settings = { grantKeyRotationMs: 3_600_000 };
    const { grants, keys, clock } = await bench({ settings, clock: new FakeClock(1_768_442_430_100) });
    await clock.advance(3_600_000);
    const before = grants.issue(TARGET, APP, 60);
    await clock.advance(100);
    await grants.tick();
    assert.equal(keys.size, 2);
    const after = grants.issue(TARGET, APP, 60);
    for (const { query } of [before, after]) assert.ok(grants.check(TARGET, query));
  });

  it('are dropped when all that they signed has expired, and their number is not used again', async () => {
    const settings = { grantKeyRotationMs: DAY_S * 1_000, grantMaxTtlS: 3_600 };
    const { grants, keys, clock, repositories } = await bench({ settings });
    for (let day = 0; day < 5; day += 1) {
      await clock.advance(DAY_S * 1_000);
      await grants.tick();
    }
    assert.equal(keys.size, 2);
    assert.deepEqual(
      (await repositories.grants.loadKeys()).map(({ no }) => no),
      [5, 6],
    );
  });

  it('are kept as long as an address of a time without rotation can live', async () => {
    const settings = { grantKeyRotationMs: DAY_S * 1_000, grantMaxTtlS: 10 * DAY_S };
    const { grants, clock } = await bench({ settings });
    await clock.advance(20 * DAY_S * 1_000);
    const late = grants.issue(TARGET, APP, 10 * DAY_S);
    for (let day = 0; day < 9; day += 1) {
      await grants.tick();
      await clock.advance(DAY_S * 1_000);
    }
    assert.ok(grants.check(TARGET, late.query));
  });

  it('that do not open under another sealing key are left alone; a new one is made', async () => {
    const before = await bench();
    const old = before.grants.issue(TARGET, APP, 60);
    const after = await bench({ repositories: before.repositories, clock: before.clock, sealingKey: 2 });
    assert.throws(() => after.grants.check(TARGET, old.query), hasCode('GRANT_INVALID'));
    assert.ok(after.grants.check(TARGET, after.grants.issue(TARGET, APP, 60).query));
    assert.equal((await before.repositories.grants.loadKeys()).length, 2);
  });

  it('stay whole when the database fails while one is followed, and it is tried again', async () => {
    const settings = { grantKeyRotationMs: DAY_S * 1_000 };
    const { grants, keys, clock, repositories } = await bench({ settings });
    const insertKey = repositories.grants.insertKey.bind(repositories.grants);
    repositories.grants.insertKey = () => Promise.reject(new Error('gone'));
    await clock.advance(DAY_S * 1_000);
    await assert.rejects(grants.tick());
    assert.ok(grants.check(TARGET, grants.issue(TARGET, APP, 60).query));
    repositories.grants.insertKey = insertKey;
    await grants.tick();
    assert.equal(keys.size, 2);
  });
});
