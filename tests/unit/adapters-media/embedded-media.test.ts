import assert from 'node:assert/strict';
import {
  createEmbeddedMedia,
  type EmbeddedMedia,
  type EmbeddedMediaOptions,
} from '../../../bff/src/adapters/media/index.ts';
import { CoreError, Instruments, type Logger } from '../../../bff/src/kernel/index.ts';
import type { EngineCounts, WorkerSetup } from '../../../bff/src/media-engine/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeThread } from '../../support/media/fake-thread.ts';

const COUNTS: EngineCounts = {
  rtpPortsInUse: 2,
  streams: 2,
  viewers: 3,
  waitingViewers: 1,
  packets: 100,
  packetsLost: 4,
  foreignSsrcPackets: 5,
  malformedPackets: 6,
  resyncs: 7,
  receiveBufferBytes: 8_388_608,
  viewerSkips: 8,
  viewersCut: 9,
  viewerQueueBytes: 11,
  refusedViewers: 10,
  relays: 12,
  relayedPackets: 13,
  relaySkipped: 14,
  talks: 15,
  talkPackets: 16,
};
const ORDER = {
  sessionId: 's',
  transport: 'udp',
  ssrc: 1,
  firstPacketTimeoutMs: 1,
  silenceTimeoutMs: 1,
} as const;
const TRACKS = { video: 'h264', audio: 'g711a', width: 640, height: 360 };

interface Bench {
  readonly clock: FakeClock;
  readonly media: EmbeddedMedia;
  readonly setups: WorkerSetup[];
  readonly threads: FakeThread[];
  readonly thread: () => FakeThread;
  /** What the core heard. */
  readonly events: string[];
  /** What the operator may read. */
  readonly logged: string[];
  readonly metric: (name: string) => number | undefined;
  /** Answers the next call as soon as it was made. */
  readonly answering: <T>(promise: Promise<T>, result?: unknown) => Promise<T>;
}

function bench(options: Partial<EmbeddedMediaOptions> = {}): Bench {
  const clock = new FakeClock();
  const instruments = new Instruments();
  const setups: WorkerSetup[] = [];
  const threads: FakeThread[] = [];
  const events: string[] = [];
  const logged: string[] = [];
  const note =
    (level: string) =>
    (_fields: unknown, message: string): void => {
      logged.push(`${level}: ${message}`);
    };
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: note('warn'),
    error: note('error'),
  } as unknown as Logger;
  const media = createEmbeddedMedia({
    clock,
    logger,
    instruments,
    rtpPorts: { from: 30_000, to: 30_500 },
    rtpHost: '192.0.2.1',
    flvPort: 0,
    flvHost: '0.0.0.0',
    publicUrl: undefined,
    spawn: (setup) => {
      const thread = new FakeThread();
      setups.push(setup);
      threads.push(thread);
      return thread;
    },
    ...options,
  });
  media.on('sourceUp', (id, { video }) => events.push(`up ${id} ${String(video)}`));
  media.on('sourceLost', (id, why) => events.push(`lost ${id} ${why}`));
  media.on('viewerJoined', (id, tag) => events.push(`joined ${id} ${tag}`));
  media.on('viewerLeft', (id, tag) => events.push(`left ${id} ${tag}`));
  const thread = (): FakeThread => {
    const last = threads.at(-1);
    assert.ok(last);
    return last;
  };
  return {
    clock,
    media,
    setups,
    threads,
    thread,
    events,
    logged,
    metric: (name) => instruments.read().find((reading) => reading.name === name)?.samples[0]?.value,
    answering: async (promise, result) => {
      thread().answer(result);
      return await promise;
    },
  };
}

async function started(options: Partial<EmbeddedMediaOptions> = {}): Promise<Bench> {
  const running = bench(options);
  const starting = running.media.start();
  running.thread().say({ kind: 'listening', flvPort: 8_090 });
  await starting;
  return running;
}

/** An open session `s` with a viewer of each of the tags. */
async function playing(...tags: readonly string[]): Promise<Bench> {
  const running = await started();
  await running.answering(running.media.openRtp(ORDER), { port: 30_000 });
  for (const tag of tags) running.thread().say({ kind: 'viewer-joined', sessionId: 's', tag });
  return running;
}

const refusedWith = (code: string) => (error: unknown) => error instanceof CoreError && error.code === code;

