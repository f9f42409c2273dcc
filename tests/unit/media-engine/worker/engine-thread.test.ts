import assert from 'node:assert/strict';
import { EngineRefusal, EngineThread, type EngineListener } from '../../../../bff/src/media-engine/index.ts';
import type {
  EngineCounts,
  ViewerVerdict,
  WorkerSetup,
} from '../../../../bff/src/media-engine/worker/messages.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { FakeThread } from '../../../support/media/fake-thread.ts';

const SETUP: WorkerSetup = {
  rtpPorts: { from: 0, to: 0 },
  rtpHost: '0.0.0.0',
  flvPort: 0,
  flvHost: '0.0.0.0',
  maxSessions: 1,
  maxViewers: 1,
  maxViewersPerAddress: 1,
  behindProxy: false,
  viewerWaitMs: 1,
};
const COUNTS = { streams: 1 } as EngineCounts;
const QUESTION = { publicName: 'a', query: '', protocol: 'http-flv', remoteAddress: '' } as const;

interface Bench {
  readonly clock: FakeClock;
  readonly engine: EngineThread;
  readonly threads: FakeThread[];
  readonly thread: () => FakeThread;
  readonly events: string[];
  verdict: () => Promise<ViewerVerdict>;
}

function bench(): Bench {
  const clock = new FakeClock();
  const threads: FakeThread[] = [];
  const events: string[] = [];
  const listener: EngineListener = {
    onQuestion: () => running.verdict(),
    onSourceUp: (sessionId, { video }) => events.push(`up ${sessionId} ${String(video)}`),
    onSourceLost: (sessionId, why) => events.push(`lost ${sessionId} ${why}`),
    onViewerJoined: (sessionId, tag) => events.push(`joined ${sessionId} ${tag}`),
    onViewerLeft: (sessionId, tag) => events.push(`left ${sessionId} ${tag}`),
    onRelayLost: (relayId, why) => events.push(`relay lost ${relayId} ${why}`),
    onTalkEnded: (talkId) => events.push(`talk ended ${talkId}`),
    onTalkLost: (talkId, why) => events.push(`talk lost ${talkId} ${why}`),
    onCounts: ({ streams }) => events.push(`counts ${String(streams)}`),
    onFault: (sessionId, message) => events.push(`fault ${sessionId} ${message}`),
    onCrash: ({ message }) => events.push(`crash ${message}`),
  };
  const engine = new EngineThread(listener, clock, () => {
    const thread = new FakeThread();
    threads.push(thread);
    return thread;
  });
  const running: Bench = {
    clock,
    engine,
    threads,
    thread: () => {
      const last = threads.at(-1);
      assert.ok(last);
      return last;
    },
    events,
    verdict: () => Promise.resolve({ allow: true, sessionId: 's', tag: 't' }),
  };
  return running;
}

async function started(): Promise<Bench> {
  const running = bench();
  const starting = running.engine.start(SETUP);
  running.thread().say({ kind: 'listening', flvPort: 8_090 });
  await starting;
  return running;
}

const unavailable = { name: 'EngineRefusal', code: 'MEDIA_UNAVAILABLE' };

