import assert from 'node:assert/strict';
import { ParamFault, Params } from '../../../../bff/src/http/dialect-kit/index.ts';

const of = (value: string): Params => new Params(new Map([['n', value]]));

describe('a parameter', () => {
  it('is absent when it is empty or blank', () => {
    for (const value of ['', ' ', '\t\n']) assert.equal(of(value).text('n'), undefined);
    assert.equal(of('x').text('other'), undefined);
    assert.equal(of(' x ').text('n'), 'x');
  });

  it('that must be there is refused when it is absent or too long', () => {
    assert.equal(of('abc').required('n', 3), 'abc');
    for (const value of ['', 'abcd']) {
      assert.throws(() => of(value).required('n', 3), ParamFault);
    }
  });

  const numbers: readonly [string, number | undefined | 'refused'][] = [
    ['', undefined],
    ['1', 1],
    ['001', 1],
    ['10', 10],
    ['0', 'refused'],
    ['11', 'refused'],
    ['-1', 'refused'],
    ['+1', 'refused'],
    ['1.0', 'refused'],
    ['1e1', 'refused'],
    ['0x1', 'refused'],
    ['１', 'refused'],
    ['NaN', 'refused'],
    ['9'.repeat(400), 'refused'],
  ];
  for (const [value, expected] of numbers) {
    it(`that is a whole number from 1 to 10 is ${String(expected)} for “${value.slice(0, 12)}”`, () => {
      if (expected === 'refused') assert.throws(() => of(value).whole('n', 1, 10), ParamFault);
      else assert.equal(of(value).whole('n', 1, 10), expected);
    });
  }

  it('may be known under another name as well', () => {
    assert.equal(of('7').renamed('n', 'm').text('m'), '7');
    assert.equal(of('7').renamed('x', 'n').text('n'), '7');
  });
});
