import assert from 'node:assert/strict';
import { GbFailure, type MediaDialog, type PlayOrder } from '../../../../bff/src/gb28181/index.ts';
import { RejectedResponse, TransactionTimeout, TransportFailed } from '../../../../bff/src/sip/index.ts';
import { CAMERA, NVR, PlatformHarness } from '../a-platform.ts';
import { aFlow, rawRequest, type SentInvite } from '../fake-sip.ts';
import { bodyOf, fixture } from '../fixture.ts';

const ANSWER = bodyOf(fixture('gb28181/i3-200.sip')).toString('latin1');
const MEDIA_OVER = bodyOf(fixture('gb28181/m7-mediastatus.sip'));

interface Setting {
  readonly harness: PlatformHarness;
  readonly order: (overrides?: Partial<PlayOrder>) => PlayOrder;
}

async function setting(options: ConstructorParameters<typeof PlatformHarness>[0] = {}): Promise<Setting> {
  const harness = await new PlatformHarness(options).start();
  harness.online(NVR);
  return {
    harness,
    order: (overrides = {}) => ({
      deviceGbId: NVR,
      channelGbId: CAMERA,
      transport: 'udp',
      streamNumber: 0,
      ssrc: harness.platform.reserveSsrc('live'),
      receiver: { address: '203.0.113.20', port: 30_000 },
      timeoutMs: 10_000,
      ...overrides,
    }),
  };
}

interface Playing extends Setting {
  readonly dialog: MediaDialog;
  readonly invite: SentInvite;
  readonly ends: string[];
}

async function playing(): Promise<Playing> {
  const { harness, order } = await setting();
  const play = harness.platform.play(order());
  await harness.clock.advance(0);
  const invite = harness.sip.lastInvite;
  invite.answer(ANSWER);
  const dialog = await play;
  const ends: string[] = [];
  dialog.onEnded((by) => ends.push(by));
  return { harness, order, dialog, invite, ends };
}

async function failureOf(promise: Promise<unknown>): Promise<GbFailure> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof GbFailure, String(error));
    return error;
  }
  throw new Error('it was no failure');
}

describe('a live media session', () => {
  it('is an INVITE to the channel at the address of its device, an ACK, and what the answer says', async () => {
    const { harness, dialog, invite } = await playing();
    const { options } = invite;
    assert.equal(options.method, 'INVITE');
    assert.equal(options.requestUri, `sip:${CAMERA}@198.51.100.7:31044`);
    assert.equal(options.to, `sip:${CAMERA}@3402000000`);
    assert.equal(options.contentType, 'application/sdp');
    assert.equal(options.timeoutMs, 10_000);
    assert.equal(
      options.headers?.find(({ name }) => name === 'Subject')?.value,
      '34020000001320000001:0200000000,34020000002000000001:0',
    );
    assert.equal(invite.acknowledged, 1);
    assert.equal(dialog.callId, 'i1');
    assert.equal(dialog.ssrc, 200_000_001);
    assert.deepEqual(dialog.remoteMedia, { address: '192.168.1.64', port: 15_060 });
    assert.equal(harness.figure('yimu_media_dialogs'), 1);
    assert.deepEqual(harness.figures('yimu_invite_results'), { ok: 1 });
  });

  it('ends by our BYE, once, and is gone when that is answered', async () => {
    const { harness, dialog, invite, ends } = await playing();
    const closed = Promise.all([dialog.close(), dialog.close()]);
    assert.equal(invite.dialog.byes, 1);
    assert.deepEqual(ends, ['local']);
    assert.equal(harness.figure('yimu_media_dialogs'), 1);
    invite.dialog.byeAnswered();
    await closed;
    assert.equal(harness.figure('yimu_media_dialogs'), 0);
    assert.deepEqual(ends, ['local']);
    await dialog.close();
    assert.equal(invite.dialog.byes, 1);
  });

  it('ends by the BYE of the device', async () => {
    const { harness, dialog, invite, ends } = await playing();
    invite.dialog.end('remote');
    assert.deepEqual(ends, ['remote']);
    assert.equal(harness.figure('yimu_media_dialogs'), 0);
    await dialog.close();
    assert.equal(invite.dialog.byes, 0);
    const late: string[] = [];
    dialog.onEnded((by) => late.push(by));
    assert.deepEqual(late, ['remote'], 'who asks later hears of it at once');
  });

  it('follows its device to where it registers anew, as behind another mapping of a NAT', async () => {
    const { harness, order, invite } = await playing();
    const there = aFlow('198.51.100.7', 40_001);
    const late = harness.platform.play(order());
    harness.online(NVR, there);
    assert.equal(invite.dialog.moves.at(-1)?.key, there.key);
    harness.sip.lastInvite.answer(ANSWER);
    await late;
    assert.equal(harness.sip.lastInvite.dialog.moves.at(-1)?.key, there.key, 'one that was under way, too');
  });

  it('ends when its device goes offline', async () => {
    const { harness, invite, ends } = await playing();
    harness.platform.forget(NVR);
    assert.deepEqual(ends, ['error']);
    assert.equal(invite.dialog.byes, 1);
    invite.dialog.byeAnswered();
    await harness.clock.advance(0);
    assert.equal(harness.figure('yimu_media_dialogs'), 0);
  });

  it('ends with the platform', async () => {
    const { harness, invite, ends } = await playing();
    const closed = harness.platform.close();
    invite.dialog.byeAnswered();
    await closed;
    assert.deepEqual(ends, ['local']);
    assert.equal(harness.clock.pending, 0);
  });
});

