import assert from 'node:assert/strict';
import { ownText, SameTexts } from '../../../bff/src/kernel/index.ts';

describe('texts that many say', () => {
  it('are kept as they are', () => {
    const same = new SameTexts();
    for (const text of ['', 'Hikvision', '海康威视', '😀', 'Hikvision']) assert.equal(same.of(text), text);
  });

  it('are kept in a bounded number: further ones are handed back all the same', () => {
    const same = new SameTexts(2);
    for (let no = 0; no < 10; no += 1) assert.equal(same.of(`maker ${String(no)}`), `maker ${String(no)}`);
  });

  it('can be copied, so that they hold nothing else', () => {
    const long = `34020000001320000001 ${'x'.repeat(1_000)}`;
    assert.equal(ownText(long.slice(0, 20)), '34020000001320000001');
  });
});
