import assert from 'node:assert/strict';
import fc from 'fast-check';
import { INVITE_CLIENT } from '../../../../bff/src/sip/transaction/invite-client-fsm.ts';
import { INVITE_SERVER } from '../../../../bff/src/sip/transaction/invite-server-fsm.ts';
import { Machine } from '../../../../bff/src/sip/transaction/machine.ts';
import { NON_INVITE_CLIENT } from '../../../../bff/src/sip/transaction/non-invite-client-fsm.ts';
import { type StateTable, to } from '../../../../bff/src/sip/transaction/state-table.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

type AnyTable = StateTable<string, string, string>;

interface Bench {
  readonly clock: FakeClock;
  readonly machine: Machine<string, string, string>;
  readonly performed: string[];
  readonly ends: number;
}

function aMachine(
  table: AnyTable,
  initial: string,
  reliable = false,
  perform: (action: string, machine: Machine<string, string, string>) => void = () => undefined,
): Bench {
  const clock = new FakeClock();
  const performed: string[] = [];
  const state = { ends: 0 };
  const machine = new Machine<string, string, string>(table, initial, {
    clock,
    reliable,
    perform: (action) => {
      performed.push(action);
      perform(action, machine);
    },
    onTerminated: () => {
      state.ends += 1;
    },
  });
  return {
    clock,
    machine,
    performed,
    get ends() {
      return state.ends;
    },
  };
}

describe('Machine', () => {
  it('performs the actions of a transition in order, in the new state', () => {
    const table: AnyTable = { idle: { go: to('busy', 'one', 'two') }, busy: {}, terminated: {} };
    const seen: string[] = [];
    const { machine, performed } = aMachine(table, 'idle', false, (action, self) => {
      seen.push(`${action} in ${self.state}`);
    });
    assert.equal(machine.on('go'), true);
    assert.deepEqual(performed, ['one', 'two']);
    assert.deepEqual(seen, ['one in busy', 'two in busy']);
  });

  it('absorbs what its state does not name, and says so', () => {
    const { machine, performed } = aMachine({ idle: {}, terminated: {} }, 'idle');
    assert.equal(machine.on('anything'), false);
    assert.deepEqual([machine.state, performed], ['idle', []]);
  });

  it('starts a timer that falls due at once over a reliable transport before the next event', () => {
    const bench = aMachine(INVITE_CLIENT, 'calling', true);
    bench.machine.on('start');
    assert.equal(bench.clock.pending, 1, 'Timer B alone: Timer A is not used over TCP');
    bench.machine.on('failure');
    assert.deepEqual([bench.machine.state, bench.ends, bench.clock.pending], ['terminated', 1, 0]);
  });

  it('calls onTerminated once, with every timer off', async () => {
    const bench = aMachine(INVITE_SERVER, 'proceeding');
    bench.machine.on('send-failure');
    assert.equal(bench.clock.pending, 2);
    await bench.clock.advance(60_000);
    assert.deepEqual([bench.machine.state, bench.ends, bench.clock.pending], ['terminated', 1, 0]);
  });

  it('starts no timer when an action of the same transition has ended it', () => {
    const bench = aMachine(INVITE_CLIENT, 'calling', false, (action, machine) => {
      if (action === 'send-request') machine.on('transport-error');
    });
    bench.machine.on('start');
    assert.deepEqual([bench.machine.state, bench.ends, bench.clock.pending], ['terminated', 1, 0]);
  });

  it('runs one timer of a name at a time: starting it again starts it anew', async () => {
    const bench = aMachine(NON_INVITE_CLIENT, 'trying');
    bench.machine.on('start');
    await bench.clock.advance(400);
    bench.machine.on('start');
    assert.equal(bench.clock.pending, 2);
    await bench.clock.advance(499);
    assert.equal(bench.performed.length, 2);
    bench.machine.on('abandon');
    assert.equal(bench.clock.pending, 0);
  });

  const MACHINES = [
    ['INVITE_CLIENT', INVITE_CLIENT as AnyTable, 'calling'],
    ['NON_INVITE_CLIENT', NON_INVITE_CLIENT as AnyTable, 'trying'],
    ['INVITE_SERVER', INVITE_SERVER as AnyTable, 'proceeding'],
  ] as const;

  for (const [name, table, initial] of MACHINES) {
    it(`${name}: terminated is final, and leaves nothing pending, whatever comes and however time goes`, async () => {
      const events = [...new Set(Object.values(table).flatMap((row) => Object.keys(row)))];
      const step = fc.oneof(fc.constantFrom(...events), fc.integer({ min: 1, max: 40_000 }));
      await fc.assert(
        fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 20 }), async (reliable, steps) => {
          const bench = aMachine(table, initial, reliable);
          for (const next of steps) {
            const wasOver = bench.machine.state === 'terminated';
            const before = bench.performed.length;
            if (typeof next === 'number') await bench.clock.advance(next);
            else bench.machine.on(next);
            if (wasOver)
              assert.deepEqual([bench.machine.state, bench.performed.length], ['terminated', before]);
          }
          if (bench.machine.state === 'terminated')
            assert.deepEqual([bench.clock.pending, bench.ends], [0, 1]);
          else assert.equal(bench.ends, 0);
        }),
        { numRuns: 60 },
      );
    });
  }
});
