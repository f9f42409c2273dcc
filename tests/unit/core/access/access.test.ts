import assert from 'node:assert/strict';
import { Access } from '../../../../bff/src/core/access/access.ts';
import {
  type CoreSettings,
  DEFAULT_CORE_SETTINGS,
  type Repositories,
} from '../../../../bff/src/core/index.ts';
import { Instruments, SystemRandom } from '../../../../bff/src/kernel/index.ts';
import { hasCode } from '../../../support/core/has-code.ts';
import { memoryRepositories } from '../../../support/core/memory-repositories.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const DAY_MS = 86_400_000;
const ADDRESS = '192.0.2.7';

interface Bench {
  readonly access: Access;
  readonly clock: FakeClock;
  readonly repositories: Repositories;
  readonly app: { readonly appKey: string; readonly appSecret: string };
}

async function bench(
  settings: Partial<CoreSettings> = {},
  { clock = new FakeClock(), repositories = memoryRepositories() }: Partial<Bench> = {},
): Promise<Bench> {
  const access = new Access({
    repository: repositories.access,
    clock,
    random: new SystemRandom(),
    instruments: new Instruments(),
    settings: { ...DEFAULT_CORE_SETTINGS, realm: '3402000000', ...settings },
  });
  const app = await access.load();
  return { access, clock, repositories, app: app ?? { appKey: '', appSecret: '' } };
}

describe('applications', () => {
  it('begin with one that the very first start makes, and no later one', async () => {
    const { access, clock, repositories, app } = await bench();
    assert.match(app.appKey, /^[0-9a-z]{32}$/);
    assert.match(app.appSecret, /^[0-9a-z]{32}$/);
    assert.deepEqual(
      access.apps().map(({ appKey, name, disabled }) => ({ appKey, name, disabled })),
      [{ appKey: app.appKey, name: 'default', disabled: false }],
    );
    assert.equal((await bench({}, { clock, repositories })).app.appKey, '');
  });

  it('have their secret kept as a slow hash only', async () => {
    const { repositories, app } = await bench();
    const kept = JSON.stringify(await repositories.access.loadApps());
    assert.ok(!kept.includes(app.appSecret));
    assert.match(kept, /scrypt\$/);
  });

  it('get a new secret while their tokens keep working', async () => {
    const { access, app } = await bench();
    const { accessToken } = await access.issueToken(app.appKey, app.appSecret, ADDRESS);
    const { appSecret } = await access.resetSecret(app.appKey);
    assert.ok(access.authenticate(accessToken));
    await assert.rejects(access.issueToken(app.appKey, app.appSecret, ADDRESS), hasCode('WRONG_APP_SECRET'));
    assert.ok(await access.issueToken(app.appKey, appSecret, ADDRESS));
  });

  it('that are disabled lose tokens and play addresses, and get none, with the right secret or without', async () => {
    const { access, app } = await bench();
    const { accessToken } = await access.issueToken(app.appKey, app.appSecret, ADDRESS);
    const principal = access.authenticate(accessToken);
    await access.setDisabled(app.appKey, true);
    assert.throws(() => access.authenticate(accessToken), hasCode('UNAUTHENTICATED'));
    assert.equal(access.isActive(principal.id), false);
    await assert.rejects(access.issueToken(app.appKey, app.appSecret, ADDRESS), hasCode('FORBIDDEN'));
    await assert.rejects(access.issueToken(app.appKey, 'wrong', ADDRESS), hasCode('WRONG_APP_SECRET'));
    await assert.rejects(access.issueTokenFor(app.appKey), hasCode('FORBIDDEN'));
    await assert.rejects(access.issueTokenFor(), hasCode('UNKNOWN_APP_KEY'));
    await access.setDisabled(app.appKey, false);
    assert.throws(() => access.authenticate(accessToken), hasCode('UNAUTHENTICATED'));
    assert.ok(await access.issueToken(app.appKey, app.appSecret, ADDRESS));
  });

  it('stay disabled when their secret is changed at the same time', async () => {
    const { access, app, repositories } = await bench();
    await Promise.all([access.resetSecret(app.appKey), access.setDisabled(app.appKey, true)]);
    assert.equal(access.apps()[0]?.disabled, true);
    assert.equal((await repositories.access.loadApps())[0]?.disabled, true);
  });

  it('that nobody made are refused by name', async () => {
    const { access } = await bench();
    await assert.rejects(access.resetSecret('nobody'), hasCode('UNKNOWN_APP_KEY'));
    await assert.rejects(access.setDisabled('nobody', true), hasCode('UNKNOWN_APP_KEY'));
    await assert.rejects(access.issueTokenFor('nobody'), hasCode('UNKNOWN_APP_KEY'));
    assert.throws(() => {
      access.confine('nobody', []);
    }, hasCode('UNKNOWN_APP_KEY'));
    assert.equal(access.isActive(99), false);
    assert.equal(access.isActive(0), true);
  });
});

