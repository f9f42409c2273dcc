import assert from 'node:assert/strict';
import {
  type Camera,
  type CoreSettings,
  type InviteOrder,
  SYSTEM_PRINCIPAL,
  type ViewerDecision,
} from '../../../../bff/src/core/index.ts';
import { CoreError } from '../../../../bff/src/kernel/index.ts';
import { type CoreOnFakes, coreOnFakes, GB_ID } from '../../../support/core/core-bench.ts';
import { FakeCall } from '../../../support/core/fake-ports.ts';

const ALL_WAYS = ['udp', 'tcp-passive', 'tcp-active'] as const;
/** By then whoever wants to watch is refused by the media server (`viewerWaitMs`), less what the way to it may take. */
const VIEWERS_WAIT_MS = 15_000 - 1_500;

type Way = InviteOrder['transport'];

interface Bench extends CoreOnFakes {
  readonly camera: Camera;
  /** A viewer comes. */
  readonly ask: () => Promise<ViewerDecision>;
  /** The ways by which the camera was asked, in order. */
  readonly asked: () => readonly Way[];
}

/** A camera that answers every INVITE, and sends by some of the ways of media. */
async function cameraThatSendsBy(
  sends: readonly Way[],
  settings: Partial<CoreSettings> = { mediaTransports: ALL_WAYS },
): Promise<Bench> {
  const bench = await coreOnFakes({ settings });
  const camera = await bench.addCamera();
  const { media, signalling } = bench;
  signalling.answer = (order) => {
    if (sends.includes(order.transport)) {
      const sessionId = media.opened.at(-1)?.sessionId ?? '';
      bench.clock.after(100, () => {
        media.emit('sourceUp', sessionId, { video: 'h264', audio: undefined, width: 1, height: 1 });
      });
    }
    return Promise.resolve(new FakeCall(`call${String(signalling.calls.length)}`, order.ssrc.value));
  };
  const ask = (): Promise<ViewerDecision> =>
    media.ask(
      bench.core.live.issueAddress({
        ...{ camera, quality: 1, ttlS: undefined, host: 'yimu.example' },
        principal: SYSTEM_PRINCIPAL,
      }).url,
    );
  return { ...bench, camera, ask, asked: () => signalling.invites.map(({ transport }) => transport) };
}

/** BYEs are not answered before what this gives is called. */
function byesAreHeldBack({ signalling }: Bench): () => void {
  let answered: () => void = () => undefined;
  const untilClosed = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const { answer } = signalling;
  signalling.answer = async (order) => {
    const call = await answer(order);
    call.untilClosed = untilClosed;
    return call;
  };
  return answered;
}

/** Lets time pass until it is decided; how much has passed, ms. */
async function decided(
  bench: Bench,
  asked: Promise<ViewerDecision>,
): Promise<{ readonly decision: ViewerDecision; readonly afterMs: number }> {
  const begunAtMs = bench.clock.monotonicMs();
  let decision: ViewerDecision | undefined;
  void asked.then((settled) => (decision = settled));
  while (decision === undefined && bench.clock.monotonicMs() - begunAtMs < 120_000)
    await bench.clock.advance(100);
  assert.ok(decision, 'nothing was decided');
  return { decision, afterMs: bench.clock.monotonicMs() - begunAtMs };
}

/** Everybody leaves, and the stream ends. */
async function left(bench: Bench): Promise<void> {
  await bench.clock.advance(60_000);
  assertNothingRuns(bench);
}

function assertNothingRuns(bench: Bench): void {
  assert.equal(bench.figure('yimu_live_sessions'), 0);
  assert.equal(bench.figure('yimu_leases'), 0);
  assert.equal(bench.media.open.size, 0);
  assert.equal(bench.signalling.ssrcsInUse, 0);
  assert.ok(bench.signalling.calls.every(({ closed }) => closed));
}

