import assert from 'node:assert/strict';
import {
  hostPort,
  ipv6Network,
  mappedAddress,
  peerOf,
  plainAddress,
  sourceOf,
} from '../../../../bff/src/sip/transport/addresses.ts';
import { aFlow } from '../../../support/sip/messages.ts';

describe('addresses', () => {
  it('plainAddress shows a mapped IPv4 address as IPv4', () => {
    assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1');
    for (const address of ['192.0.2.1', '2001:db8::1', '::ffff:1'])
      assert.equal(plainAddress(address), address);
  });

  it('mappedAddress gives it to a dual-stack socket', () => {
    assert.deepEqual(['192.0.2.1', '2001:db8::1'].map(mappedAddress), ['::ffff:192.0.2.1', '2001:db8::1']);
  });

  it('hostPort writes IPv6 in brackets', () => {
    assert.deepEqual([hostPort('192.0.2.1', 5_060), hostPort('::1', 1)], ['192.0.2.1:5060', '[::1]:1']);
  });

  it('sourceOf counts an IPv4 address as one, and a /64 of IPv6 as one', () => {
    assert.equal(sourceOf('192.0.2.1'), '192.0.2.1');
    assert.equal(sourceOf('2001:db8:1:2:aaaa::1'), sourceOf('2001:db8:1:2::ffff'));
    assert.notEqual(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:3::1'));
    assert.equal(ipv6Network('2001:db8::'), '2001:db8:0:0');
  });

  it('peerOf tells far ends apart', () => {
    assert.equal(peerOf(aFlow()), '198.51.100.7 31044');
    assert.notEqual(peerOf(aFlow({ remotePort: 1 })), peerOf(aFlow({ remotePort: 2 })));
  });
});
