import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type KeptMessage,
  MessageStore,
  type NewMessage,
} from '../../../../bff/src/gb28181/trace/message-store.ts';

const CAPACITY = 20_480;

const aMessage = fc.record({
  seq: fc.nat(),
  atMs: fc.nat(),
  direction: fc.constantFrom('in' as const, 'out' as const),
  flow: fc.record({
    transport: fc.constantFrom('udp' as const, 'tcp' as const),
    remoteAddress: fc.ipV4(),
    remotePort: fc.integer({ min: 0, max: 65_535 }),
  }),
  bytes: fc.uint8Array({ maxLength: 3_000 }),
  part: fc.double({ min: 0, max: 1, noNaN: true }),
});

function expected({ seq, atMs, direction, flow, bytes, kept }: NewMessage): KeptMessage {
  const latin1 = Buffer.from(bytes.subarray(0, kept)).toString('latin1');
  return { seq, atMs, direction, ...flow, octets: bytes.length, latin1 };
}

describe('the store of traced messages', () => {
  it('gives back each message as it was, whatever was kept and forgotten in between', () => {
    const step = fc.oneof(
      { weight: 2, arbitrary: aMessage.map((message) => ({ add: message })) },
      { weight: 1, arbitrary: fc.nat().map((which) => ({ free: which })) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const store = new MessageStore(CAPACITY);
        const held = new Map<number, NewMessage>();
        for (const order of steps) {
          if ('free' in order) {
            const number = [...held.keys()][order.free % Math.max(1, held.size)];
            if (number === undefined) continue;
            store.free(number);
            held.delete(number);
          } else {
            const { part, ...rest } = order.add;
            const message = { ...rest, kept: Math.floor(rest.bytes.length * part) };
            if (!store.hasRoom(message.kept)) continue;
            held.set(store.add(message), message);
          }
          for (const [number, message] of held) assert.deepEqual(store.read(number), expected(message));
          const costs = [...held.values()].map(({ kept }) => MessageStore.costOf(kept));
          assert.equal(
            store.octets,
            costs.reduce((sum, cost) => sum + cost, 0),
          );
          assert.ok(store.octets <= CAPACITY);
        }
      }),
    );
  });

  it('keeps the order of a list', () => {
    const store = new MessageStore(CAPACITY);
    const flow = { transport: 'udp', remoteAddress: '192.0.2.1', remotePort: 5_060 } as const;
    const [first = 0, second = 0] = [1, 2].map((seq) =>
      store.add({ seq, atMs: seq, direction: 'in', flow, bytes: Buffer.from('x'), kept: 1 }),
    );
    store.link(first, second);
    assert.deepEqual([store.after(first), store.after(second)], [second, -1]);
  });

  it('refuses what finds no room', () => {
    const store = new MessageStore(256);
    const flow = { transport: 'udp', remoteAddress: '192.0.2.1', remotePort: 5_060 } as const;
    const bytes = Buffer.alloc(257);
    assert.equal(store.hasRoom(257), false);
    assert.throws(() => store.add({ seq: 1, atMs: 1, direction: 'in', flow, bytes, kept: 257 }), RangeError);
  });
});
