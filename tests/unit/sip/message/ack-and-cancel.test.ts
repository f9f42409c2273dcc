import assert from 'node:assert/strict';
import { ackToFailure, cancelOf } from '../../../../bff/src/sip/message/ack-and-cancel.ts';
import type { RequestParts } from '../../../../bff/src/sip/message/request-bytes.ts';
import { aResponse, asRequest, requestText } from '../../../support/sip/messages.ts';

const INVITE: RequestParts = {
  method: 'INVITE',
  requestUri: 'sip:cam@198.51.100.7',
  via: 'SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKinv',
  from: '<sip:us@x>;tag=u1',
  to: '<sip:cam@x>',
  callId: 'c1',
  sequence: 3,
  routes: ['<sip:a;lr>'],
  contact: '<sip:us@192.0.2.1>',
  contentType: 'application/sdp',
  body: Buffer.from('v=0'),
  headers: [{ name: 'Subject', value: 'x' }],
};

describe('ackToFailure (RFC 3261 §17.1.1.3)', () => {
  it('has everything of the INVITE but its body, with the To of the response', () => {
    const response = aResponse(requestText({ method: 'INVITE', to: '<sip:cam@x>' }), 486);
    const ack = asRequest(ackToFailure(INVITE, response));
    assert.deepEqual(
      [ack.method, ack.requestUri, ack.header('Via'), ack.header('From'), ack.header('To'), ack.callId],
      ['ACK', INVITE.requestUri, INVITE.via, INVITE.from, '<sip:cam@x>;tag=d1', 'c1'],
    );
    assert.deepEqual([ack.cSeq, ack.headerValues('Route')], [{ sequence: 3, method: 'ACK' }, ['<sip:a;lr>']]);
    assert.deepEqual(
      [ack.contentLength, ack.header('Contact'), ack.header('Subject')],
      [0, undefined, undefined],
    );
  });
});

describe('cancelOf (RFC 3261 §9.1)', () => {
  it('has everything of the INVITE but its body, the To without tag', () => {
    const cancel = asRequest(cancelOf(INVITE));
    assert.deepEqual(
      [
        cancel.method,
        cancel.requestUri,
        cancel.header('Via'),
        cancel.header('From'),
        cancel.header('To'),
        cancel.callId,
      ],
      ['CANCEL', INVITE.requestUri, INVITE.via, INVITE.from, INVITE.to, 'c1'],
    );
    assert.deepEqual(
      [cancel.cSeq, cancel.headerValues('Route')],
      [{ sequence: 3, method: 'CANCEL' }, ['<sip:a;lr>']],
    );
  });

  it('is nothing for an INVITE that could not be written itself', () => {
    assert.equal(cancelOf({ ...INVITE, requestUri: 'a b' }).length, 0);
  });
});
