import assert from 'node:assert/strict';
import jwt from 'jsonwebtoken';
import { OperatorDoor } from '../../../../bff/src/http/console-api/operator-door.ts';
import { hasCode } from '../../../support/core/has-code.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const KEY = 'c0ffee'.repeat(8);
const SESSION_KEY = new Uint8Array(32).fill(5);
const HERE = { address: '127.0.0.1', isFromHere: true };
const AWAY = { address: '192.0.2.7', isFromHere: false };

function door(): { readonly door: OperatorDoor; readonly clock: FakeClock } {
  const clock = new FakeClock();
  return { clock, door: new OperatorDoor({ operatorKey: KEY, sessionKey: SESSION_KEY, clock }) };
}

describe('the door of the operator API', () => {
  it('is opened by the key itself only for programs of this machine', () => {
    const { door: it } = door();
    it.admit(`Bearer ${KEY}`, HERE);
    assert.throws(() => {
      it.admit(`Bearer ${KEY}`, AWAY);
    }, hasCode('UNAUTHENTICATED'));
  });

  it('is opened from anywhere by a session, for twelve hours', async () => {
    const { door: it, clock } = door();
    const { sessionToken, expiresAtMs } = it.signIn(KEY, AWAY);
    assert.ok(Math.abs(expiresAtMs - clock.nowMs() - 12 * 3_600_000) < 1_000);
    assert.ok(!sessionToken.includes(KEY));
    it.admit(`Bearer ${sessionToken}`, AWAY);
    await clock.advance(12 * 3_600_000 - 2_000);
    it.admit(`Bearer ${sessionToken}`, AWAY);
    await clock.advance(2_000);
    assert.throws(() => {
      it.admit(`Bearer ${sessionToken}`, AWAY);
    }, hasCode('UNAUTHENTICATED'));
  });

  const wrong: readonly [string, string][] = [
    ['nothing', ''],
    ['a wrong key', `Bearer ${KEY}0`],
    ['a key in capitals', `Bearer ${KEY.toUpperCase()}`],
    ['another scheme', `Basic ${KEY}`],
    ['a key with a blank before it', `Bearer  ${KEY}`],
    ['more than a header should hold', `Bearer ${'x'.repeat(2_000)}`],
    [
      'a session without signature',
      `Bearer ${jwt.sign({ sub: 'operator', aud: 'yimu console' }, '', { algorithm: 'none' })}`,
    ],
    [
      'a session under another key',
      `Bearer ${jwt.sign({ sub: 'operator', aud: 'yimu console' }, 'x'.repeat(32))}`,
    ],
    [
      'a session of another algorithm',
      `Bearer ${jwt.sign({ sub: 'operator', aud: 'yimu console' }, Buffer.from(SESSION_KEY), { algorithm: 'HS512' })}`,
    ],
    [
      'a session for another audience',
      `Bearer ${jwt.sign({ sub: 'operator', aud: 'other' }, Buffer.from(SESSION_KEY))}`,
    ],
    [
      'a session of another subject',
      `Bearer ${jwt.sign({ sub: 'viewer', aud: 'yimu console' }, Buffer.from(SESSION_KEY))}`,
    ],
  ];
  for (const [what, authorization] of wrong) {
    it(`stays shut for ${what}, here and away`, () => {
      for (const visitor of [HERE, AWAY]) {
        assert.throws(() => {
          door().door.admit(authorization, visitor);
        }, hasCode('UNAUTHENTICATED'));
      }
    });
  }

  it('does not listen to a source that has guessed ten times, until ten minutes are over', async () => {
    const { door: it, clock } = door();
    for (let guess = 0; guess < 10; guess += 1)
      assert.throws(() => it.signIn(`guess${String(guess)}`, AWAY), hasCode('UNAUTHENTICATED'));
    assert.throws(() => it.signIn(KEY, AWAY), hasCode('RATE_LIMITED'));
    assert.throws(() => {
      it.admit(`Bearer ${KEY}`, AWAY);
    }, hasCode('RATE_LIMITED'));
    assert.ok(it.signIn(KEY, { ...AWAY, address: '192.0.2.8' }));
    await clock.advance(600_000);
    assert.ok(it.signIn(KEY, AWAY));
  });

  it('lets a running session through while its source is not listened to, and counts no ended one as a guess', async () => {
    const { door: it, clock } = door();
    const { sessionToken } = it.signIn(KEY, AWAY);
    for (let guess = 0; guess < 10; guess += 1) assert.throws(() => it.signIn('guess', AWAY));
    it.admit(`Bearer ${sessionToken}`, AWAY);
    await clock.advance(13 * 3_600_000);
    for (let count = 0; count < 20; count += 1)
      assert.throws(() => {
        it.admit(`Bearer ${sessionToken}`, AWAY);
      }, hasCode('UNAUTHENTICATED'));
    assert.ok(it.signIn(KEY, AWAY));
  });

  it('cannot be shut for programs of this machine by one that guesses', () => {
    const { door: it } = door();
    for (let guess = 0; guess < 20; guess += 1)
      assert.throws(() => it.signIn('guess', HERE), hasCode('UNAUTHENTICATED'));
    it.admit(`Bearer ${KEY}`, HERE);
  });
});