describe('MediaStatus 121', () => {
  const ways: readonly (readonly [title: string, send: (playing: Playing) => number])[] = [
    [
      'within its dialog',
      ({ harness, invite }) =>
        harness.sip.receive(
          rawRequest({ method: 'MESSAGE', from: CAMERA, body: MEDIA_OVER }),
          aFlow(),
          invite.dialog,
        ).status,
    ],
    ['outside, with the channel as its device', ({ harness }) => harness.message(NVR, MEDIA_OVER).status],
    [
      'signed by a channel that is no device of its own',
      ({ harness }) => {
        harness.credentials.delete(CAMERA);
        return harness.message(CAMERA, MEDIA_OVER).status;
      },
    ],
    [
      'as a NOTIFY',
      ({ harness }) =>
        harness.sip.receive(rawRequest({ method: 'NOTIFY', from: NVR, body: MEDIA_OVER }), aFlow()).status,
    ],
  ];
  for (const [title, send] of ways) {
    it(`ends the session: ${title}`, async () => {
      const session = await playing();
      assert.equal(send(session), 200);
      assert.deepEqual(session.ends, ['remote']);
      assert.equal(session.invite.dialog.byes, 1);
    });
  }

  it('of another device, from elsewhere, or of another kind ends nothing', async () => {
    const { harness, ends } = await playing();
    assert.equal(harness.message(NVR, MEDIA_OVER, aFlow('203.0.113.9')).status, 403);
    harness.online(CAMERA, aFlow('203.0.113.9'));
    assert.equal(harness.message(CAMERA, MEDIA_OVER, aFlow('203.0.113.9')).status, 200);
    const other = MEDIA_OVER.toString('latin1').replace('>121<', '>122<');
    assert.equal(harness.message(NVR, other).status, 200);
    assert.deepEqual(ends, []);
  });
});