describe('the handle on the media thread', () => {
  describe('starts', () => {
    it('with the port on which viewers are heard', async () => {
      const { engine, thread } = bench();
      const starting = engine.start(SETUP);
      thread().say({ kind: 'listening', flvPort: 8_090 });
      assert.equal(await starting, 8_090);
    });

    it('not when the port is taken', async () => {
      const { engine, thread, events } = bench();
      const starting = engine.start(SETUP);
      thread().say({ kind: 'failed', message: 'EADDRINUSE' });
      thread().exit(0);
      await assert.rejects(starting, /EADDRINUSE/);
      assert.deepEqual(events, []);
    });

    it('not when the thread dies on the way, with a reason or without one', async () => {
      const { engine, thread, events } = bench();
      const first = engine.start(SETUP);
      thread().fail(new Error('no memory'));
      thread().exit(1);
      await assert.rejects(first, /no memory/);
      const second = engine.start(SETUP);
      thread().exit(3);
      await assert.rejects(second, /ended with 3/);
      assert.deepEqual(events, []);
    });
  });

  describe('calls', () => {
    it('are answered each by its own answer, in any order', async () => {
      const { engine, thread } = await started();
      const first = engine.call({ do: 'stats' });
      const second = engine.call({ do: 'kick', tag: 't' });
      const [one, two] = thread().told;
      assert.ok(one?.kind === 'call' && two?.kind === 'call');
      thread().say({ kind: 'answer', id: two.id, result: 2 });
      thread().say({ kind: 'answer', id: one.id, result: 1 });
      assert.deepEqual(await Promise.all([first, second]), [1, 2]);
    });

    it('are refused with the reason that the thread gives', async () => {
      const { engine, thread } = await started();
      const call = engine.call({ do: 'stats' });
      thread().refuse('QUOTA_EXCEEDED');
      await assert.rejects(call, new EngineRefusal('QUOTA_EXCEEDED', 'QUOTA_EXCEEDED'));
      thread().say({ kind: 'answer', id: 999, result: 'nobody waits for this' });
    });

    it('are refused before the thread listens and after its end', async () => {
      const { engine, thread } = bench();
      await assert.rejects(engine.call({ do: 'stats' }), unavailable);
      const starting = engine.start(SETUP);
      await assert.rejects(engine.call({ do: 'stats' }), unavailable);
      thread().say({ kind: 'listening', flvPort: 1 });
      await starting;
      const running = await started();
      await running.engine.stop();
      await assert.rejects(running.engine.call({ do: 'stats' }), unavailable);
    });
  });

  it('hands on what the thread tells', async () => {
    const { thread, events } = await started();
    const tracks = { video: 'h264', audio: undefined, width: 1, height: 1 };
    thread().say({ kind: 'source-up', sessionId: 's', tracks });
    thread().say({ kind: 'viewer-joined', sessionId: 's', tag: 't' });
    thread().say({ kind: 'viewer-left', sessionId: 's', tag: 't' });
    thread().say({ kind: 'fault', sessionId: 's', message: 'oh' });
    thread().say({ kind: 'source-lost', sessionId: 's', why: 'rtp-timeout' });
    thread().say({ kind: 'counts', counts: COUNTS });
    assert.deepEqual(events, [
      'up s h264',
      'joined s t',
      'left s t',
      'fault s oh',
      'lost s rtp-timeout',
      'counts 1',
    ]);
  });

  it('answers questions about viewers, with a refusal when the answer fails', async () => {
    const running = await started();
    running.thread().say({ kind: 'question', id: 7, question: QUESTION });
    await running.clock.advance(0);
    assert.deepEqual(running.thread().told.at(-1), {
      kind: 'verdict',
      id: 7,
      verdict: { allow: true, sessionId: 's', tag: 't' },
    });
    running.verdict = () => Promise.reject(new Error('a fault'));
    running.thread().say({ kind: 'question', id: 8, question: QUESTION });
    await running.clock.advance(0);
    assert.deepEqual(running.thread().told.at(-1), {
      kind: 'verdict',
      id: 8,
      verdict: { allow: false, code: 'INTERNAL', message: '服务器异常' },
    });
  });

  describe('a thread that dies', () => {
    it('is told of once, with the reason, and whoever waits is refused', async () => {
      const { engine, thread, events, clock } = await started();
      const call = engine.call({ do: 'stats' });
      thread().fail(new Error('a fault'));
      assert.deepEqual(events, []);
      thread().exit(1);
      assert.deepEqual(events, ['crash a fault']);
      await assert.rejects(call, unavailable);
      assert.equal(clock.pending, 0);
    });

    it('is noticed when it ends without a word', async () => {
      const { thread, events } = await started();
      thread().exit(0);
      assert.deepEqual(events, ['crash the media thread ended with 0']);
    });

    it('may be followed by another; the end of the first does not touch the second', async () => {
      const { engine, threads, thread, events } = await started();
      thread().fail('not even an error');
      thread().exit(1);
      const again = engine.start(SETUP);
      thread().say({ kind: 'listening', flvPort: 8_091 });
      assert.equal(await again, 8_091);
      threads[0]?.exit(1);
      assert.deepEqual(events, ['crash not even an error']);
      const call = engine.call({ do: 'stats' });
      thread().answer(5);
      assert.equal(await call, 5);
    });
  });

  describe('a thread that hangs', () => {
    it('is ended and told of when it says nothing from one look to the next', async () => {
      const { thread, events, clock } = await started();
      await clock.advance(10_000);
      assert.equal(thread().terminated, false);
      await clock.advance(10_000);
      assert.equal(thread().terminated, true);
      assert.deepEqual(events, ['crash the media thread hangs']);
    });

    it('is left alone as long as it tells its counts', async () => {
      const { thread, clock } = await started();
      for (let second = 0; second < 60; second += 1) {
        await clock.advance(1_000);
        thread().say({ kind: 'counts', counts: COUNTS });
      }
      assert.equal(thread().terminated, false);
    });
  });

  describe('stops', () => {
    it('by asking the thread to end, which is no crash', async () => {
      const { engine, thread, events, clock } = await started();
      await engine.stop();
      assert.deepEqual(thread().calls, [{ do: 'shutdown' }]);
      assert.equal(thread().terminated, false);
      assert.deepEqual(events, []);
      assert.equal(clock.pending, 0);
      await engine.stop();
    });

    it('by ending a thread that does not end', async () => {
      const { engine, thread, events, clock } = await started();
      thread().obedient = false;
      const stopping = engine.stop();
      await clock.advance(3_000);
      await stopping;
      assert.equal(thread().terminated, true);
      assert.deepEqual(events, []);
    });
  });
});
