import assert from 'node:assert/strict';
import { headerText, onOneLine } from '../../../../bff/src/sip/message/header-text.ts';

describe('headerText', () => {
  it('writes one line for each header', () => {
    assert.equal(
      headerText([
        { name: 'X-GB-Ver', value: '3.0' },
        { name: 'Expires', value: '' },
      ]),
      'X-GB-Ver: 3.0\r\nExpires: \r\n',
    );
  });

  for (const header of [
    { name: 'X', value: 'a\r\nb' },
    { name: 'X', value: 'a\nb' },
    { name: 'X', value: 'a\rb' },
    { name: 'X', value: 'a\0b' },
    { name: 'X: y\r\nZ', value: '' },
    { name: '', value: '' },
  ])
    it(`throws at ${JSON.stringify(header)}: it is a fault of ours`, () => {
      assert.throws(() => headerText([header]), RangeError);
    });
});

describe('onOneLine', () => {
  it('gives a text back, and throws at a line break in it', () => {
    assert.equal(onOneLine('OK 好'), 'OK 好');
    assert.throws(() => onOneLine('OK\n'), RangeError);
  });
});
