import assert from 'node:assert/strict';
import { z } from 'zod';
import { refusedBody } from '../../../../bff/src/http/console-api/refused-body.ts';

const body = z.strictObject({ name: z.string(), area: z.strictObject({ width: z.int() }).optional() });

function refusalOf(value: unknown): string {
  const read = body.safeParse(value);
  assert.ok(!read.success);
  return refusedBody(read.error).message;
}

describe('a body that is not as it should be', () => {
  it('is refused by the name of its first field that is wrong, missing, or none that is known', () => {
    assert.equal(refusalOf({}), '参数错误：name');
    assert.equal(refusalOf({ name: '', area: { width: 'x' } }), '参数错误：area.width');
    assert.equal(refusalOf({ name: '', colour: 1 }), '参数错误：colour');
    assert.equal(refusalOf({ name: '', area: { width: 1, depth: 2 } }), '参数错误：area.depth');
  });

  it('is not repeated at any length', () => {
    assert.equal(refusalOf({ name: '', ['x'.repeat(5_000)]: 1 }), `参数错误：${'x'.repeat(64)}`);
  });

  it('is refused without a name when it is no body at all', () => {
    assert.equal(refusalOf(null), '参数错误：');
  });
});