describe('a session that does not come about', () => {
  const rows: readonly (readonly [
    title: string,
    error: Error,
    reason: string,
    status: number | undefined,
  ])[] = [
    ['486', new RejectedResponse(486, 'Busy Here'), 'busy', 486],
    ['404', new RejectedResponse(404, 'Not Found'), 'rejected', 404],
    ['408', new RejectedResponse(408, 'Request Timeout'), 'timeout', 408],
    ['no answer', new TransactionTimeout('INVITE', 'i1'), 'timeout', undefined],
    ['no way to the device', new TransportFailed('INVITE'), 'transport', undefined],
  ];
  for (const [title, error, reason, status] of rows) {
    it(`fails as ${reason} on ${title}`, async () => {
      const { harness, order } = await setting();
      const play = harness.platform.play(order());
      await harness.clock.advance(0);
      harness.sip.lastInvite.fail(error);
      if (status === 486) {
        await harness.clock.advance(2_000);
        harness.sip.lastInvite.fail(error);
      }
      const failure = await failureOf(play);
      assert.deepEqual([failure.reason, failure.status], [reason, status]);
      assert.equal(harness.figure('yimu_media_dialogs'), 0);
      assert.deepEqual(harness.figures('yimu_invite_results'), { [reason]: 1 });
    });
  }

  for (const status of [400, 415, 488, 606]) {
    it(`is offered once more, with nothing but PS, after ${String(status)}, and fails when that is refused too (Q21)`, async () => {
      const { harness, order } = await setting();
      const play = harness.platform.play(order());
      await harness.clock.advance(0);
      assert.match(harness.sip.lastInvite.body, /RTP\/AVP 96 97 98 99\r\n[^]*f=v/);
      harness.sip.lastInvite.fail(new RejectedResponse(status, 'No'));
      await harness.clock.advance(0);
      const plain = harness.sip.lastInvite.body;
      assert.match(plain, /RTP\/AVP 96\r\na=recvonly\r\na=rtpmap:96 PS\/90000\r\ny=\d{10}\r\n$/);
      harness.sip.lastInvite.fail(new RejectedResponse(status, 'No'));
      const failure = await failureOf(play);
      assert.deepEqual([failure.reason, failure.status, harness.sip.invites.length], ['rejected', status, 2]);
      assert.equal(harness.figure('yimu_media_dialogs'), 0);
      assert.deepEqual(harness.figures('yimu_invite_results'), { rejected: 1 });
    });
  }

  it('is offered plainly at once by then, to a device that took the plain offer', async () => {
    const { harness, order } = await setting();
    const first = harness.platform.play(order());
    await harness.clock.advance(0);
    harness.sip.lastInvite.fail(new RejectedResponse(488, 'Not Acceptable Here'));
    await harness.clock.advance(0);
    harness.sip.lastInvite.answer(ANSWER);
    await first;
    const second = harness.platform.play(order());
    await harness.clock.advance(0);
    assert.doesNotMatch(harness.sip.lastInvite.body, /AVP 96 97|^f=/m);
    harness.sip.lastInvite.fail(new RejectedResponse(488, 'Not Acceptable Here'));
    assert.equal((await failureOf(second)).status, 488);
    assert.equal(harness.sip.invites.length, 3);
  });

  it('is not offered once more when nobody waits for it', async () => {
    const { harness, order } = await setting();
    const controller = new AbortController();
    const play = harness.platform.play(order({ signal: controller.signal }));
    await harness.clock.advance(0);
    harness.sip.lastInvite.fail(new RejectedResponse(488, 'Not Acceptable Here'));
    controller.abort();
    await failureOf(play);
    assert.equal(harness.sip.invites.length, 1);
  });

  it('fails as bad-answer, acknowledged and ended, on a 200 that cannot be used', async () => {
    const { harness, order } = await setting();
    const play = harness.platform.play(order());
    await harness.clock.advance(0);
    const invite = harness.sip.lastInvite;
    invite.answer('v=0\r\ns=Play\r\n');
    const failure = await failureOf(play);
    assert.deepEqual([failure.reason, failure.status], ['bad-answer', 200]);
    assert.deepEqual([invite.acknowledged, invite.dialog.byes], [1, 1]);
    invite.dialog.byeAnswered();
    await harness.clock.advance(0);
    assert.equal(harness.figure('yimu_media_dialogs'), 0);
  });

  it('is cancelled by its signal', async () => {
    const { harness, order } = await setting();
    const controller = new AbortController();
    const play = harness.platform.play(order({ signal: controller.signal }));
    await harness.clock.advance(0);
    controller.abort();
    assert.equal((await failureOf(play)).reason, 'cancelled');
    assert.equal(harness.sip.lastInvite.cancelled, true);
    assert.equal(harness.figure('yimu_media_dialogs'), 0);
  });

  it('ends by BYE when its signal comes with the answer', async () => {
    const { harness, order } = await setting();
    const controller = new AbortController();
    const play = harness.platform.play(order({ signal: controller.signal }));
    await harness.clock.advance(0);
    const invite = harness.sip.lastInvite;
    invite.answer(ANSWER);
    controller.abort();
    assert.equal((await failureOf(play)).reason, 'cancelled');
    await harness.clock.advance(0);
    assert.equal(invite.cancelled || invite.dialog.byes === 1, true);
    invite.dialog.byeAnswered();
    await harness.clock.advance(0);
    assert.equal(harness.figure('yimu_media_dialogs'), 0);
  });

  it('sends nothing when its signal came before', async () => {
    const { harness, order } = await setting();
    assert.equal(
      (await failureOf(harness.platform.play(order({ signal: AbortSignal.abort() })))).reason,
      'cancelled',
    );
    assert.equal(harness.sip.invites.length, 0);
  });

  it('outlives its signal once it plays', async () => {
    const { harness, order } = await setting();
    const controller = new AbortController();
    const play = harness.platform.play(order({ signal: controller.signal }));
    await harness.clock.advance(0);
    harness.sip.lastInvite.answer(ANSWER);
    await play;
    controller.abort();
    assert.equal(harness.sip.lastInvite.dialog.byes, 0);
    assert.equal(harness.figure('yimu_media_dialogs'), 1);
  });

  it('fails when the device goes offline meanwhile, or is not there', async () => {
    const { harness, order } = await setting();
    const play = harness.platform.play(order());
    await harness.clock.advance(0);
    harness.platform.forget(NVR);
    assert.equal((await failureOf(play)).reason, 'not-registered');
    assert.equal((await failureOf(harness.platform.play(order()))).reason, 'not-registered');
    assert.equal(harness.figure('yimu_media_dialogs'), 0);
  });

  it('is refused beyond the limits, of a device and of all', async () => {
    for (const limits of [{ maxDialogsPerDevice: 1 }, { maxDialogs: 1 }]) {
      const { harness, order } = await setting({ limits });
      const first = harness.platform.play(order());
      await harness.clock.advance(0);
      assert.equal((await failureOf(harness.platform.play(order()))).reason, 'exhausted');
      harness.sip.lastInvite.fail(new RejectedResponse(480, 'Temporarily Unavailable'));
      await failureOf(first);
    }
  });
});
