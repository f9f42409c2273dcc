import assert from 'node:assert/strict';
import { reasonPhrase } from '../../../../bff/src/sip/message/reason-phrase.ts';

describe('reasonPhrase (RFC 3261 §21)', () => {
  const rows: readonly (readonly [number, string])[] = [
    [100, 'Trying'],
    [200, 'OK'],
    [401, 'Unauthorized'],
    [481, 'Call/Transaction Does Not Exist'],
    [482, 'Loop Detected'],
    [487, 'Request Terminated'],
    [299, 'OK'],
    [399, 'Unknown'],
    [499, 'Bad Request'],
    [599, 'Server Internal Error'],
  ];
  for (const [status, phrase] of rows) {
    it(`${String(status)} ${phrase}`, () => {
      assert.equal(reasonPhrase(status), phrase);
    });
  }
});
