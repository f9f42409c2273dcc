import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { MediaWorker } from '../../../../bff/src/media-engine/worker/media-worker.ts';
import type {
  EngineCounts,
  FromWorker,
  SourceOrder,
  SourceStats,
  WorkerCall,
  WorkerSetup,
} from '../../../../bff/src/media-engine/worker/messages.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { freePorts } from '../../../support/free-ports.ts';
import { RawClient } from '../../../support/media/raw-client.ts';
import { until } from '../../../support/until.ts';

const SETUP: WorkerSetup = {
  rtpPorts: { from: 0, to: 0 },
  rtpHost: '127.0.0.1',
  flvPort: 0,
  flvHost: '127.0.0.1',
  maxSessions: 3,
  maxViewers: 10,
  maxViewersPerAddress: 10,
  behindProxy: false,
  viewerWaitMs: 15_000,
};

function order(sessionId: string, transport: SourceOrder['transport'] = 'udp'): SourceOrder {
  return { sessionId, transport, ssrc: 1, firstPacketTimeoutMs: 10_000, silenceTimeoutMs: 15_000 };
}

/** An even port and the odd one above it. */
async function freePair(): Promise<{ readonly from: number; readonly to: number }> {
  const from = await freePorts(2);
  return { from, to: from + 1 };
}

