import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AnswerStore } from '../../../../bff/src/sip/transaction/answer-store.ts';

const CHUNK = 262_144;
const LONGEST = 65_507;

describe('the store of answers', () => {
  it('gives back each answer as it was, whatever was kept and forgotten in between', () => {
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          length: fc.integer({ min: 0, max: LONGEST }),
          octet: fc.nat(255),
          atMs: fc.nat(),
        }),
      },
      { weight: 2, arbitrary: fc.record({ free: fc.nat() }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const store = new AnswerStore();
        const held = new Map<number, { readonly bytes: Buffer; readonly atMs: number }>();
        for (const order of steps) {
          if ('free' in order) {
            const number = [...held.keys()][order.free % Math.max(1, held.size)];
            if (number === undefined) continue;
            assert.equal(store.free(number), held.get(number)?.bytes.length);
            held.delete(number);
          } else {
            const bytes = Buffer.alloc(order.length, order.octet);
            const number = store.add(bytes, order.atMs);
            assert.equal(held.has(number), false, 'a number is used by one answer at a time');
            held.set(number, { bytes, atMs: order.atMs });
          }
        }
        for (const [number, { bytes, atMs }] of held) {
          assert.ok(store.read(number).equals(bytes));
          assert.equal(store.timeOf(number), atMs);
        }
      }),
    );
  });

  it('holds what lives, one chunk that is being filled, and no more, however much has passed through', () => {
    const store = new AnswerStore();
    const bytes = Buffer.alloc(500);
    const alive: number[] = [];
    for (let count = 0; count < 20_000; count += 1) {
      alive.push(store.add(bytes, count));
      if (alive.length > 1_000) store.free(alive.shift() ?? 0);
    }
    assert.ok(store.octets <= 4 * CHUNK, `${String(store.octets)} octets for 1,000 answers`);
    for (const number of alive) store.free(number);
    assert.ok(store.octets <= CHUNK);
    store.clear();
    assert.equal(store.octets, 0);
  });

  it('hands out a copy: what comes later does not change it', () => {
    const store = new AnswerStore();
    const read = store.read(store.add(Buffer.from('one'), 1));
    store.clear();
    store.add(Buffer.from('two'), 2);
    assert.equal(read.toString(), 'one');
  });
});
