import assert from 'node:assert/strict';
import { UdpFlow } from '../../../../bff/src/sip/transport/udp-flow.ts';

describe('UdpFlow', () => {
  it('has the key of its address: equal for equal flows', () => {
    assert.equal(new UdpFlow('192.0.2.1', 5_060).key, new UdpFlow('192.0.2.1', 5_060).key);
    assert.notEqual(new UdpFlow('192.0.2.1', 5_060).key, new UdpFlow('192.0.2.1', 5_061).key);
    assert.equal(new UdpFlow('192.0.2.1', 5_060).key, 'udp:192.0.2.1:5060');
  });
});