describe('tokens', () => {
  it('are issued for key and secret, are good for seven days, and several at once', async () => {
    const { access, clock, app } = await bench();
    const first = await access.issueToken(app.appKey, app.appSecret, ADDRESS);
    const second = await access.issueToken(app.appKey, app.appSecret, ADDRESS);
    assert.equal(first.expiresAtMs, clock.nowMs() + 7 * DAY_MS);
    assert.notEqual(first.accessToken, second.accessToken);
    for (const { accessToken } of [first, second]) {
      assert.deepEqual(access.authenticate(accessToken), { kind: 'app', id: 1 });
    }
    await clock.advance(7 * DAY_MS - 1);
    assert.ok(access.authenticate(first.accessToken));
    await clock.advance(1);
    assert.throws(() => access.authenticate(first.accessToken), hasCode('TOKEN_EXPIRED'));
  });

  it('of nobody, altered or of another form are refused', async () => {
    const { access, app } = await bench();
    const { accessToken } = await access.issueToken(app.appKey, app.appSecret, ADDRESS);
    const last = accessToken.endsWith('0') ? '1' : '0';
    for (const token of ['', 'x', accessToken.slice(0, 63) + last, `${accessToken}0`, ` ${accessToken}`]) {
      assert.throws(() => access.authenticate(token), hasCode('UNAUTHENTICATED'), token);
    }
  });

  it('are kept as hashes only, and outlive a restart', async () => {
    const { access, clock, repositories, app } = await bench();
    const { accessToken } = await access.issueToken(app.appKey, app.appSecret, ADDRESS);
    assert.ok(!JSON.stringify(await repositories.access.loadTokens(0)).includes(accessToken.slice(3, 30)));
    const again = await bench({}, { clock, repositories });
    assert.equal(again.access.authenticate(accessToken).id, 1);
  });

  it('see only the devices that their application is confined to', async () => {
    const { access, app } = await bench();
    access.confine(app.appKey, ['34020000001320000001']);
    const { accessToken } = await access.issueTokenFor(app.appKey);
    assert.deepEqual([...(access.authenticate(accessToken).devices ?? [])], ['34020000001320000001']);
  });

  it('are bounded for each application: the oldest makes room, at rest too', async () => {
    const { access, repositories, app } = await bench({ maxTokensPerApp: 2 });
    const other = await access.createApp('other');
    const { accessToken: foreign } = await access.issueTokenFor(other.appKey);
    const tokens: string[] = [];
    for (let count = 0; count < 3; count += 1)
      tokens.push((await access.issueTokenFor(app.appKey)).accessToken);
    assert.throws(() => access.authenticate(tokens[0] ?? ''), hasCode('UNAUTHENTICATED'));
    assert.ok(access.authenticate(tokens[1] ?? ''));
    assert.ok(access.authenticate(tokens[2] ?? ''));
    assert.ok(access.authenticate(foreign));
    assert.equal((await repositories.access.loadTokens(0)).length, 3);
  });

  it('are forgotten a day after they expired; until then they are told apart from unknown ones', async () => {
    const { access, clock, repositories, app } = await bench();
    const { accessToken } = await access.issueTokenFor(app.appKey);
    await clock.advance(8 * DAY_MS - 1);
    await access.tick();
    assert.throws(() => access.authenticate(accessToken), hasCode('TOKEN_EXPIRED'));
    await clock.advance(60_000);
    await access.tick();
    assert.throws(() => access.authenticate(accessToken), hasCode('UNAUTHENTICATED'));
    assert.deepEqual(await repositories.access.loadTokens(0), []);
  });

  it('are not issued when they cannot be kept', async () => {
    const { access, repositories, app } = await bench();
    repositories.access.insertToken = () => Promise.reject(new Error('gone'));
    await assert.rejects(access.issueTokenFor(app.appKey));
  });
});