describe('a camera that answers and sends nothing', () => {
  it('is asked by the next way of media, and the first call is over before: BYE, port and SSRC (Q64)', async () => {
    const bench = await cameraThatSendsBy(['tcp-passive']);
    const { signalling, media } = bench;
    const { answer } = signalling;
    signalling.answer = (order) => {
      if (order.transport === 'tcp-passive') {
        assert.equal(signalling.calls[0]?.closed, true, 'its BYE has been said');
        assert.equal(media.open.size, 1, 'one port is open');
        assert.equal(signalling.ssrcsInUse, 1, 'one SSRC is out');
      }
      return answer(order);
    };
    const { decision } = await decided(bench, bench.ask());
    assert.ok(decision.allow, JSON.stringify(decision));
    assert.deepEqual(bench.asked(), ['udp', 'tcp-passive']);
    assert.equal(bench.figure('yimu_media_fallbacks'), 1);
    await left(bench);
    await bench.core.stop();
    assert.equal(bench.clock.pending, 0);
  });

  it('is asked by every way before a viewer has waited for too long, and the viewer is told that nothing came', async () => {
    const bench = await cameraThatSendsBy([]);
    const { decision, afterMs } = await decided(bench, bench.ask());
    assert.equal(!decision.allow && decision.code, 'MEDIA_NO_RTP');
    assert.deepEqual(bench.asked(), [...ALL_WAYS]);
    assert.ok(afterMs < VIEWERS_WAIT_MS, String(afterMs));
    await bench.clock.advance(1_000);
    assertNothingRuns(bench);
    await bench.core.stop();
    assert.equal(bench.clock.pending, 0);
  });

  it('is not asked for longer than a viewer waits when it is slow to answer as well', async () => {
    const bench = await cameraThatSendsBy([]);
    const { signalling } = bench;
    const { answer } = signalling;
    signalling.answer = async (order) => {
      await new Promise<void>((resolve) => bench.clock.after(Math.min(7_000, order.timeoutMs), resolve));
      return await answer(order);
    };
    const { decision, afterMs } = await decided(bench, bench.ask());
    assert.equal(!decision.allow && decision.code, 'MEDIA_NO_RTP');
    assert.ok(afterMs < VIEWERS_WAIT_MS, String(afterMs));
    await bench.clock.advance(10_000);
    assertNothingRuns(bench);
    await bench.core.stop();
  });

  it('is told as such also when it refuses the other ways: it answered, and nothing came', async () => {
    for (const code of ['DEVICE_REFUSED', 'DEVICE_TIMEOUT'] as const) {
      const bench = await cameraThatSendsBy([]);
      const { answer } = bench.signalling;
      bench.signalling.answer = (order) =>
        order.transport === 'udp' ? answer(order) : Promise.reject(new CoreError(code, ''));
      const { decision } = await decided(bench, bench.ask());
      assert.equal(!decision.allow && decision.code, 'MEDIA_NO_RTP');
      await bench.core.stop();
    }
  });

  it('whose BYE gets lost is asked by the next way all the same, after a little', async () => {
    const bench = await cameraThatSendsBy(['tcp-passive']);
    const { signalling } = bench;
    const answered = byesAreHeldBack(bench);
    const { decision, afterMs } = await decided(bench, bench.ask());
    assert.ok(decision.allow, JSON.stringify(decision));
    assert.ok(afterMs < VIEWERS_WAIT_MS, String(afterMs));
    assert.equal(signalling.ssrcsInUse, 2, 'the SSRC of a call that is not over is not given to another');
    answered();
    await left(bench);
    await bench.core.stop();
  });

  it('is joined by who comes while the next way is tried', async () => {
    const bench = await cameraThatSendsBy(['tcp-passive']);
    const { signalling } = bench;
    const answered = byesAreHeldBack(bench);
    const first = bench.ask();
    await bench.clock.advance(100);
    while (signalling.calls[0]?.closed !== true) await bench.clock.advance(100);
    const second = bench.ask();
    await bench.clock.advance(100);
    assert.equal(signalling.invites.length, 1);
    answered();
    const both = await decided(
      bench,
      Promise.all([first, second]).then(([, late]) => late),
    );
    const early = await first;
    assert.ok(early.allow && both.decision.allow);
    assert.equal(early.sessionId, both.decision.sessionId);
    assert.equal(signalling.invites.length, 2);
    await left(bench);
    await bench.core.stop();
  });

  it('that goes offline while its call is ended is not asked again', async () => {
    const bench = await cameraThatSendsBy(['tcp-passive']);
    const { signalling } = bench;
    const answered = byesAreHeldBack(bench);
    const asked = bench.ask();
    await bench.clock.advance(100);
    while (signalling.calls[0]?.closed !== true) await bench.clock.advance(100);
    signalling.goOffline(GB_ID);
    answered();
    const { decision } = await decided(bench, asked);
    assert.equal(!decision.allow && decision.code, 'DEVICE_OFFLINE');
    assert.deepEqual(bench.asked(), ['udp']);
    await bench.clock.advance(2_000);
    assertNothingRuns(bench);
    await bench.core.stop();
  });

  it('but whose packets nobody can decode is not asked by another way, which would bring the same', async () => {
    const bench = await cameraThatSendsBy([]);
    const openRtp = bench.media.openRtp.bind(bench.media);
    bench.media.openRtp = (order) => {
      bench.media.sessions = [
        {
          ...{ sessionId: order.sessionId, viewers: 0, bytesIn: 1, packetsIn: 1, packetsLost: 0 },
          ...{ foreignSsrcPackets: 0, tracks: undefined, keyFrames: 0, mediaMs: 0, fileBytes: 0 },
        },
      ];
      return openRtp(order);
    };
    const { decision, afterMs } = await decided(bench, bench.ask());
    assert.equal(!decision.allow && decision.code, 'MEDIA_NO_TRACK');
    assert.ok(afterMs >= 6_000, 'it has the whole time for its first picture');
    assert.deepEqual(bench.asked(), ['udp']);
    await bench.core.stop();
  });
});

