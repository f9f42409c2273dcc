import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_DEVICE_PROFILE, type DeviceProfile } from '../../../../shared/src/index.ts';
import { DeviceTable } from '../../../../bff/src/gb28181/registrar/device-table.ts';
import type { OfflineCause } from '../../../../bff/src/gb28181/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { aFlow } from '../fake-sip.ts';

interface Table {
  readonly clock: FakeClock;
  readonly table: DeviceTable;
  readonly offline: (readonly [gbId: string, cause: OfflineCause, atMs: number])[];
}

function aTable(profile: Partial<DeviceProfile> = {}): Table {
  const clock = new FakeClock();
  const offline: Table['offline'] = [];
  const table = new DeviceTable({
    clock,
    keepaliveIntervalS: 60,
    keepaliveMisses: 3,
    profileOf: () => ({ ...DEFAULT_DEVICE_PROFILE, ...profile }),
    onOffline: ({ gbId }, cause) => {
      offline.push([gbId, cause, clock.monotonicMs()]);
    },
    onFlapping: () => undefined,
  });
  table.start();
  return { clock, table, offline };
}

const facts = (gbId: string, expiresS = 3_600, port = 5_060): Parameters<DeviceTable['put']>[0] => ({
  gbId,
  flow: aFlow('198.51.100.7', port),
  expiresS,
  gbVersion: undefined,
  userAgent: undefined,
});

describe('DeviceTable', () => {
  it('has one timer for all devices, and none when closed', () => {
    const { clock, table } = aTable();
    for (let count = 0; count < 1_000; count += 1) table.put(facts(`d${String(count)}`));
    assert.equal(clock.pending, 1);
    table.close();
    assert.equal(clock.pending, 0);
  });

  it('sees a device offline within a second of its time, after any signs of life', async () => {
    const signs = fc.array(fc.integer({ min: 1, max: 170 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(signs, fc.integer({ min: 60, max: 5_000 }), async (waitsS, expiresS) => {
        const { clock, table, offline } = aTable();
        const { entry } = table.put(facts('a', expiresS));
        for (const waitS of waitsS) {
          await clock.advance(waitS * 1_000);
          if (table.find('a')) table.touch(entry);
        }
        await clock.advance(6_000_000);
        const dueMs = Math.min(entry.expiresMs, entry.lastSeenMs + 180_000);
        assert.equal(offline.length, 1);
        const [, cause, atMs] = offline[0]!;
        assert.equal(
          cause,
          entry.expiresMs <= entry.lastSeenMs + 180_000 || atMs >= entry.expiresMs
            ? 'expired'
            : 'keepalive-lost',
        );
        assert.ok(atMs >= dueMs && atMs <= dueMs + 1_000, `${String(atMs)} for ${String(dueMs)}`);
        assert.equal(table.size, 0);
      }),
      { numRuns: 25 },
    );
  });

  it('counts by the interval of a profile, from the registration on or from when it is set (Q10, Q65)', async () => {
    const { clock, table, offline } = aTable({ keepaliveIntervalS: 20, keepaliveMisses: 2 });
    table.put(facts('short'));
    await clock.advance(39_000);
    assert.equal(table.size, 1);
    await clock.advance(2_000);
    assert.deepEqual(
      offline.map(([gbId, cause]) => [gbId, cause]),
      [['short', 'keepalive-lost']],
    );
    const { entry } = table.put(facts('later'));
    table.setProfile(entry, DEFAULT_DEVICE_PROFILE);
    await clock.advance(170_000);
    assert.equal(table.size, 1);
    table.touch(entry);
    table.setProfile(entry, { ...DEFAULT_DEVICE_PROFILE, keepaliveIntervalS: 10 });
    await clock.advance(31_000);
    assert.equal(table.size, 0, 'three of ten seconds');
    table.close();
  });

  it('finds everybody again after a halt longer than a round of the wheel', async () => {
    const { clock, table, offline } = aTable();
    table.close();
    for (let count = 0; count < 100; count += 1) table.put(facts(`d${String(count)}`, 60 + count * 10));
    await clock.advance(10_000_000);
    table.start();
    await clock.advance(1_000);
    assert.equal(offline.length, 100);
  });

  it('keeps the devices of one flow apart, however they come and go', () => {
    const ids = fc.constantFrom('a', 'b', 'c');
    const ports = fc.constantFrom(1, 2);
    const deeds = fc.array(fc.tuple(fc.constantFrom('put', 'remove', 'close'), ids, ports), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(deeds, (steps) => {
        const { table } = aTable();
        const where = new Map<string, number>();
        for (const [deed, id, port] of steps) {
          if (deed === 'put') {
            table.put(facts(id, 3_600, port));
            where.set(id, port);
          } else if (deed === 'remove') {
            table.remove(id, 'forgotten');
            where.delete(id);
          } else {
            table.removeFlow(aFlow('198.51.100.7', port).key);
            for (const [other, at] of where) if (at === port) where.delete(other);
          }
          assert.equal(table.size, where.size);
          for (const at of [1, 2]) {
            const flow = aFlow('198.51.100.7', at);
            const there = [...where].filter(([, its]) => its === at).map(([its]) => its);
            assert.equal(table.soleAt(flow)?.gbId, there.length === 1 ? there[0] : undefined);
            assert.equal(table.isShared(flow), there.length > 1);
            for (const each of ['a', 'b', 'c'])
              assert.equal(table.at(flow, each)?.gbId, there.includes(each) ? each : undefined);
          }
        }
        table.close();
      }),
    );
  });
});
