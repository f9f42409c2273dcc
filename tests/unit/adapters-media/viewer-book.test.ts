import assert from 'node:assert/strict';
import { ViewerBook } from '../../../bff/src/adapters/media/viewer-book.ts';

describe('the book of viewers', () => {
  it('gives each viewer that is there once, and then forgets them', () => {
    const book = new ViewerBook();
    book.join('s', 'a');
    book.join('s', 'a');
    book.join('s', 'b');
    book.join('t', 'a');
    assert.deepEqual(book.clear(), [
      ['s', 'a'],
      ['s', 'a'],
      ['s', 'b'],
      ['t', 'a'],
    ]);
    assert.deepEqual(book.clear(), []);
  });

  it('strikes out one viewer at a time', () => {
    const book = new ViewerBook();
    book.join('s', 'a');
    book.join('s', 'a');
    book.leave('s', 'a');
    assert.deepEqual(book.clear(), [['s', 'a']]);
  });

  it('keeps nothing of a session without viewers, and bears what it does not know', () => {
    const book = new ViewerBook();
    book.join('s', 'a');
    book.leave('s', 'b');
    book.leave('x', 'a');
    book.leave('s', 'a');
    book.leave('s', 'a');
    assert.deepEqual(book.clear(), []);
  });
});
