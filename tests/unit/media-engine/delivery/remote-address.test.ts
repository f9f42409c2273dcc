import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { remoteAddress } from '../../../../bff/src/media-engine/delivery/remote-address.ts';

function request(forwarded?: string | readonly string[], from = '192.0.2.7'): IncomingMessage {
  return {
    socket: { remoteAddress: from },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage;
}

describe('the address of a viewer', () => {
  it('is that of its connection, whatever it claims', () => {
    assert.equal(remoteAddress(request(), false), '192.0.2.7');
    assert.equal(remoteAddress(request('203.0.113.1'), false), '192.0.2.7');
  });

  const told: readonly [
    title: string,
    header: string | readonly string[] | undefined,
    address: string | undefined,
  ][] = [
    ['is what the proxy tells', '203.0.113.1', '203.0.113.1'],
    ['is what the proxy added last, not what the viewer made up', '10.9.9.9, 203.0.113.1', '203.0.113.1'],
    ['is found in a header that came twice', ['10.9.9.9', '203.0.113.1'], '203.0.113.1'],
    ['may be of IPv6', '2001:db8::1', '2001:db8::1'],
    ['is unknown when the proxy tells nothing', undefined, undefined],
    ['is unknown when the proxy tells no address', 'unknown', undefined],
    ['is unknown when it is longer than an address', '1'.repeat(46), undefined],
  ];
  for (const [title, header, address] of told) {
    it(`behind a proxy ${title}`, () => {
      assert.equal(remoteAddress(request(header), true), address);
    });
  }

  it('is what a proxy of this machine tells, or this machine', () => {
    for (const local of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      assert.equal(remoteAddress(request('203.0.113.1', local), false), '203.0.113.1');
      assert.equal(remoteAddress(request(undefined, local), false), local);
      assert.equal(remoteAddress(request(undefined, local), true), local);
    }
  });

  it('is empty when the connection is gone already', () => {
    const gone = { socket: {}, headers: {} } as unknown as IncomingMessage;
    assert.equal(remoteAddress(gone, false), '');
  });
});
