import assert from 'node:assert/strict';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { hasCode } from '../../../support/core/has-code.ts';
import { until } from '../../../support/until.ts';

const ORDER = { firmware: 'V2', fileUrl: 'https://ota.example.com/fw.bin', manufacturer: 'Yimu' };
const DONE = { ok: true, firmware: 'V2', reason: undefined };
const FAILED = { ok: false, firmware: 'V1', reason: '01' };

/** The device says how an upgrade ended, and is answered; absent: the one that was ordered last. */
async function tell(
  { control }: CoreOnFakes,
  result: typeof DONE | typeof FAILED,
  sessionId = control.upgrades.at(-1)?.sessionId ?? '',
): Promise<void> {
  await control.tellUpgradeResult(GB_ID, { ...result, sessionId });
}

describe('upgrades of firmware', () => {
  let bench: CoreOnFakes;

  beforeEach(async () => {
    bench = await coreOnFakes();
    await bench.addCamera();
  });

  const device = (): ReturnType<CoreOnFakes['core']['devices']['get']> => bench.core.devices.get(GB_ID);
  const order = (): Promise<unknown> => bench.core.control.upgrades.order(device(), ORDER);
  const state = (): string | undefined => bench.core.control.upgrades.of(device())?.state;
  const history = (): readonly (readonly unknown[])[] =>
    bench.core.control.upgrades.earlier(device()).map(({ firmware, state: how }) => [firmware, how]);
  const kept = async (): Promise<readonly (readonly unknown[])[]> =>
    (await bench.repositories.upgrades.load()).map(({ firmware, state: how }) => [firmware, how]);

  /** Another process on the same database. */
  async function restart(): Promise<void> {
    const { repositories, clock } = bench;
    await bench.core.stop();
    bench = await coreOnFakes({ repositories, clock });
    bench.signalling.comeOnline(GB_ID);
  }

  it('run until the device says how it ended, one at a time', async () => {
    const { upgrades } = bench.core.control;
    assert.equal(upgrades.of(device()), undefined);
    assert.equal((await upgrades.order(device(), ORDER)).state, 'running');
    await assert.rejects(order(), hasCode('CONFLICT'));
    await tell(bench, DONE, 'of somebody else');
    assert.equal(state(), 'running');
    await tell(bench, DONE);
    assert.deepEqual([state(), upgrades.of(device())?.running], ['done', 'V2']);
    await order();
    await tell(bench, FAILED);
    assert.deepEqual([state(), upgrades.of(device())?.reason], ['failed', '01']);
    assert.deepEqual(history(), [['V2', 'done']]);
  });

  it('are one at a time though the device has not answered yet', async () => {
    const both = await Promise.allSettled([order(), order()]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    assert.equal(bench.control.upgrades.length, 1);
  });

  it('have sessions of the length that the standard wants', async () => {
    await order();
    assert.match(bench.control.upgrades[0]?.sessionId ?? '', /^[0-9a-f]{32}$/);
  });

  it('are overdue after an hour of silence, and may be ordered again; a late result counts all the same', async () => {
    await order();
    const first = bench.control.upgrades[0]?.sessionId;
    await bench.clock.advance(3_600_001);
    assert.equal(state(), 'overdue');
    await order();
    await tell(bench, FAILED, first);
    assert.deepEqual([state(), history()], ['running', [['V2', 'failed']]]);
    await tell(bench, DONE);
    assert.equal(state(), 'done');
  });

  it('need an address that a device can fetch', async () => {
    const { upgrades } = bench.core.control;
    for (const fileUrl of [
      '',
      'fw.bin',
      'file:///etc/passwd',
      'javascript:alert(1)',
      `https://a/${'x'.repeat(2_000)}`,
    ])
      await assert.rejects(upgrades.order(device(), { ...ORDER, fileUrl }), hasCode('INVALID_ARGUMENT'));
    await assert.rejects(upgrades.order(device(), { ...ORDER, firmware: ' ' }), hasCode('INVALID_ARGUMENT'));
    assert.deepEqual([bench.control.upgrades, await kept()], [[], []]);
  });

  it('keep of the address what is no secret', async () => {
    const fileUrl = 'ftp://user:password@ota.example.com:2121/fw.bin?token=secret#x';
    await bench.core.control.upgrades.order(device(), { ...ORDER, fileUrl });
    assert.equal(bench.control.upgrades[0]?.order.fileUrl, fileUrl);
    assert.equal((await bench.repositories.upgrades.load())[0]?.source, 'ftp://ota.example.com:2121/fw.bin');
  });

  it('are stored before they are sent, and not sent when they cannot be stored', async () => {
    let storedWhenSent: unknown;
    bench.control.onUpgrade = (sessionId) => {
      storedWhenSent = bench.repositories.upgrades.load().then((rows) => rows[0]?.sessionId === sessionId);
    };
    const save = bench.repositories.upgrades.save.bind(bench.repositories.upgrades);
    bench.repositories.upgrades.save = () => Promise.reject(new CoreError('STORAGE_FAILED', ''));
    await assert.rejects(order(), hasCode('STORAGE_FAILED'));
    assert.deepEqual([bench.control.upgrades, state()], [[], undefined]);
    bench.repositories.upgrades.save = save;
    await order();
    assert.equal(await storedWhenSent, true);
  });

  it('that the device refuses are refused, and may be ordered again', async () => {
    bench.control.refusal = new CoreError('DEVICE_REFUSED', '');
    await assert.rejects(order(), hasCode('DEVICE_REFUSED'));
    assert.equal(state(), 'refused');
    bench.control.refusal = undefined;
    await order();
    assert.deepEqual([state(), history()], ['running', [['V2', 'refused']]]);
  });

  it('that the device did not answer may run all the same: its result counts', async () => {
    bench.control.refusal = new CoreError('DEVICE_TIMEOUT', '');
    let session = '';
    bench.control.onUpgrade = (sessionId) => {
      session = sessionId;
    };
    await assert.rejects(order(), hasCode('DEVICE_TIMEOUT'));
    assert.equal(state(), 'unanswered');
    await tell(bench, DONE, session);
    assert.deepEqual([state(), bench.core.control.upgrades.of(device())?.firmware], ['done', 'V2']);
  });

  it('whose result comes before the answer have ended when it comes', async () => {
    bench.control.onUpgrade = (sessionId) => {
      void tell(bench, DONE, sessionId);
    };
    const { upgrades } = bench.core.control;
    assert.equal((await upgrades.order(device(), ORDER)).state, 'done');
    bench.control.refusal = new CoreError('DEVICE_TIMEOUT', '');
    await assert.rejects(order(), hasCode('DEVICE_TIMEOUT'));
    assert.equal(state(), 'done');
  });

  it('outlive a restart: the result that comes after it finds its order', async () => {
    await order();
    const session = bench.control.upgrades[0]?.sessionId;
    await restart();
    assert.equal(state(), 'running');
    await assert.rejects(order(), hasCode('CONFLICT'));
    await tell(bench, DONE, session);
    assert.deepEqual([state(), bench.core.control.upgrades.of(device())?.firmware], ['done', 'V2']);
    await restart();
    assert.equal(state(), 'done');
  });

  it('that end are answered when that is stored', async () => {
    await order();
    const { upgrades } = bench.repositories;
    const save = upgrades.save.bind(upgrades);
    const happened: string[] = [];
    let store: () => void = () => undefined;
    upgrades.save = async (...all) => {
      await new Promise<void>((resolve) => {
        store = resolve;
      });
      await save(...all);
      happened.push('stored');
    };
    const answered = tell(bench, DONE).then(() => happened.push('answered'));
    assert.equal(state(), 'done');
    await until('it is being stored', () => bench.figure('yimu_core_upgrades_waiting') === 1);
    store();
    await answered;
    assert.deepEqual(happened, ['stored', 'answered']);
  });

  it('are overdue an hour after they were ordered, restart or not', async () => {
    await order();
    await bench.clock.advance(1_800_000);
    await restart();
    await bench.clock.advance(1_800_001);
    assert.equal(state(), 'overdue');
  });

  it('keep the last four orders of a device and one of somebody else, over a restart too', async () => {
    for (const firmware of ['V1', 'V2', 'V3', 'V4', 'V5', 'V6']) {
      await bench.core.control.upgrades.order(device(), { ...ORDER, firmware });
      await tell(bench, DONE);
      for (const other of ['a', 'b']) await tell(bench, DONE, `${firmware} ${other}`);
      await bench.clock.advance(1_000);
    }
    const expected = [['V6'], ['V5'], ['V4'], ['V3']].map(([firmware]) => [firmware, 'done']);
    assert.deepEqual(history(), expected);
    await restart();
    assert.deepEqual(history(), expected);
    assert.equal(bench.core.control.upgrades.of(device())?.sessionId, 'V6 b');
    assert.equal((await kept()).length, 5);
  });

  it('told a thousand times over are written once at once, and once more within a second', async () => {
    const { upgrades } = bench.repositories;
    let writes = 0;
    const save = upgrades.save.bind(upgrades);
    upgrades.save = (...all) => {
      writes += 1;
      return save(...all);
    };
    for (let time = 0; time < 1_000; time += 1) await tell(bench, DONE, `session ${String(time)}`);
    await until('the first is written', () => writes === 1);
    await bench.clock.advance(1_000);
    await until('nothing waits', () => bench.figure('yimu_core_upgrades_waiting') === 0);
    assert.ok(writes <= 2, String(writes));
    assert.equal((await upgrades.load())[0]?.sessionId, 'session 999');
    for (let time = 0; time < 1_000; time += 1) await tell(bench, DONE, 'session 999');
    assert.equal(bench.figure('yimu_core_upgrades_waiting'), 0, 'what says nothing new');
  });

  it('wait for a database that is away', async () => {
    await order();
    const { upgrades } = bench.repositories;
    const save = upgrades.save.bind(upgrades);
    upgrades.save = () => Promise.reject(new CoreError('STORAGE_FAILED', ''));
    await bench.clock.advance(1_000);
    await tell(bench, DONE);
    await until('it fails', () => bench.figure('yimu_core_upgrades_write_failures') > 0);
    assert.equal(bench.figure('yimu_core_upgrades_waiting'), 1);
    assert.deepEqual(await kept(), [['V2', 'running']]);
    upgrades.save = save;
    await bench.clock.advance(1_000);
    await until('it is stored', async () => (await upgrades.load())[0]?.state === 'done');
    assert.equal(bench.figure('yimu_core_upgrades_waiting'), 0);
  });

  it('are forgotten with their device; strangers are not heard', async () => {
    const { upgrades } = bench.core.control;
    const before = device();
    await order();
    await bench.core.devices.remove(GB_ID);
    await tell(bench, DONE);
    assert.equal(upgrades.of(before), undefined);
    assert.deepEqual(await kept(), []);
  });

  it('of a device that goes before it answers leave nothing', async () => {
    const before = device();
    bench.control.refusal = new CoreError('DEVICE_OFFLINE', '');
    let removed: Promise<void> | undefined;
    const upgrade = bench.control.upgrade.bind(bench.control);
    bench.control.upgrade = async (...all) => {
      removed = bench.core.devices.remove(GB_ID);
      await removed;
      await upgrade(...all);
    };
    await assert.rejects(order(), hasCode('DEVICE_OFFLINE'));
    assert.equal(bench.core.control.upgrades.of(before), undefined);
    assert.equal(bench.figure('yimu_core_upgrades_waiting'), 0);
  });
});
