import assert from 'node:assert/strict';
import { earlyRefusal, unsupportedExtension } from '../../../bff/src/sip/request-checks.ts';
import { aRequest, type RequestText } from '../../support/sip/messages.ts';

const TAGGED = '<sip:34020000002000000001@3402000000>;tag=gone';

describe('earlyRefusal (RFC 3261 §8.2), for requests of no known dialog', () => {
  const rows: readonly (readonly [string, RequestText, number | undefined])[] = [
    ['a MESSAGE', {}, undefined],
    ['a MESSAGE with the tag of a dialog that is over', { to: TAGGED }, undefined],
    ['an INVITE', { method: 'INVITE' }, undefined],
    ['an INVITE within a dialog that is not there', { method: 'INVITE', to: TAGGED }, 481],
    ['an INFO within a dialog that is not there', { method: 'INFO', to: TAGGED }, 481],
    ['an INFO without tag, of no dialog (RFC 6086 §4.2.2)', { method: 'INFO' }, 481],
    ['a BYE of a dialog that is not there', { method: 'BYE', to: TAGGED }, 481],
    ['a BYE without tag', { method: 'BYE' }, 481],
    ['a SIPS URI', { uri: 'SIPS:a@b' }, undefined],
    [
      'a scheme that is not known (RFC 4475 §3.3.4)',
      { uri: 'nobodyKnowsThisScheme:totallyopaquecontent' },
      416,
    ],
    ['a telephone number', { uri: 'tel:+86-10-12345678' }, 416],
  ];
  for (const [what, over, status] of rows) {
    it(`${what}: ${status === undefined ? 'nothing to refuse' : String(status)}`, () => {
      assert.equal(earlyRefusal(aRequest(over))?.status, status);
    });
  }
});

describe('unsupportedExtension (RFC 3261 §8.2.2.3)', () => {
  it('lists what was required', () => {
    const request = aRequest({
      headers: ['Require: 100rel, nothingSupportsThis', 'Require: nothingSupportsThisEither'],
    });
    assert.deepEqual(unsupportedExtension(request), {
      status: 420,
      options: {
        headers: [{ name: 'Unsupported', value: '100rel, nothingSupportsThis, nothingSupportsThisEither' }],
      },
    });
  });

  it('has nothing against a request that requires nothing', () => {
    assert.equal(unsupportedExtension(aRequest()), undefined);
  });
});