describe('the way of media that worked', () => {
  it('comes first the next time, for this device alone', async () => {
    const bench = await cameraThatSendsBy(['tcp-passive']);
    await decided(bench, bench.ask());
    await left(bench);
    const { afterMs } = await decided(bench, bench.ask());
    assert.deepEqual(bench.asked(), ['udp', 'tcp-passive', 'tcp-passive']);
    assert.ok(afterMs < 1_000, String(afterMs));
    await bench.core.stop();
  });

  it('is forgotten when it fails, and the others follow in their order', async () => {
    const sends: Way[] = ['tcp-active'];
    const bench = await cameraThatSendsBy(sends);
    await decided(bench, bench.ask());
    await left(bench);
    sends.splice(0, 1, 'udp');
    const { decision } = await decided(bench, bench.ask());
    assert.ok(decision.allow);
    assert.deepEqual(bench.asked(), [...ALL_WAYS, 'tcp-active', 'udp']);
    await left(bench);
    await decided(bench, bench.ask());
    assert.deepEqual(bench.asked().slice(5), ['udp'], 'the first of the order need not be remembered');
    await bench.core.stop();
  });

  it('is learnt from a refusal as well', async () => {
    const bench = await cameraThatSendsBy(['tcp-passive']);
    const { answer } = bench.signalling;
    bench.signalling.answer = (order) =>
      order.transport === 'udp' ? Promise.reject(new CoreError('DEVICE_REFUSED', '')) : answer(order);
    await decided(bench, bench.ask());
    await left(bench);
    await decided(bench, bench.ask());
    assert.deepEqual(bench.asked(), ['udp', 'tcp-passive', 'tcp-passive']);
    await bench.core.stop();
  });

  it('gives way to what an operator sets', async () => {
    const bench = await cameraThatSendsBy(['tcp-passive', 'tcp-active']);
    await decided(bench, bench.ask());
    await left(bench);
    await bench.core.profiles.change(GB_ID, { mediaTransports: ['tcp-active', 'udp'] });
    await decided(bench, bench.ask());
    assert.deepEqual(bench.asked().slice(2), ['tcp-active']);
    await bench.core.stop();
  });

  it('is put to the test again after a while', async () => {
    const settings = { mediaTransports: ALL_WAYS, wayMemoryMs: 300_000 };
    const bench = await cameraThatSendsBy(['tcp-passive'], settings);
    await decided(bench, bench.ask());
    await left(bench);
    await bench.clock.advance(300_000);
    await decided(bench, bench.ask());
    assert.deepEqual(bench.asked().slice(2), ['udp', 'tcp-passive']);
    await bench.core.stop();
  });
});
