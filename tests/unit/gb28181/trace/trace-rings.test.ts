import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MessageStore, type NewMessage } from '../../../../bff/src/gb28181/trace/message-store.ts';
import { TraceRing } from '../../../../bff/src/gb28181/trace/trace-ring.ts';
import { type TraceBounds, TraceRings } from '../../../../bff/src/gb28181/trace/trace-rings.ts';
import type { Flow } from '../../../../bff/src/sip/index.ts';

const SMALL = { messages: 3, octets: 4_096 };
const BOUNDS: TraceBounds = {
  ring: { own: SMALL, claimed: SMALL, keepalive: { messages: 2, octets: 4_096 } },
  watchedRing: { own: { messages: 9, octets: 9_216 }, claimed: SMALL, keepalive: SMALL },
  maxRings: 4,
  maxStrangers: 2,
  maxOctets: 9_216,
};
const flowOf = (remotePort: number): Flow => ({
  key: `udp:192.0.2.1:${String(remotePort)}`,
  transport: 'udp',
  remoteAddress: '192.0.2.1',
  remotePort,
});
const OWN = { kind: 'own', isStranger: false, flow: undefined } as const;

let seq = 0;
function aMessage(text = 'x'.repeat(100)): NewMessage {
  seq += 1;
  const bytes = Buffer.from(text, 'latin1');
  return { seq, atMs: seq, direction: 'in', flow: flowOf(5_060), bytes, kept: bytes.length };
}

function rings(watched?: string): { readonly all: TraceRings; readonly evicted: () => number } {
  let evicted = 0;
  const all = new TraceRings(BOUNDS, {
    isWatched: (gbId) => gbId === watched,
    onEvicted: () => {
      evicted += 1;
    },
  });
  return { all, evicted: () => evicted };
}

describe('rings of traced messages', () => {
  it('keep the newest of each kind, in the order in which they went', () => {
    const ring = new TraceRing(new MessageStore(50_000));
    const kinds = ['own', 'keepalive', 'claimed', 'keepalive', 'keepalive', 'own', 'own', 'own'] as const;
    const from = seq;
    for (const kind of kinds) ring.add(kind, aMessage(), BOUNDS.ring);
    assert.deepEqual(
      ring.all().map((message) => message.seq - from),
      [3, 4, 5, 6, 7, 8],
    );
  });

  it('keep one message that is longer than they may hold, and nothing else', () => {
    const ring = new TraceRing(new MessageStore(50_000));
    ring.add('own', aMessage(), BOUNDS.ring);
    ring.add('own', aMessage('y'.repeat(3_000)), BOUNDS.ring);
    assert.equal(ring.length, 1);
  });

  it('drive out the device that was longest silent', () => {
    const { all, evicted } = rings();
    for (const gbId of ['a', 'b', 'c', 'd', 'a', 'e']) all.add(gbId, aMessage(), OWN);
    assert.equal(all.find('b'), undefined);
    assert.equal(all.find('a')?.length, 2);
    assert.equal(evicted(), 1);
  });

  it('never drive out the device that is watched, however long it is silent', () => {
    const { all } = rings('a');
    for (const gbId of ['a', 'b', 'c', 'd', 'e', 'f']) all.add(gbId, aMessage('z'.repeat(1_200)), OWN);
    assert.equal(all.find('a')?.length, 1);
    assert.equal(all.find('b'), undefined);
  });

  it('drive out strangers before any device when the memory is full', () => {
    const { all } = rings();
    const long = 'z'.repeat(1_000);
    all.add('device', aMessage(long), OWN);
    all.add('stranger', aMessage(long), { ...OWN, kind: 'claimed', isStranger: true });
    for (const gbId of ['b', 'c', 'd']) all.add(gbId, aMessage(long), OWN);
    assert.equal(all.find('stranger'), undefined);
    assert.equal(all.find('device')?.length, 1);
  });

  it('keep a bounded number of strangers, whatever number of IDs they invent', () => {
    const { all } = rings();
    all.add('device', aMessage(), OWN);
    for (let no = 0; no < 50; no += 1)
      all.add(`s${String(no)}`, aMessage(), { ...OWN, kind: 'claimed', isStranger: true });
    assert.equal(all.size, 3);
  });

  it('know whose flow it was last', () => {
    const { all } = rings();
    all.add('a', aMessage(), { ...OWN, flow: flowOf(1) });
    all.add('a', aMessage(), { ...OWN, flow: flowOf(2) });
    assert.deepEqual([all.ownerOf(flowOf(1).key), all.ownerOf(flowOf(2).key)], [undefined, 'a']);
  });

  it('leave a flow to whom it belongs now, when the one who had it before goes elsewhere', () => {
    const { all } = rings();
    for (const [gbId, port] of [
      ['a', 1],
      ['b', 1],
      ['a', 2],
    ] as const)
      all.add(gbId, aMessage(), { ...OWN, flow: flowOf(port) });
    assert.deepEqual([all.ownerOf(flowOf(1).key), all.ownerOf(flowOf(2).key)], ['b', 'a']);
  });

  it('never hold more than they may, and count right what they hold', () => {
    const step = fc.record({
      gbId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      kind: fc.constantFrom('own' as const, 'claimed' as const, 'keepalive' as const),
      length: fc.integer({ min: 0, max: 2_500 }),
      isStranger: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { all } = rings('a');
        for (const { gbId, kind, length, isStranger } of steps) {
          all.add(gbId, aMessage('q'.repeat(length)), {
            kind,
            isStranger,
            flow: flowOf(Number(gbId.replace(/\D/g, '')) % 65_535),
          });
          const held = all.recent(100).map(([, ring]) => ring);
          assert.equal(
            all.octets,
            held
              .flatMap((ring) => ring.all())
              .reduce((sum, { latin1 }) => sum + MessageStore.costOf(latin1.length), 0),
          );
          assert.ok(all.octets <= BOUNDS.maxOctets);
          assert.ok(all.size <= BOUNDS.maxRings + BOUNDS.maxStrangers);
        }
      }),
    );
  });
});
