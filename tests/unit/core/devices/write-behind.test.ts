import assert from 'node:assert/strict';
import { DeviceRegistry } from '../../../../bff/src/core/devices/device-registry.ts';
import { WriteBehind } from '../../../../bff/src/core/devices/write-behind.ts';
import type { DeviceFactsRow } from '../../../../bff/src/core/index.ts';
import { Instruments, silentLogger } from '../../../../bff/src/kernel/index.ts';
import { memoryRepositories } from '../../../support/core/memory-repositories.ts';
import { aDeviceRecord } from '../../../support/core/records.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const PERIOD_MS = 5_000;

class Bench {
  readonly clock = new FakeClock();
  readonly registry = new DeviceRegistry();
  readonly instruments = new Instruments();
  /** Devices that are online. */
  readonly heardAtMs = new Map<string, number>();
  readonly batches: (readonly DeviceFactsRow[])[] = [];
  save: (rows: readonly DeviceFactsRow[]) => Promise<void> = () => Promise.resolve();
  readonly writeBehind: WriteBehind;

  constructor(devices = 3) {
    for (let id = 1; id <= devices; id += 1) {
      const no = String(id).padStart(4, '0');
      this.registry.put(aDeviceRecord({ id, gbId: `3402000000132000${no}`, serial: `Q0000${no}` }));
    }
    const repository = memoryRepositories().devices;
    repository.saveFacts = (rows) => {
      this.batches.push(rows);
      return this.save(rows);
    };
    this.writeBehind = new WriteBehind({
      registry: this.registry,
      repository,
      clock: this.clock,
      logger: silentLogger,
      instruments: this.instruments,
      lastSeenAtMs: (gbId) => this.heardAtMs.get(gbId),
      periodMs: PERIOD_MS,
    });
  }

  figure(name: string): number | undefined {
    return this.instruments.read().find((one) => one.name === name)?.samples[0]?.value;
  }

  get written(): readonly (readonly number[])[] {
    return this.batches.map((rows) => rows.map(({ id }) => id));
  }
}

describe('writing behind', () => {
  it('costs one row a device and period, however often it was marked, and tells the latest', async () => {
    const bench = new Bench();
    for (let count = 0; count < 100; count += 1) bench.writeBehind.mark(1);
    bench.registry.put(aDeviceRecord({ id: 1, gbId: '34020000001320000001', lastSeenAtMs: 77 }));
    assert.equal(bench.figure('yimu_core_write_behind'), 1);
    await bench.clock.advance(PERIOD_MS);
    bench.writeBehind.tick();
    await bench.clock.advance(0);
    assert.deepEqual(bench.written, [[1]]);
    assert.equal(bench.batches[0]?.[0]?.lastSeenAtMs, 77);
    assert.equal(bench.figure('yimu_core_write_behind'), 0);
  });

  it('tells of a device that is online when it was heard last', async () => {
    const bench = new Bench();
    bench.registry.put(aDeviceRecord({ id: 1, gbId: '34020000001320000001', lastSeenAtMs: 77 }));
    bench.heardAtMs.set('34020000001320000001', 99);
    bench.writeBehind.mark(1);
    await bench.writeBehind.flush();
    assert.equal(bench.batches[0]?.[0]?.lastSeenAtMs, 99);
  });

  it('waits for its period, and does nothing when nothing is marked', async () => {
    const bench = new Bench();
    bench.writeBehind.mark(1);
    bench.writeBehind.tick();
    await bench.clock.advance(0);
    bench.writeBehind.mark(2);
    for (let second = 0; second < 4; second += 1) {
      await bench.clock.advance(1_000);
      bench.writeBehind.tick();
    }
    assert.deepEqual(bench.written, [[1]]);
    await bench.clock.advance(1_000);
    bench.writeBehind.tick();
    await bench.clock.advance(PERIOD_MS);
    bench.writeBehind.tick();
    assert.deepEqual(bench.written, [[1], [2]]);
  });

  it('goes in batches of 500', async () => {
    const bench = new Bench(1_201);
    for (let id = 1; id <= 1_201; id += 1) bench.writeBehind.mark(id);
    await bench.writeBehind.flush();
    assert.deepEqual(
      bench.written.map((ids) => ids.length),
      [500, 500, 201],
    );
  });

  it('loses nothing when the database fails: what was not written waits for the next turn', async () => {
    const bench = new Bench(1_000);
    bench.save = () => Promise.reject(new Error('gone'));
    for (let id = 1; id <= 1_000; id += 1) bench.writeBehind.mark(id);
    await bench.writeBehind.flush();
    assert.equal(bench.written.length, 1);
    assert.equal(bench.figure('yimu_core_write_behind'), 1_000);
    assert.equal(bench.figure('yimu_core_write_behind_failures'), 1);
    bench.save = () => Promise.resolve();
    await bench.clock.advance(PERIOD_MS);
    bench.writeBehind.tick();
    await bench.writeBehind.flush();
    assert.equal(new Set(bench.written.slice(1).flat()).size, 1_000);
    assert.equal(bench.figure('yimu_core_write_behind'), 0);
  });

  it('writes at the last flush what was marked while an earlier one ran', async () => {
    const bench = new Bench();
    let finish: () => void = () => undefined;
    bench.save = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    bench.writeBehind.mark(1);
    const first = bench.writeBehind.flush();
    bench.writeBehind.mark(2);
    const last = bench.writeBehind.flush();
    bench.save = () => Promise.resolve();
    finish();
    await Promise.all([first, last]);
    assert.deepEqual(bench.written, [[1], [2]]);
  });

  it('never writes twice at once', async () => {
    const bench = new Bench();
    let finish: () => void = () => undefined;
    bench.save = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    bench.writeBehind.mark(1);
    bench.writeBehind.tick();
    bench.writeBehind.mark(2);
    await bench.clock.advance(PERIOD_MS);
    bench.writeBehind.tick();
    assert.equal(bench.batches.length, 1);
    finish();
    await bench.clock.advance(0);
    bench.save = () => Promise.resolve();
    await bench.writeBehind.flush();
    assert.deepEqual(bench.written, [[1], [2]]);
  });

  it('forgets a device that was removed meanwhile', async () => {
    const bench = new Bench();
    bench.writeBehind.mark(1);
    bench.writeBehind.mark(99);
    bench.registry.remove(1);
    await bench.writeBehind.flush();
    assert.deepEqual(bench.written, []);
    assert.equal(bench.figure('yimu_core_write_behind'), 0);
  });
});