describe('the media worker', () => {
  let clock: FakeClock;
  let worker: MediaWorker;
  let posts: FromWorker[];
  let lastId = 0;
  const blockers: Socket[] = [];

  async function begin(setup: Partial<WorkerSetup> = {}): Promise<void> {
    worker = new MediaWorker({ ...SETUP, ...setup }, (message) => posts.push(message), clock);
    await worker.start();
  }

  /** Calls the worker; gives the result, or the code of the refusal. */
  async function call(what: WorkerCall): Promise<unknown> {
    lastId += 1;
    await worker.onMessage({ kind: 'call', id: lastId, call: what });
    const reply = posts.findLast(
      (message) => (message.kind === 'answer' || message.kind === 'refusal') && message.id === lastId,
    );
    assert.ok(reply);
    return reply.kind === 'answer' ? reply.result : reply.kind === 'refusal' && reply.code;
  }

  const open = (sessionId: string, transport?: SourceOrder['transport']): Promise<unknown> =>
    call({ do: 'open', order: order(sessionId, transport) });

  async function counts(): Promise<EngineCounts> {
    await clock.advance(500);
    const told = posts.findLast((message) => message.kind === 'counts');
    assert.ok(told);
    return told.counts;
  }

  const flvPort = (): number => {
    const told = posts.find((message) => message.kind === 'listening');
    assert.ok(told);
    return told.flvPort;
  };

  beforeEach(() => {
    clock = new FakeClock();
    posts = [];
  });

  afterEach(async () => {
    for (const socket of blockers.splice(0)) socket.close();
    await call({ do: 'shutdown' });
  });

  it('tells its port, and its counts twice a second', async () => {
    await begin();
    assert.ok(flvPort() > 0);
    await clock.advance(2_000);
    assert.equal(posts.filter(({ kind }) => kind === 'counts').length, 4);
    assert.deepEqual(await counts(), {
      rtpPortsInUse: 0,
      streams: 0,
      viewers: 0,
      waitingViewers: 0,
      packets: 0,
      packetsLost: 0,
      foreignSsrcPackets: 0,
      malformedPackets: 0,
      resyncs: 0,
      receiveBufferBytes: undefined,
      viewerSkips: 0,
      viewersCut: 0,
      viewerQueueBytes: 0,
      refusedViewers: 0,
      relays: 0,
      relayedPackets: 0,
      relaySkipped: 0,
      talks: 0,
      talkPackets: 0,
    });
  });

  it('opens a port for each session and gives it back, whatever the transport', async () => {
    await begin();
    for (const transport of ['udp', 'tcp-passive'] as const) {
      const { port } = (await open(transport, transport)) as { readonly port: number };
      assert.ok(port > 1_024);
    }
    const { rtpPortsInUse, streams, receiveBufferBytes = 0 } = await counts();
    assert.deepEqual([rtpPortsInUse, streams], [2, 2]);
    assert.ok(receiveBufferBytes > 65_536, String(receiveBufferBytes));
    await call({ do: 'close', sessionId: 'udp' });
    await call({ do: 'close', sessionId: 'udp' });
    await call({ do: 'close', sessionId: 'tcp-passive' });
    assert.equal((await counts()).rtpPortsInUse, 0);
  });

  it('names the discard port when it will dial and no port of its own is set aside (RFC 4145 §4.1)', async () => {
    await begin();
    assert.deepEqual(await open('a', 'tcp-active'), { port: 9 });
  });

  it('names the port that it has set aside when it will dial', async () => {
    const pair = await freePair();
    await begin({ rtpPorts: pair });
    assert.deepEqual(await open('a', 'tcp-active'), { port: pair.from });
  });

  it('refuses a session twice, and more sessions than it may have', async () => {
    await begin();
    await open('a');
    assert.equal(await open('a'), 'CONFLICT');
    await open('b');
    await open('c');
    assert.equal(await open('d'), 'QUOTA_EXCEEDED');
    await call({ do: 'close', sessionId: 'b' });
    assert.notEqual(await open('d'), 'QUOTA_EXCEEDED');
  });

  it('refuses when its ports are all lent, and lends one again that came back', async () => {
    await begin({ rtpPorts: await freePair() });
    await open('a');
    await open('b');
    assert.equal(await open('c'), 'QUOTA_EXCEEDED');
    await call({ do: 'close', sessionId: 'a' });
    assert.ok(typeof (await open('c')) === 'object');
  });

  it('passes over a port that another program has', async () => {
    const pair = await freePair();
    const blocker = createSocket('udp4');
    blockers.push(blocker);
    await new Promise<void>((resolve) => {
      blocker.bind(pair.from, '127.0.0.1', resolve);
    });
    await begin({ rtpPorts: pair });
    assert.deepEqual(await open('a'), { port: pair.to });
    assert.equal((await counts()).rtpPortsInUse, 1);
  });

  it('refuses when other programs have every port', async () => {
    const pair = await freePair();
    const blocker = createSocket('udp4');
    blockers.push(blocker);
    await new Promise<void>((resolve) => {
      blocker.bind(pair.from, '127.0.0.1', resolve);
    });
    await begin({ rtpPorts: { from: pair.from, to: pair.from } });
    assert.equal(await open('a'), 'QUOTA_EXCEEDED');
    assert.equal((await counts()).rtpPortsInUse, 0);
  });

  it('a session that is closed while it opens leaves nothing behind', async () => {
    await begin();
    const opening = open('a');
    await worker.onMessage({ kind: 'call', id: 1_000, call: { do: 'close', sessionId: 'a' } });
    assert.equal(await opening, 'CONFLICT');
    const { rtpPortsInUse, streams } = await counts();
    assert.deepEqual([rtpPortsInUse, streams], [0, 0]);
  });

  it('knows no session that it has not opened', async () => {
    await begin();
    assert.equal(
      await call({ do: 'connect', sessionId: 'x', address: '127.0.0.1', port: 1 }),
      'STREAM_NOT_FOUND',
    );
    assert.equal(await call({ do: 'accept-ssrc', sessionId: 'x', ssrc: 1 }), 'STREAM_NOT_FOUND');
    assert.equal(await call({ do: 'close', sessionId: 'x' }), undefined);
    assert.equal(await call({ do: 'kick', tag: 'x' }), undefined);
    assert.deepEqual(await call({ do: 'stats' }), []);
  });

  it('tells that a session lost its source, and closes it', async () => {
    await begin();
    await open('a');
    await clock.advance(10_500);
    assert.deepEqual(
      posts.filter(({ kind }) => kind === 'source-lost'),
      [{ kind: 'source-lost', sessionId: 'a', why: 'no-rtp' }],
    );
    assert.equal((await counts()).rtpPortsInUse, 0);
  });

  it('tells the counts of each session, and keeps the sums of those that are over', async () => {
    await begin();
    const { port } = (await open('a')) as { readonly port: number };
    const sender = createSocket('udp4');
    blockers.push(sender);
    sender.send('this is no RTP', port, '127.0.0.1');
    await until('the datagram was counted', async () => (await counts()).malformedPackets === 1, 5_000);
    const [stats] = (await call({ do: 'stats' })) as readonly SourceStats[];
    assert.deepEqual(stats, {
      sessionId: 'a',
      viewers: 0,
      bytesIn: 0,
      packetsIn: 0,
      packetsLost: 0,
      foreignSsrcPackets: 0,
      keyFrames: 0,
      mediaMs: 0,
      fileBytes: 0,
      tracks: undefined,
    });
    await call({ do: 'close', sessionId: 'a' });
    assert.equal((await counts()).malformedPackets, 1);
  });

  it('asks about a viewer and tells it the verdict', async () => {
    await begin();
    const viewer = await RawClient.connect(flvPort());
    viewer.ask('GET /live/a.flv?t=1');
    const question = await until(
      'a question',
      () => posts.find((message) => message.kind === 'question'),
      5_000,
    );
    assert.equal((await counts()).waitingViewers, 1);
    await worker.onMessage({
      kind: 'verdict',
      id: question.id,
      verdict: { allow: false, code: 'GRANT_EXPIRED', message: '' },
    });
    await viewer.untilText(/^HTTP\/1\.1 403 /);
    viewer.close();
    assert.equal((await counts()).refusedViewers, 1);
  });

  it('rejects its start when the port of the viewers is taken', async () => {
    await begin();
    const second = new MediaWorker({ ...SETUP, flvPort: flvPort() }, () => undefined, clock);
    await assert.rejects(second.start(), /EADDRINUSE/);
  });

  it('leaves nothing open when it shuts down', async () => {
    await begin();
    await open('a');
    await open('b', 'tcp-passive');
    const viewer = await RawClient.connect(flvPort());
    viewer.ask('GET /live/a.flv');
    await until('a question', () => posts.some(({ kind }) => kind === 'question'), 5_000);
    await call({ do: 'shutdown' });
    await viewer.untilClosed();
    assert.equal(clock.pending, 0);
    await assert.rejects(RawClient.connect(flvPort()));
  });
});
