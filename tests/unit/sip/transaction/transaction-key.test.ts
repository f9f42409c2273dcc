import assert from 'node:assert/strict';
import type { Flow } from '../../../../bff/src/sip/index.ts';
import { clientKey, mergeKey, serverKey } from '../../../../bff/src/sip/transaction/transaction-key.ts';
import { aFlow, aRequest, type RequestText } from '../../../support/sip/messages.ts';

function keyOf(over: RequestText, flow: Flow = aFlow(), method = over.method ?? 'MESSAGE'): string {
  const request = aRequest(over);
  assert.ok(request.topVia);
  return serverKey(request, request.topVia, flow, method);
}

const RFC_2543_VIA = 'SIP/2.0/UDP 192.168.1.64:5060;branch=fbcebaed';
const NO_BRANCH = 'SIP/2.0/UDP 192.168.1.64:5060';

describe('serverKey (RFC 3261 §17.2.3)', () => {
  it('is equal for a repetition', () => {
    for (const via of [undefined, RFC_2543_VIA, NO_BRANCH]) {
      const over = via === undefined ? {} : { via };
      assert.equal(keyOf(over), keyOf(over));
    }
  });

  const different: readonly (readonly [string, RequestText])[] = [
    ['another branch', { via: 'SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK2' }],
    ['another sent-by host', { via: 'SIP/2.0/UDP 192.168.1.65:5060;branch=z9hG4bK1' }],
    ['another sent-by port', { via: 'SIP/2.0/UDP 192.168.1.64:5061;branch=z9hG4bK1' }],
    ['another method', { method: 'INFO' }],
    ['another CSeq under the one branch of a cheap device', { cSeq: '21 MESSAGE' }],
    ['another Call-ID under the one branch of a cheap device', { callId: '2@192.168.1.64' }],
  ];
  for (const [what, over] of different) {
    it(`differs for ${what}`, () => {
      assert.notEqual(keyOf({}), keyOf(over));
    });
  }

  it('differs for another address, so that strangers cannot reach into a transaction', () => {
    assert.notEqual(keyOf({}), keyOf({}, aFlow({ remoteAddress: '203.0.113.1' })));
  });

  it('is equal for another port of the same address: a NAT may have moved the peer', () => {
    assert.equal(keyOf({}), keyOf({}, aFlow({ remotePort: 1 })));
  });

  it('takes a sent-by without port for port 5060', () => {
    assert.equal(
      keyOf({ via: 'SIP/2.0/UDP 192.168.1.64;branch=z9hG4bK1' }),
      keyOf({ via: 'SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK1' }),
    );
  });

  it('finds the INVITE of an ACK and of a CANCEL', () => {
    for (const via of ['SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK9', RFC_2543_VIA, NO_BRANCH]) {
      const invite = keyOf({ method: 'INVITE', via, cSeq: '5 INVITE' });
      const toOurTag = '<sip:34020000002000000001@3402000000>;tag=p1';
      assert.equal(keyOf({ method: 'ACK', via, cSeq: '5 ACK', to: toOurTag }, aFlow(), 'INVITE'), invite);
      assert.equal(keyOf({ method: 'CANCEL', via, cSeq: '5 CANCEL' }, aFlow(), 'INVITE'), invite);
    }
  });

  it('compares From tag and Request-URI too where the branch has no magic cookie (RFC 2543) (Q15)', () => {
    for (const via of [RFC_2543_VIA, NO_BRANCH]) {
      const key = keyOf({ via });
      assert.notEqual(key, keyOf({ via, from: '<sip:34020000001180000001@3402000000>;tag=d2' }));
      assert.notEqual(key, keyOf({ via, uri: 'sip:34020000002000000002@3402000000' }));
    }
  });
});

describe('clientKey (RFC 3261 §17.1.3)', () => {
  it('tells the CANCEL of an INVITE from the INVITE, which has the same branch', () => {
    assert.notEqual(clientKey('z9hG4bK1', 'INVITE'), clientKey('z9hG4bK1', 'CANCEL'));
  });
});

describe('mergeKey (RFC 3261 §8.2.2.2)', () => {
  it('is equal for one request that came on two ways', () => {
    const other = { via: 'SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bK77' };
    assert.equal(mergeKey(aRequest()), mergeKey(aRequest(other)));
  });

  it('differs for another Call-ID, CSeq or From tag', () => {
    const key = mergeKey(aRequest());
    for (const over of [{ callId: 'x' }, { cSeq: '21 MESSAGE' }, { from: '<sip:a@b>;tag=d2' }])
      assert.notEqual(key, mergeKey(aRequest(over)));
  });
});