describe('the media port over the embedded engine', () => {
  it('starts the thread with what was configured, and tells the port that it got', async () => {
    const { media, setups } = await started({ limits: { maxViewers: 7 } });
    assert.deepEqual(media.delivery, { flvPort: 8_090, publicUrl: undefined });
    const [setup] = setups;
    assert.ok(setup);
    const { rtpPorts, rtpHost, flvHost, maxViewers, behindProxy } = setup;
    assert.deepEqual(
      { rtpPorts, rtpHost, flvHost, maxViewers, behindProxy },
      {
        rtpPorts: { from: 30_000, to: 30_500 },
        rtpHost: '0.0.0.0',
        flvHost: '0.0.0.0',
        maxViewers: 7,
        behindProxy: false,
      },
    );
  });

  it('hears cameras over IPv6 when that is what they are told', async () => {
    const { setups } = await started({ rtpHost: '2001:db8::1' });
    assert.equal(setups[0]?.rtpHost, '::');
  });

  it('expects a proxy in front when clients are told another address', async () => {
    const { media, setups } = await started({ publicUrl: 'https://media.example' });
    assert.equal(setups[0]?.behindProxy, true);
    assert.equal(media.delivery.publicUrl, 'https://media.example');
  });

  it('does not start when its port is taken', async () => {
    const { media, thread, clock } = bench();
    const starting = media.start();
    thread().say({ kind: 'failed', message: 'EADDRINUSE' });
    thread().exit(0);
    await assert.rejects(starting, /EADDRINUSE/);
    assert.equal(clock.pending, 0);
  });

  describe('calls', () => {
    it('reach the thread, and its answers the core', async () => {
      const { media, thread, answering } = await started();
      assert.deepEqual(await answering(media.openRtp(ORDER), { port: 30_000 }), {
        address: '192.0.2.1',
        port: 30_000,
      });
      await answering(media.connectRtp('s', '198.51.100.1', 6_000));
      await answering(media.acceptSsrc('s', 77));
      await answering(media.kick('grant'));
      assert.deepEqual(await answering(media.stats(), []), []);
      await answering(media.close('s'));
      assert.deepEqual(thread().calls, [
        { do: 'open', order: ORDER },
        { do: 'connect', sessionId: 's', address: '198.51.100.1', port: 6_000 },
        { do: 'accept-ssrc', sessionId: 's', ssrc: 77 },
        { do: 'kick', tag: 'grant' },
        { do: 'stats' },
        { do: 'close', sessionId: 's' },
      ]);
    });

    it('are refused with a code of the core; one that it does not know is INTERNAL', async () => {
      const { media, thread } = await started();
      const full = media.openRtp(ORDER);
      thread().refuse('QUOTA_EXCEEDED');
      await assert.rejects(full, refusedWith('QUOTA_EXCEEDED'));
      const odd = media.stats();
      thread().refuse('SOMETHING_ELSE');
      await assert.rejects(odd, refusedWith('INTERNAL'));
      const closing = media.close('s');
      thread().refuse('INTERNAL');
      await assert.rejects(closing, refusedWith('INTERNAL'));
    });

    it('to open are refused while the thread is down; what is to end has ended', async () => {
      const { media } = bench();
      await assert.rejects(media.openRtp(ORDER), refusedWith('MEDIA_UNAVAILABLE'));
      await media.close('s');
      await media.kick('grant');
    });
  });

  it('tells the core what happens to sources and viewers', async () => {
    const { thread, events } = await playing('a');
    thread().say({ kind: 'source-up', sessionId: 's', tracks: TRACKS });
    thread().say({ kind: 'viewer-left', sessionId: 's', tag: 'a' });
    thread().say({ kind: 'source-lost', sessionId: 's', why: 'rtp-timeout' });
    assert.deepEqual(events, ['joined s a', 'up s h264', 'left s a', 'lost s rtp-timeout']);
  });

  it('asks the core about viewers, and lets nobody in before there is one', async () => {
    const { media, thread, clock } = await started();
    const question = { publicName: 'a/b', query: 'q', protocol: 'ws-flv', remoteAddress: undefined } as const;
    thread().say({ kind: 'question', id: 1, question });
    await clock.advance(0);
    const early = thread().told.at(-1);
    assert.ok(early?.kind === 'verdict' && !early.verdict.allow);
    assert.equal(early.verdict.code, 'MEDIA_UNAVAILABLE');

    media.authoriseViewers((request) => {
      assert.deepEqual(request, { ...question, remoteAddress: '' });
      return Promise.resolve({ allow: true, sessionId: 's', tag: 't' });
    });
    thread().say({ kind: 'question', id: 2, question });
    await clock.advance(0);
    assert.deepEqual(thread().told.at(-1), {
      kind: 'verdict',
      id: 2,
      verdict: { allow: true, sessionId: 's', tag: 't' },
    });
  });

  it('shows the counts of the engine as metrics', async () => {
    const { thread, metric } = await started();
    assert.equal(metric('yimu_rtp_receive_buffer_bytes'), 0);
    thread().say({ kind: 'counts', counts: COUNTS });
    const shown: readonly [string, number | undefined][] = [
      ['yimu_rtp_ports_in_use', 2],
      ['yimu_streams', 2],
      ['yimu_viewers', 3],
      ['yimu_viewers_waiting', 1],
      ['yimu_rtp_packets', 100],
      ['yimu_rtp_packets_lost', 4],
      ['yimu_rtp_foreign_ssrc', 5],
      ['yimu_rtp_malformed', 6],
      ['yimu_rtp_resyncs', 7],
      ['yimu_rtp_receive_buffer_bytes', 8_388_608],
      ['yimu_viewer_skips', 8],
      ['yimu_viewers_cut', 9],
      ['yimu_viewers_refused', 10],
      ['yimu_viewer_queue_bytes', 11],
    ];
    for (const [name, value] of shown) assert.equal(metric(name), value, name);
  });

  it('warns once when the system gives small receive buffers', async () => {
    const { thread, logged } = await started();
    thread().say({ kind: 'counts', counts: { ...COUNTS, receiveBufferBytes: undefined } });
    thread().say({ kind: 'counts', counts: COUNTS });
    assert.equal(logged.length, 0);
    for (let round = 0; round < 3; round += 1)
      thread().say({ kind: 'counts', counts: { ...COUNTS, receiveBufferBytes: 212_992 } });
    assert.equal(logged.length, 1);
    assert.match(logged[0] ?? '', /^warn: .*net\.core\.rmem_max/);
  });

  it('logs and counts a stream that tripped a fault of the engine', async () => {
    const { thread, logged, metric } = await playing();
    thread().say({ kind: 'fault', sessionId: 's', message: 'a fault' });
    assert.equal(metric('yimu_media_faults'), 1);
    assert.match(logged[0] ?? '', /^error: a stream tripped a fault/);
  });

  it('bears a listener that throws', async () => {
    const { media, thread, logged, events } = await playing();
    media.on('sourceUp', () => {
      throw new Error('a fault of the listener');
    });
    thread().say({ kind: 'source-up', sessionId: 's', tracks: TRACKS });
    assert.deepEqual(events, ['up s h264']);
    assert.match(logged[0] ?? '', /a listener of media events failed/);
  });

  describe('when the thread dies', () => {
    it('the core hears of every viewer and every source, in this order', async () => {
      const { thread, events, logged, metric } = await playing('a', 'a', 'b');
      thread().say({ kind: 'counts', counts: COUNTS });
      events.length = 0;
      thread().fail(new Error('a fault'));
      thread().exit(1);
      assert.deepEqual(events, ['left s a', 'left s a', 'left s b', 'lost s closed']);
      assert.equal(metric('yimu_media_thread_crashes'), 1);
      assert.deepEqual(
        [metric('yimu_streams'), metric('yimu_viewers'), metric('yimu_rtp_ports_in_use')],
        [0, 0, 0],
      );
      assert.equal(metric('yimu_rtp_packets_lost'), 4);
      assert.match(logged[0] ?? '', /^error: the media thread died/);
    });

    it('sessions and viewers that had ended are not told of again', async () => {
      const { media, thread, events, answering } = await playing('a');
      thread().say({ kind: 'viewer-left', sessionId: 's', tag: 'a' });
      await answering(media.close('s'));
      events.length = 0;
      thread().exit(1);
      assert.deepEqual(events, []);
    });

    it('it is started again half a second later, on the same port', async () => {
      const { media, clock, threads, thread, setups, answering } = await playing();
      thread().exit(1);
      await clock.advance(499);
      assert.equal(threads.length, 1);
      await clock.advance(1);
      assert.equal(threads.length, 2);
      assert.equal(setups[1]?.flvPort, 8_090);
      thread().say({ kind: 'listening', flvPort: 8_090 });
      await clock.advance(0);
      assert.deepEqual(await answering(media.openRtp({ ...ORDER, sessionId: 't' }), { port: 30_002 }), {
        address: '192.0.2.1',
        port: 30_002,
      });
    });

    it('and does not start, it is tried again and again, ever less often, at least twice a minute', async () => {
      const { clock, threads, thread, logged } = await playing();
      thread().exit(1);
      const pauses: number[] = [];
      for (let attempt = 0; attempt < 9; attempt += 1) {
        const before = threads.length;
        let waited = 0;
        while (threads.length === before) {
          await clock.advance(500);
          waited += 500;
        }
        pauses.push(waited);
        thread().say({ kind: 'failed', message: 'EADDRINUSE' });
        thread().exit(0);
      }
      assert.deepEqual(pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
      assert.match(logged.at(-1) ?? '', /^error: the media thread did not start/);
      await clock.advance(30_000);
      thread().say({ kind: 'listening', flvPort: 8_090 });
      thread().say({ kind: 'counts', counts: COUNTS });
      const before = threads.length;
      thread().exit(1);
      await clock.advance(500);
      assert.equal(threads.length, before + 1, 'once it has run, a crash is another one');
    });

    it('after the shutdown, it is not started again', async () => {
      const { media, clock, threads, thread } = await playing();
      thread().exit(1);
      await media.shutdown();
      await clock.advance(60_000);
      assert.equal(threads.length, 1);
    });
  });

  it('shuts down without a word to the core', async () => {
    const { media, thread, events, metric } = await playing('a');
    thread().say({ kind: 'counts', counts: COUNTS });
    events.length = 0;
    await media.shutdown();
    assert.equal(metric('yimu_streams'), 0);
    assert.deepEqual(events, []);
    await assert.rejects(media.stats(), refusedWith('MEDIA_UNAVAILABLE'));
  });

  it('a restart that is under way when it shuts down is ended too', async () => {
    const { media, clock, thread, threads } = await playing();
    thread().exit(1);
    await clock.advance(500);
    assert.equal(threads.length, 2);
    await media.shutdown();
    await clock.advance(60_000);
    assert.equal(threads.length, 2);
  });
});
