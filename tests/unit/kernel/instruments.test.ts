import assert from 'node:assert/strict';
import { Instruments, TypedEmitter, SystemRandom } from '../../../bff/src/kernel/index.ts';

describe('Instruments', () => {
  it('reads every figure at the time it is asked', () => {
    const instruments = new Instruments();
    let level = 1;
    const counter = instruments.counter('yimu_things', 'things seen');
    instruments.gauge('yimu_level', 'how high it stands', () => level);
    counter.value += 2;
    counter.add();
    level = 5;
    assert.deepEqual(
      instruments.read().map(({ name, kind, samples }) => [name, kind, samples[0]?.value]),
      [
        ['yimu_things', 'counter', 3],
        ['yimu_level', 'gauge', 5],
      ],
    );
  });

  it('bounds the labels that a peer can invent: past the limit they share one', () => {
    const instruments = new Instruments();
    const family = instruments.family('yimu_methods', 'by method', 'method', 3);
    for (let n = 0; n < 1_000; n++) family.of(`M${String(n)}`).add();
    const [reading] = instruments.read();
    assert.deepEqual(
      reading?.samples.map(({ label, value }) => [label?.value, value]),
      [
        ['M0', 1],
        ['M1', 1],
        ['M2', 1],
        ['other', 997],
      ],
    );
  });
});

describe('TypedEmitter', () => {
  it('tells every listener, even when one throws', () => {
    const errors: unknown[] = [];
    const emitter = new TypedEmitter<{ online: [id: string] }>((error) => errors.push(error));
    const heard: string[] = [];
    emitter.on('online', () => {
      throw new Error('mine alone');
    });
    const off = emitter.on('online', (id) => heard.push(id));
    emitter.emit('online', 'a');
    off();
    emitter.emit('online', 'b');
    assert.deepEqual(heard, ['a']);
    assert.equal(errors.length, 2);
  });
});

describe('SystemRandom', () => {
  it('gives as many octets as asked, never the same ones twice', () => {
    const random = new SystemRandom();
    const seen = new Set(Array.from({ length: 2_000 }, () => random.hex(16)));
    assert.equal(seen.size, 2_000);
    assert.equal(random.bytes(300).length, 300);
    for (let n = 0; n < 100; n++) assert.ok(random.below(10) < 10);
  });
});
