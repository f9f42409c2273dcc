import assert from 'node:assert/strict';
import { claimedId, isResponse } from '../../../../bff/src/gb28181/trace/claimed-id.ts';

const ID = '34020000001320000001';
const withFrom = (line: string): Buffer => Buffer.from(`REGISTER sip:x SIP/2.0\r\n${line}\r\n\r\n`);

describe('whom a message names', () => {
  for (const [how, line] of [
    ['as nearly every device writes it', `From: <sip:${ID}@3402000000>;tag=1`],
    ['in the short form', `f: <sip:${ID}@3402000000>;tag=1`],
    ['with a display name', `From: "a camera" <sip:${ID}@3402000000>`],
    ['without brackets', `FROM : sip:${ID};tag=1`],
  ] as const)
    it(`is read ${how}`, () => {
      assert.equal(claimedId(withFrom(line), 'From'), ID);
    });

  it('is nobody where there is no such user', () => {
    for (const line of ['From: <sip:admin@x>', 'X-From: <sip:1@x>', ''])
      assert.equal(claimedId(withFrom(line), 'From'), '');
  });

  it('is looked for in octets that are no Buffer too', () => {
    const octets = new Uint8Array(withFrom(`To: <sip:${ID}@3402000000>`));
    assert.equal(claimedId(octets, 'To'), ID);
  });

  it('knows a response from a request that begins alike', () => {
    assert.equal(isResponse(Buffer.from('SIP/2.0 200 OK\r\n')), true);
    for (const text of ['SUBSCRIBE sip:x SIP/2.0\r\n', 'SIP', ''])
      assert.equal(isResponse(Buffer.from(text)), false);
  });
});
