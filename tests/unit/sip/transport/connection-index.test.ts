import assert from 'node:assert/strict';
import { ConnectionIndex } from '../../../../bff/src/sip/transport/connection-index.ts';
import { aFlow } from '../../../support/sip/messages.ts';

describe('ConnectionIndex', () => {
  const connection = aFlow({ transport: 'tcp', remotePort: 1 });

  it('knows what hangs on a connection', () => {
    const index = new ConnectionIndex<string>();
    index.add('a', connection);
    index.add('b', connection);
    index.add('c', aFlow({ transport: 'tcp', remotePort: 2 }));
    index.remove('a', connection);
    index.remove('a', connection);
    assert.deepEqual(
      [index.on(connection), index.on(aFlow({ transport: 'tcp', remotePort: 3 }))],
      [['b'], []],
    );
  });

  it('knows nothing of UDP, whose flows never end', () => {
    const index = new ConnectionIndex<string>();
    index.add('a', aFlow());
    index.remove('a', aFlow());
    assert.deepEqual(index.on(aFlow()), []);
  });

  it('gives a copy, for what hangs on it changes while it ends', () => {
    const index = new ConnectionIndex<string>();
    for (const thing of ['a', 'b', 'c']) index.add(thing, connection);
    const ended: string[] = [];
    for (const thing of index.on(connection)) {
      ended.push(thing);
      index.remove(thing, connection);
    }
    assert.deepEqual([ended, index.on(connection)], [['a', 'b', 'c'], []]);
  });
});
