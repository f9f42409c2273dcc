import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type StateTable, step } from '../../../../bff/src/sip/transaction/state-table.ts';

/** One arrow of a figure: state, what happens, where it leads, and what is done, in order. */
export type Arrow = readonly [from: string, event: string, to: string, ...actions: readonly string[]];

/** A table as a test sees it: names that no type knows any more. */
type AnyTable = StateTable<string, string, string>;

/** Lays a table beside the arrows of a figure: they are all there, and nothing else is. */
export function itHasExactly(table: AnyTable, events: readonly string[], arrows: readonly Arrow[]): void {
  for (const [from, event, to, ...actions] of arrows) {
    it(`${from} –${event}→ ${to}: ${actions.join(', ') || '–'}`, () => {
      assert.deepEqual(step(table, from, event), { to, actions });
    });
  }

  const drawn = new Set(arrows.map(([from, event]) => `${from} ${event}`));
  it('absorbs every other event in every state', () => {
    for (const state of Object.keys(table)) {
      for (const event of events) {
        if (drawn.has(`${state} ${event}`)) continue;
        assert.equal(step(table, state, event), undefined, `${state} –${event}→`);
      }
    }
  });

  it('knows no event that is not listed here', () => {
    const known = new Set(events);
    for (const row of Object.values(table))
      for (const event of Object.keys(row)) assert.ok(known.has(event), event);
  });
}

/** Whatever comes in whatever order: a machine that is terminated stays so, and does nothing more. */
export function itStaysTerminated(table: AnyTable, initial: string, events: readonly string[]): void {
  it('is final once terminated, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (sequence) => {
        let state = initial;
        let isOver = false;
        for (const event of sequence) {
          const next = step(table, state, event);
          if (isOver) assert.equal(next, undefined);
          state = next?.to ?? state;
          isOver ||= state === 'terminated';
        }
      }),
    );
  });

  it('can be terminated from every state by one timer or fault of the transport', () => {
    const enders = events.filter((event) => event.startsWith('timer-') || event === 'transport-error');
    for (const state of Object.keys(table)) {
      if (state === 'terminated') continue;
      assert.ok(
        enders.some((event) => step(table, state, event)?.to === 'terminated'),
        state,
      );
    }
  });
}
