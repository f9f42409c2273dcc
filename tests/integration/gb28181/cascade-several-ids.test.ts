import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import { CascadeStack, LOWER, UPPER_KEY } from './a-cascade.ts';

const OTHER = '34020100002000000010';
const OTHER_KEY = UPPER_KEY + 1;

describe('a lower platform that is registered at one upper platform under two IDs', function () {
  this.timeout(30_000);
  let stack: CascadeStack;

  before(async () => {
    stack = await CascadeStack.start();
    stack.upper.addDevice(OTHER);
    await stack.join();
    stack.lower.cascade.join(stack.config({ key: OTHER_KEY, localGbId: OTHER, username: OTHER }));
    await until('it is registered twice', () => stack.lower.cascade.state(OTHER_KEY)?.phase === 'registered');
  });

  after(async () => {
    await stack.stop();
  });

  it('answers for the one that is asked', async () => {
    await stack.upper.platform.queryCatalog(OTHER);
    await stack.upper.platform.queryCatalog(LOWER);
    assert.deepEqual(stack.catalogKeys, [OTHER_KEY, UPPER_KEY]);
  });
});
