import assert from 'node:assert/strict';
import { type Camera, SYSTEM_PRINCIPAL, type ViewerDecision } from '../../../../bff/src/core/index.ts';
import { SESSION_MACHINE } from '../../../../bff/src/core/live/session-machine.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { type CoreOnFakes, coreOnFakes } from '../../../support/core/core-bench.ts';
import { FakeCall } from '../../../support/core/fake-ports.ts';
import { hasCode } from '../../../support/core/has-code.ts';

const HOST = 'yimu.example';

function address(bench: CoreOnFakes, camera: Camera, quality: 1 | 2 = 1): { id: string; url: string } {
  return bench.core.live.issueAddress({
    camera,
    quality,
    principal: SYSTEM_PRINCIPAL,
    ttlS: undefined,
    host: HOST,
  });
}

/** Lets a viewer in: the picture comes as soon as the camera has answered. */
async function play(bench: CoreOnFakes, url: string): Promise<Extract<ViewerDecision, { allow: true }>> {
  const asked = bench.media.ask(url);
  await bench.clock.advance(10);
  const order = bench.media.opened.at(-1);
  assert.ok(order);
  bench.media.emit('sourceUp', order.sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
  const decision = await asked;
  assert.ok(decision.allow);
  bench.media.emit('viewerJoined', decision.sessionId, decision.tag);
  return decision;
}

/** The camera's picture has come. */
function sourceUp(bench: CoreOnFakes): void {
  const tracks = { video: 'h264', audio: undefined, width: 1, height: 1 };
  bench.media.emit('sourceUp', bench.media.opened.at(-1)?.sessionId ?? '', tracks);
}

async function refusalOf(asked: Promise<ViewerDecision>): Promise<string> {
  const decision = await asked;
  assert.ok(!decision.allow);
  return decision.code;
}

function assertNothingRuns(bench: CoreOnFakes): void {
  assert.equal(bench.figure('yimu_live_sessions'), 0);
  assert.equal(bench.figure('yimu_leases'), 0);
  assert.equal(bench.media.open.size, 0);
  assert.equal(bench.signalling.ssrcsInUse, 0);
  assert.ok(bench.signalling.calls.every((call) => call.closed));
}

describe('a live session as a table', () => {
  it('reaches its end from every state, and never leaves it', () => {
    for (const [state, events] of Object.entries(SESSION_MACHINE)) {
      if (state === 'closed') assert.deepEqual(events, {});
      else if (state === 'closing') assert.equal(events.released?.to, 'closed');
      else assert.equal(events.abandon?.to, 'closing', state);
    }
  });

  it('releases exactly when it begins to close, and says why to those who wait', () => {
    for (const [state, events] of Object.entries(SESSION_MACHINE)) {
      for (const step of Object.values(events)) {
        assert.equal(step.actions.includes('release'), state !== 'closing' && step.to === 'closing');
        if (step.to === 'closing' && state !== 'playing') assert.ok(step.actions.includes('fail'));
      }
    }
  });
});

describe('live pictures', () => {
  it('cost the camera nothing until somebody watches', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const { url } = address(bench, camera);
    assert.match(
      url,
      /^http:\/\/yimu\.example:8090\/v3\/openlive\/[A-Z0-9]{9}_1_1\.flv\?expire=\d{10}&id=\d+&t=[0-9a-f]{64}&u=0&ev=100$/,
    );
    assert.equal(bench.signalling.invites.length, 0);
    await play(bench, url);
    assert.equal(bench.signalling.invites.length, 1);
    assert.equal(bench.signalling.invites[0]?.streamNumber, 0);
    await bench.core.stop();
    assertNothingRuns(bench);
    assert.equal(bench.clock.pending, 0);
  });

  it('have one upstream for each quality, however many watch', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const first = await play(bench, address(bench, camera).url);
    const second = await bench.media.ask(address(bench, camera).url);
    assert.ok(second.allow && second.sessionId === first.sessionId && second.tag !== first.tag);
    await play(bench, address(bench, camera, 2).url);
    assert.deepEqual(
      bench.signalling.invites.map((order) => order.streamNumber),
      [0, 1],
    );
    await bench.core.stop();
    assertNothingRuns(bench);
  });

  it('are joined by all who come while the camera is still asked', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const asked = [address(bench, camera), address(bench, camera)].map(({ url }) => bench.media.ask(url));
    await bench.clock.advance(10);
    assert.equal(bench.signalling.invites.length, 1);
    const sessionId = bench.media.opened[0]?.sessionId ?? '';
    bench.media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
    assert.ok((await Promise.all(asked)).every((decision) => decision.allow));
    await bench.core.stop();
  });

  it('end with a BYE when the last viewer has been gone for the grace', async () => {
    const bench = await coreOnFakes({ settings: { viewerGraceMs: 10_000 } });
    const camera = await bench.addCamera();
    const { sessionId, tag } = await play(bench, address(bench, camera).url);
    assert.equal(bench.figure('yimu_leases'), 1);
    bench.media.emit('viewerLeft', sessionId, tag);
    await bench.clock.advance(9_000);
    assert.equal(bench.signalling.calls[0]?.closed, false);
    await bench.clock.advance(1_500);
    assert.equal(bench.signalling.calls[0].closed, true);
    assertNothingRuns(bench);
    await bench.core.stop();
  });

  it('close their port at once though nobody answers the BYE: what a camera goes on sending comes to nothing (Q63)', async () => {
    const bench = await coreOnFakes({ settings: { viewerGraceMs: 10_000 } });
    const camera = await bench.addCamera();
    let answerBye: (value?: unknown) => void = () => undefined;
    bench.signalling.answer = (order) => {
      const call = new FakeCall('lost', order.ssrc.value);
      call.untilClosed = new Promise((resolve) => (answerBye = resolve));
      return Promise.resolve(call);
    };
    const { sessionId, tag } = await play(bench, address(bench, camera).url);
    bench.media.emit('viewerLeft', sessionId, tag);
    await bench.clock.advance(10_500);
    assert.equal(bench.media.open.size, 0);
    assert.equal(bench.signalling.ssrcsInUse, 1, 'its SSRC is given to nobody until the call is over');
    answerBye();
    await bench.clock.advance(10);
    assertNothingRuns(bench);
    await bench.core.stop();
  });

  it('end when the viewer that they were opened for never connects', async () => {
    const bench = await coreOnFakes({ settings: { openLeaseMs: 5_000 } });
    const camera = await bench.addCamera();
    const asked = bench.media.ask(address(bench, camera).url);
    await bench.clock.advance(10);
    bench.media.emit('sourceUp', bench.media.opened[0]?.sessionId ?? '', {
      video: 'h264',
      audio: undefined,
      width: 1,
      height: 1,
    });
    assert.ok((await asked).allow);
    await bench.clock.advance(6_000);
    assertNothingRuns(bench);
    await bench.core.stop();
  });

  const failures: [string, string, (bench: CoreOnFakes) => void, number][] = [
    [
      'the camera refuses',
      'DEVICE_REFUSED',
      ({ signalling }) => (signalling.answer = () => Promise.reject(new CoreError('DEVICE_REFUSED', ''))),
      10,
    ],
    [
      'the camera never answers',
      'DEVICE_TIMEOUT',
      ({ signalling }) => (signalling.answer = () => Promise.reject(new CoreError('DEVICE_TIMEOUT', ''))),
      10,
    ],
    [
      'no port is free',
      'QUOTA_EXCEEDED',
      ({ media }) => (media.refuseOpen = new CoreError('QUOTA_EXCEEDED', '')),
      10,
    ],
    ['no media comes', 'MEDIA_NO_RTP', () => undefined, 11_000],
    [
      'media comes that nobody can decode',
      'MEDIA_NO_TRACK',
      ({ media }) => {
        const openRtp = media.openRtp.bind(media);
        media.openRtp = (order) => {
          media.sessions = [
            {
              sessionId: order.sessionId,
              viewers: 0,
              bytesIn: 1,
              packetsIn: 1,
              packetsLost: 0,
              foreignSsrcPackets: 0,
              tracks: undefined,
              keyFrames: 0,
              mediaMs: 0,
              fileBytes: 0,
            },
          ];
          return openRtp(order);
        };
      },
      7_000,
    ],
  ];
  for (const [what, code, arrange, waitMs] of failures) {
    it(`say ${code} when ${what}, and leave nothing behind`, async () => {
      const bench = await coreOnFakes();
      const camera = await bench.addCamera();
      arrange(bench);
      const asked = refusalOf(bench.media.ask(address(bench, camera).url));
      await bench.clock.advance(waitMs);
      assert.equal(await asked, code);
      assertNothingRuns(bench);
      await bench.core.stop();
      assert.equal(bench.clock.pending, 0);
    });
  }

  it('tell a failure to the next callers for a while without asking the camera again', async () => {
    const bench = await coreOnFakes({ settings: { failureMemoryMs: 2_000 } });
    const camera = await bench.addCamera();
    bench.signalling.answer = () => Promise.reject(new CoreError('DEVICE_BUSY', ''));
    assert.equal(await refusalOf(bench.media.ask(address(bench, camera).url)), 'DEVICE_BUSY');
    assert.equal(await refusalOf(bench.media.ask(address(bench, camera).url)), 'DEVICE_BUSY');
    assert.equal(bench.signalling.invites.length, 1);
    await bench.clock.advance(2_500);
    assert.equal(await refusalOf(bench.media.ask(address(bench, camera).url)), 'DEVICE_BUSY');
    assert.equal(bench.signalling.invites.length, 2);
    await bench.core.stop();
  });

  it('try the next way of media when the camera refuses the first', async () => {
    const bench = await coreOnFakes({ settings: { mediaTransports: ['tcp-passive', 'udp'] } });
    const camera = await bench.addCamera();
    bench.signalling.answer = (order) =>
      order.transport === 'udp'
        ? Promise.resolve(new FakeCall('second', order.ssrc.value))
        : Promise.reject(new CoreError('DEVICE_REFUSED', ''));
    await play(bench, address(bench, camera).url);
    assert.deepEqual(
      bench.signalling.invites.map((order) => order.transport),
      ['tcp-passive', 'udp'],
    );
    assert.equal(bench.media.open.size, 1);
    await bench.core.stop();
    assertNothingRuns(bench);
  });

  it('take the SSRC that the camera answers with, and dial it for TCP active (Q18)', async () => {
    const bench = await coreOnFakes({ settings: { mediaTransports: ['tcp-active'] } });
    const camera = await bench.addCamera();
    bench.signalling.answer = () => Promise.resolve(new FakeCall('c', 4_711));
    const { sessionId } = await play(bench, address(bench, camera).url);
    assert.deepEqual(bench.media.accepted, [{ sessionId, ssrc: 4_711 }]);
    assert.deepEqual(bench.media.dialled, [sessionId]);
    await bench.core.stop();
  });

  it('count a picture that comes before the answer of the camera', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const answer = deferred<FakeCall>();
    bench.signalling.answer = () => answer.promise;
    const asked = bench.media.ask(address(bench, camera).url);
    await bench.clock.advance(10);
    bench.media.emit('sourceUp', bench.media.opened[0]?.sessionId ?? '', {
      video: 'h264',
      audio: undefined,
      width: 1,
      height: 1,
    });
    answer.resolve(new FakeCall('c', 1));
    assert.ok((await asked).allow);
    await bench.core.stop();
    assertNothingRuns(bench);
  });

  it('end at once when the camera hangs up, goes offline, or is removed', async () => {
    for (const end of [
      (bench: CoreOnFakes) => {
        bench.signalling.calls[0]?.hangUp();
      },
      (bench: CoreOnFakes, camera: Camera) => {
        bench.signalling.goOffline(camera.device.gbId);
      },
      (bench: CoreOnFakes, camera: Camera) => void bench.core.devices.remove(camera.device.gbId),
      (bench: CoreOnFakes) => {
        bench.media.emit('sourceLost', bench.media.opened[0]?.sessionId ?? '', 'rtp-timeout');
      },
    ]) {
      const bench = await coreOnFakes();
      const camera = await bench.addCamera();
      await play(bench, address(bench, camera).url);
      end(bench, camera);
      await bench.clock.advance(10);
      assertNothingRuns(bench);
      await bench.core.stop();
    }
  });

  it('take an INVITE back whose device went offline meanwhile', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    let aborted = false;
    bench.signalling.answer = (order) =>
      new Promise((_resolve, reject) => {
        order.signal?.addEventListener('abort', () => {
          aborted = true;
          reject(new CoreError('DEVICE_OFFLINE', ''));
        });
      });
    const asked = refusalOf(bench.media.ask(address(bench, camera).url));
    await bench.clock.advance(10);
    bench.signalling.goOffline(camera.device.gbId);
    assert.equal(await asked, 'DEVICE_OFFLINE');
    await bench.clock.advance(10);
    assert.equal(aborted, true);
    assertNothingRuns(bench);
    await bench.core.stop();
  });
  it('start anew for a viewer who comes while the last call is still being ended', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const bye = deferred<undefined>();
    bench.signalling.answer = (order) => {
      const call = new FakeCall(`call${String(order.ssrc.value)}`, order.ssrc.value);
      if (bench.signalling.calls.length === 0) call.untilClosed = bye.promise;
      return Promise.resolve(call);
    };
    const { sessionId, tag } = await play(bench, address(bench, camera).url);
    bench.media.emit('viewerLeft', sessionId, tag);
    await bench.clock.advance(10_500);
    assert.equal(bench.signalling.calls[0]?.closed, true);
    const [one, two] = [address(bench, camera), address(bench, camera)].map(({ url }) =>
      bench.media.ask(url),
    );
    await bench.clock.advance(10);
    assert.equal(bench.signalling.invites.length, 1);
    bye.resolve(undefined);
    await bench.clock.advance(10);
    assert.equal(bench.signalling.invites.length, 2);
    sourceUp(bench);
    assert.ok((await one)?.allow);
    assert.ok((await two)?.allow);
    await bench.core.stop();
    assertNothingRuns(bench);
  });

  it('are refused once the server stops, also to those who wait for an earlier call to end', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const bye = deferred<undefined>();
    bench.signalling.answer = (order) => {
      const call = new FakeCall('c', order.ssrc.value);
      call.untilClosed = bye.promise;
      return Promise.resolve(call);
    };
    await play(bench, address(bench, camera).url);
    const stopped = bench.core.stop();
    const late = refusalOf(bench.media.ask(address(bench, camera).url));
    bye.resolve(undefined);
    assert.equal(await late, 'MEDIA_UNAVAILABLE');
    await stopped;
    assert.equal(await refusalOf(bench.media.ask(address(bench, camera).url)), 'MEDIA_UNAVAILABLE');
    assert.equal(bench.signalling.invites.length, 1);
    assertNothingRuns(bench);
  });

  it('do not hold it against a camera that it was offline when it is back', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    bench.signalling.answer = () => new Promise(() => undefined);
    const asked = refusalOf(bench.media.ask(address(bench, camera).url));
    await bench.clock.advance(10);
    bench.signalling.goOffline(camera.device.gbId);
    assert.equal(await asked, 'DEVICE_OFFLINE');
    bench.signalling.comeOnline(camera.device.gbId);
    bench.signalling.answer = (order) => Promise.resolve(new FakeCall('c', order.ssrc.value));
    await play(bench, address(bench, camera).url);
    await bench.core.stop();
  });

  it('end the call whose answer crosses its being taken back, and keep its SSRC until then', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const answer = deferred<FakeCall>();
    bench.signalling.answer = () => answer.promise;
    const asked = refusalOf(bench.media.ask(address(bench, camera).url));
    await bench.clock.advance(10);
    bench.signalling.goOffline(camera.device.gbId);
    await asked;
    await bench.clock.advance(10);
    assert.equal(bench.media.open.size, 0);
    assert.equal(bench.signalling.ssrcsInUse, 1);
    const late = new FakeCall('late', 1);
    answer.resolve(late);
    await bench.clock.advance(10);
    assert.equal(late.closed, true);
    assert.equal(bench.signalling.ssrcsInUse, 0);
    await bench.core.stop();
    assertNothingRuns(bench);
  });

  it('that are demanded by many at once cost one INVITE, and all get the same answer', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const asked = Array.from({ length: 200 }, () => bench.media.ask(address(bench, camera).url));
    await bench.clock.advance(10);
    assert.equal(bench.signalling.invites.length, 1);
    sourceUp(bench);
    const decisions = await Promise.all(asked);
    assert.equal(new Set(decisions.map((one) => one.allow && one.sessionId)).size, 1);
    await bench.core.stop();

    const refusing = await coreOnFakes({ settings: { mediaTransports: ['udp'] } });
    const other = await refusing.addCamera();
    const failing = Array.from({ length: 200 }, () =>
      refusalOf(refusing.media.ask(address(refusing, other).url)),
    );
    await refusing.clock.advance(7_000);
    assert.deepEqual([...new Set(await Promise.all(failing))], ['MEDIA_NO_RTP']);
    assert.equal(refusing.signalling.invites.length, 1);
    await refusing.core.stop();
    assertNothingRuns(refusing);
  });

  it('are bounded in number; a stream that ends makes room', async () => {
    const bench = await coreOnFakes({ settings: { maxSessions: 1 } });
    const camera = await bench.addCamera();
    await play(bench, address(bench, camera).url);
    assert.equal(await refusalOf(bench.media.ask(address(bench, camera, 2).url)), 'QUOTA_EXCEEDED');
    bench.signalling.calls[0]?.hangUp();
    await bench.clock.advance(10);
    await play(bench, address(bench, camera, 2).url);
    await bench.core.stop();
  });

  it('count a viewer for each connection, also of one address, and go on while one is left', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const { sessionId, tag } = await play(bench, address(bench, camera).url);
    bench.media.emit('viewerJoined', sessionId, tag);
    assert.equal(bench.figure('yimu_leases'), 2);
    bench.media.emit('viewerLeft', sessionId, tag);
    bench.media.emit('viewerLeft', sessionId, 'nobody');
    bench.media.emit('viewerLeft', 'no session', tag);
    await bench.clock.advance(60_000);
    assert.equal(bench.figure('yimu_leases'), 1);
    assert.equal(bench.signalling.calls[0]?.closed, false);
    await bench.core.stop();
  });

  it('go on when a viewer comes back within the grace', async () => {
    const bench = await coreOnFakes({ settings: { viewerGraceMs: 10_000 } });
    const camera = await bench.addCamera();
    const { sessionId, tag } = await play(bench, address(bench, camera).url);
    bench.media.emit('viewerLeft', sessionId, tag);
    await bench.clock.advance(9_000);
    const again = await bench.media.ask(address(bench, camera).url);
    assert.ok(again.allow && again.sessionId === sessionId);
    bench.media.emit('viewerJoined', sessionId, again.tag);
    await bench.clock.advance(60_000);
    assert.equal(bench.signalling.invites.length, 1);
    assert.equal(bench.signalling.calls[0]?.closed, false);
    await bench.core.stop();
  });

  it('fail at once when the camera hangs up right after its answer', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    bench.signalling.answer = (order) => {
      const call = new FakeCall('c', order.ssrc.value);
      call.hangUp();
      return Promise.resolve(call);
    };
    const asked = refusalOf(bench.media.ask(address(bench, camera).url));
    await bench.clock.advance(10);
    assert.equal(bench.figure('yimu_live_sessions'), 0);
    assert.equal(await asked, 'MEDIA_UNAVAILABLE');
    await bench.core.stop();
    assertNothingRuns(bench);
  });

  it('end in order even when ending fails: the SSRC comes back and the fault is logged', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    await play(bench, address(bench, camera).url);
    bench.media.close = () => Promise.reject(new Error('thread is gone'));
    bench.signalling.calls[0]?.hangUp();
    await bench.clock.advance(10);
    assert.equal(bench.figure('yimu_live_sessions'), 0);
    assert.equal(bench.signalling.ssrcsInUse, 0);
    await bench.core.stop();
  });

  it('are refused when no SSRC is left, and when the way of media fails after the answer', async () => {
    const bench = await coreOnFakes({ settings: { mediaTransports: ['tcp-active'] } });
    const camera = await bench.addCamera();
    const reserve = bench.signalling.reserveSsrc.bind(bench.signalling);
    bench.signalling.reserveSsrc = () => {
      throw new CoreError('QUOTA_EXCEEDED', '');
    };
    assert.equal(await refusalOf(bench.media.ask(address(bench, camera).url)), 'QUOTA_EXCEEDED');
    bench.signalling.reserveSsrc = reserve;
    bench.media.connectRtp = () => Promise.reject(new Error('refused'));
    await bench.clock.advance(3_000);
    assert.equal(await refusalOf(bench.media.ask(address(bench, camera).url)), 'INTERNAL');
    await bench.clock.advance(10);
    assertNothingRuns(bench);
    await bench.core.stop();
  });

  it('use the way of media that the operator set for the device', async () => {
    const bench = await coreOnFakes({ settings: { mediaTransports: ['udp'] } });
    const camera = await bench.addCamera();
    await bench.core.devices.change(camera.device.gbId, { mediaTransport: 'tcp-passive' });
    await play(bench, address(bench, camera).url);
    assert.equal(bench.signalling.invites[0]?.transport, 'tcp-passive');
    await bench.core.stop();
  });
});

