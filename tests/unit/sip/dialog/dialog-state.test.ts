import assert from 'node:assert/strict';
import {
  dialogOfCallee,
  dialogOfCaller,
  routeOf,
  targetOf,
} from '../../../../bff/src/sip/dialog/dialog-state.ts';
import { aFlow, aRequest, aResponse, requestText } from '../../../support/sip/messages.ts';

const RECORD_ROUTES = [
  'Record-Route: <sip:a.example;lr>, <sip:b.example;lr>',
  'Record-Route: <sip:c.example;lr>',
];
const INVITE = requestText({
  method: 'INVITE',
  from: '<sip:us@here>;tag=u1',
  to: '<sip:them@there>',
  cSeq: '7 INVITE',
});
const PARTS = {
  method: 'INVITE',
  requestUri: 'sip:them@198.51.100.7',
  via: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
  from: '<sip:us@here>;tag=u1',
  to: '<sip:them@there>',
  callId: 'c1',
  sequence: 7,
};

describe('dialogOfCaller (RFC 3261 §12.1.2)', () => {
  it('takes tag, target and route of the 2xx, the route reversed', () => {
    const response = aResponse(INVITE, 200, {
      headers: [...RECORD_ROUTES, 'Contact: <sip:them@192.168.1.64>'],
    });
    const facts = dialogOfCaller(PARTS, 'u1', response, aFlow());
    assert.deepEqual(
      [facts.callId, facts.localTag, facts.remoteTag, facts.localParty, facts.remoteParty],
      ['c1', 'u1', 'd1', '<sip:us@here>;tag=u1', '<sip:them@there>;tag=d1'],
    );
    assert.deepEqual(facts.routes, ['<sip:c.example;lr>', '<sip:b.example;lr>', '<sip:a.example;lr>']);
    assert.equal(facts.remoteTarget?.uri.text, 'sip:them@192.168.1.64');
    assert.deepEqual([facts.localSequence, facts.remoteSequence], [7, undefined]);
  });

  it('keeps the called URI for a peer that names no target, and an empty tag for one that has none', () => {
    const facts = dialogOfCaller(PARTS, 'u1', aResponse(INVITE, 200, { toTag: '' }), aFlow());
    assert.deepEqual(
      [facts.remoteTarget, facts.calledUri, facts.remoteTag],
      [undefined, 'sip:them@198.51.100.7', ''],
    );
  });
});

describe('dialogOfCallee (RFC 3261 §12.1.1)', () => {
  it('takes tag, target, sequence and route of the INVITE, the route in order', () => {
    const request = aRequest({
      method: 'INVITE',
      cSeq: '7 INVITE',
      from: '<sip:them@there>;tag=t1',
      to: '<sip:us@here>',
      headers: [...RECORD_ROUTES, 'Contact: <sip:them@192.168.1.64>'],
    });
    const facts = dialogOfCallee(request, 'u1', aFlow());
    assert.deepEqual(
      [facts.localTag, facts.remoteTag, facts.localParty, facts.remoteParty],
      ['u1', 't1', '<sip:us@here>;tag=u1', '<sip:them@there>;tag=t1'],
    );
    assert.deepEqual(facts.routes, ['<sip:a.example;lr>', '<sip:b.example;lr>', '<sip:c.example;lr>']);
    assert.equal(facts.remoteTarget?.uri.text, 'sip:them@192.168.1.64');
    assert.deepEqual([facts.localSequence, facts.remoteSequence], [0, 7]);
  });

  it('falls back to the caller of From where there is no Contact, as RFC 2543 devices have none', () => {
    const facts = dialogOfCallee(aRequest({ method: 'INVITE', from: '<sip:them@there>' }), 'u1', aFlow());
    assert.deepEqual(
      [facts.remoteTarget, facts.calledUri, facts.remoteTag],
      [undefined, 'sip:them@there', ''],
    );
  });
});

describe('targetOf', () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Contact: <sip:a@b>', 'sip:a@b'],
    ['Contact: sips:a@b', 'sips:a@b'],
    ['Contact: <tel:+86>, <sip:a@b>', 'sip:a@b'],
    ['Contact: <tel:+86>', undefined],
    ['Contact: *', undefined],
    ['Subject: x', undefined],
  ];
  for (const [header, expected] of rows) {
    it(`${header} → ${expected ?? 'none'}`, () => {
      assert.equal(targetOf(aRequest({ headers: [header] }))?.uri.text, expected);
    });
  }
});

describe('routeOf (RFC 3261 §12.2.1.1)', () => {
  it('sends to the target where there is no route', () => {
    assert.deepEqual(routeOf('sip:t@x', []), { requestUri: 'sip:t@x', routes: [] });
  });

  it('leaves the route to loose routers', () => {
    const routes = ['<sip:a.example;lr>', '<sip:b.example;lr>'];
    assert.deepEqual(routeOf('sip:t@x', routes), { requestUri: 'sip:t@x', routes });
  });

  it('gives a strict router its own URI and the target last', () => {
    assert.deepEqual(routeOf('sip:t@x', ['<sip:a.example>', '<sip:b.example;lr>']), {
      requestUri: 'sip:a.example',
      routes: ['<sip:b.example;lr>', '<sip:t@x>'],
    });
  });
});
