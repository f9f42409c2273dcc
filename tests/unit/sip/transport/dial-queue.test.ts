import assert from 'node:assert/strict';
import { DialQueue } from '../../../../bff/src/sip/transport/dial-queue.ts';

describe('DialQueue', () => {
  const fail = (error: Error): never => {
    throw error;
  };

  it('asks for one connection to a peer and keeps in order what waits for it', () => {
    const queue = new DialQueue();
    assert.equal(queue.add('p', Buffer.from('1'), fail), true);
    assert.equal(queue.add('p', Buffer.from('2'), fail), false);
    assert.equal(queue.add('q', Buffer.from('3'), fail), true);
    assert.deepEqual(queue.take('p').map(String), ['1', '2']);
    assert.deepEqual(queue.take('p'), []);
    assert.equal(queue.add('p', Buffer.from('4'), fail), true, 'it has to be dialled anew');
  });

  it('tells all who wait that there is no connection', () => {
    const queue = new DialQueue();
    const failures: string[] = [];
    for (let i = 0; i < 3; i += 1) queue.add('p', Buffer.from('x'), (error) => failures.push(error.message));
    queue.fail('p', new Error('refused'));
    queue.fail('p', new Error('again'));
    assert.deepEqual(failures, ['refused', 'refused', 'refused']);
  });

  it('keeps 64 messages for a peer and no more', () => {
    const queue = new DialQueue();
    let failures = 0;
    for (let i = 0; i < 100; i += 1) queue.add('p', Buffer.from('x'), () => (failures += 1));
    assert.deepEqual([failures, queue.take('p').length], [36, 64]);
  });
});