describe('play addresses', () => {
  it('are refused when altered, foreign, expired or cancelled', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const { id, url } = bench.core.live.issueAddress({
      camera,
      quality: 1,
      principal: SYSTEM_PRINCIPAL,
      ttlS: 60,
      host: HOST,
    });
    const ask = (text: string): Promise<string> => refusalOf(bench.media.ask(text));
    assert.equal(await ask(url.replace(/t=.{4}/, 't=0000')), 'GRANT_INVALID');
    assert.equal(await ask(url.replace(/expire=\d/, 'expire=9')), 'GRANT_INVALID');
    assert.equal(await ask(url.replace('_1_1.flv', '_1_2.flv')), 'GRANT_INVALID');
    assert.equal(await ask(url.replace(/&t=.*/, '')), 'GRANT_INVALID');
    assert.equal(await ask(url.replace('openlive', 'openother')), 'STREAM_NOT_FOUND');
    await bench.clock.advance(61_000);
    assert.equal(await ask(url), 'GRANT_EXPIRED');

    const fresh = address(bench, camera);
    await bench.core.live.cancelAddress(camera, fresh.id);
    assert.equal(await ask(fresh.url), 'GRANT_NOT_FOUND');
    assert.notEqual(fresh.id, id);
    await bench.core.stop();
  });

  it('cut their viewers when they are cancelled, one or all', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const first = await play(bench, address(bench, camera).url);
    const second = await bench.media.ask(address(bench, camera).url);
    assert.ok(second.allow);
    bench.media.emit('viewerJoined', second.sessionId, second.tag);
    await bench.core.live.cancelAddress(camera, first.tag);
    assert.deepEqual(bench.media.kicked, [first.tag]);
    await bench.core.live.cancelAddress(camera, undefined);
    assert.deepEqual(bench.media.kicked.slice(1).sort(), [first.tag, second.tag].sort());
    await bench.core.stop();
  });

  it('outlive a restart, with their cancellations', async () => {
    const before = await coreOnFakes();
    const camera = await before.addCamera();
    const kept = address(before, camera);
    const cancelled = address(before, camera);
    await before.core.live.cancelAddress(camera, cancelled.id);
    await before.core.stop();
    const after = await coreOnFakes({ repositories: before.repositories, clock: before.clock });
    after.signalling.comeOnline(camera.device.gbId);
    await play(after, kept.url);
    assert.equal(await refusalOf(after.media.ask(cancelled.url)), 'GRANT_NOT_FOUND');
    await after.core.stop();
  });

  it('are signed by a new key after its time, and the old ones stay good', async () => {
    const bench = await coreOnFakes({ settings: { grantKeyRotationMs: 3_600_000 } });
    const camera = await bench.addCamera();
    const old = address(bench, camera);
    await bench.clock.advance(3_601_000);
    const young = address(bench, camera);
    assert.equal((await bench.repositories.grants.loadKeys()).length, 2);
    await play(bench, old.url);
    assert.ok((await bench.media.ask(young.url)).allow);
    await bench.core.stop();
  });

  it('are not given for a device that is offline, nor with a life out of range', async () => {
    const bench = await coreOnFakes();
    const camera = await bench.addCamera();
    const order = { camera, quality: 1, principal: SYSTEM_PRINCIPAL, host: HOST } as const;
    for (const ttlS of [29, 62_208_001, 1.5]) {
      assert.throws(() => bench.core.live.issueAddress({ ...order, ttlS }), hasCode('INVALID_ARGUMENT'));
    }
    bench.signalling.goOffline(camera.device.gbId);
    const offline = bench.core.devices.camera(camera.device.gbId, { no: 1 });
    assert.throws(
      () => bench.core.live.issueAddress({ ...order, camera: offline, ttlS: undefined }),
      hasCode('DEVICE_OFFLINE'),
    );
    await bench.core.stop();
  });
});

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