describe('guessing a secret', () => {
  it('ends after ten wrong ones of one source, until the window is over', async () => {
    const { access, clock, app } = await bench({ secretTriesPerSource: 3, secretTriesWindowMs: 600_000 });
    for (let count = 0; count < 3; count += 1) {
      await assert.rejects(access.issueToken(app.appKey, 'wrong', ADDRESS), hasCode('WRONG_APP_SECRET'));
    }
    await assert.rejects(access.issueToken(app.appKey, app.appSecret, ADDRESS), hasCode('RATE_LIMITED'));
    assert.ok(await access.issueToken(app.appKey, app.appSecret, '192.0.2.8'));
    await clock.advance(600_000);
    assert.ok(await access.issueToken(app.appKey, app.appSecret, ADDRESS));
  });

  it('counts keys that nobody has, and addresses of one IPv6 network together', async () => {
    const { access, app } = await bench({ secretTriesPerSource: 2 });
    await assert.rejects(access.issueToken('nobody', 'x', '2001:db8:1:2::1'), hasCode('UNKNOWN_APP_KEY'));
    await assert.rejects(access.issueToken('nobody', 'x', '2001:db8:1:2::2'), hasCode('UNKNOWN_APP_KEY'));
    await assert.rejects(
      access.issueToken(app.appKey, app.appSecret, '2001:db8:1:2:ffff::3'),
      hasCode('RATE_LIMITED'),
    );
    assert.ok(await access.issueToken(app.appKey, app.appSecret, '2001:db8:1:3::1'));
  });

  it('counts what is sent side by side: no more tries are looked at than the budget has', async () => {
    const { access, app } = await bench({ secretTriesPerSource: 2 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => access.issueToken(app.appKey, 'wrong', ADDRESS)),
    );
    const codes = outcomes.map((one) =>
      one.status === 'rejected' ? (one.reason as { code: string }).code : '',
    );
    assert.equal(codes.filter((code) => code === 'WRONG_APP_SECRET').length, 2);
    assert.equal(codes.filter((code) => code === 'RATE_LIMITED').length, 4);
  });

  it('from many sources ends for the one application that they aim at', async () => {
    const { access, app } = await bench({ secretTriesPerKey: 3 });
    const other = await access.createApp('other');
    for (let source = 0; source < 3; source += 1) {
      await assert.rejects(
        access.issueToken(app.appKey, 'wrong', `192.0.2.${String(source)}`),
        hasCode('WRONG_APP_SECRET'),
      );
    }
    await assert.rejects(access.issueToken(app.appKey, app.appSecret, '192.0.2.99'), hasCode('RATE_LIMITED'));
    assert.ok(await access.issueToken(other.appKey, other.appSecret, '192.0.2.99'));
  });

  it('is not what a caller with the right secret does, however often', async () => {
    const { access, app } = await bench({ secretTriesPerSource: 2, secretTriesPerKey: 2 });
    for (let count = 0; count < 5; count += 1)
      assert.ok(await access.issueToken(app.appKey, app.appSecret, ADDRESS));
  });
});
