import assert from 'node:assert/strict';
import type { RtpListener, RtpReceiver } from '../../../../bff/src/media-engine/receive/rtp-receiver.ts';
import { type Receivers, Source } from '../../../../bff/src/media-engine/stream/source.ts';
import type { SourceOrder } from '../../../../bff/src/media-engine/worker/messages.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { clipPackets } from '../../../support/media/clip-packets.ts';
import { FakePipe } from '../../../support/media/fake-pipe.ts';
import { rtpBytes } from '../../../support/media/rtp-bytes.ts';

const SSRC = 0x0102_0304;

interface FakeReceiver extends RtpReceiver {
  closed: boolean;
}

interface Bench {
  readonly clock: FakeClock;
  readonly source: Source;
  readonly events: string[];
  /** How the source was asked to receive. */
  readonly ways: string[];
  readonly receivers: FakeReceiver[];
  /** Whom a packet reaches. */
  readonly listener: () => RtpListener;
  readonly send: (packets: readonly Uint8Array[]) => readonly boolean[];
}

function bench(order: Partial<SourceOrder> = {}, refusal?: Error): Bench {
  const clock = new FakeClock();
  const events: string[] = [];
  const ways: string[] = [];
  const receivers: FakeReceiver[] = [];
  let heard: RtpListener | undefined;
  const receive = (way: string, listener: RtpListener): RtpReceiver => {
    ways.push(way);
    heard = listener;
    const receiver: FakeReceiver = {
      port: 31_000,
      bufferBytes: way.startsWith('udp') ? 4_096 : undefined,
      closed: false,
      close() {
        receiver.closed = true;
      },
    };
    receivers.push(receiver);
    return receiver;
  };
  const listen =
    (name: string): Receivers['udp'] =>
    async (host, port, listener) => {
      await Promise.resolve();
      if (refusal) throw refusal;
      return receive(`${name} ${host}:${String(port)}`, listener);
    };
  const source = new Source(
    {
      sessionId: 's',
      transport: 'udp',
      ssrc: SSRC,
      firstPacketTimeoutMs: 10_000,
      silenceTimeoutMs: 15_000,
      ...order,
    },
    {
      onUp: ({ video, audio }) => events.push(`up ${String(video)} ${String(audio)}`),
      onEnd: (why) => events.push(`end ${why}`),
      onFault: (error) => events.push(`fault ${String(error)}`),
    },
    {
      clock,
      counts: { skips: 0, cut: 0 },
      receivers: {
        udp: listen('udp'),
        tcpPassive: listen('tcp'),
        tcpActive: (address, port, listener) => receive(`dial ${address}:${String(port)}`, listener),
      },
    },
  );
  const listener = (): RtpListener => {
    assert.ok(heard);
    return heard;
  };
  return {
    clock,
    source,
    events,
    ways,
    receivers,
    listener,
    send: (packets) => packets.map((packet) => listener().onPacket(packet)),
  };
}

/** Lets time pass and the source look at it, as the worker does. */
async function pass({ clock, source }: Bench, ms: number): Promise<void> {
  await clock.advance(ms);
  source.tick(clock.monotonicMs());
}

describe('a source', () => {
  it('listens for datagrams or for a connection, where it is told to', async () => {
    const udp = bench();
    assert.equal(await udp.source.listen('0.0.0.0', 31_000), 31_000);
    assert.equal(udp.source.receiveBufferBytes, 4_096);
    const tcp = bench({ transport: 'tcp-passive' });
    await tcp.source.listen('::', 0);
    assert.deepEqual([...udp.ways, ...tcp.ways], ['udp 0.0.0.0:31000', 'tcp :::0']);
    assert.equal(tcp.source.receiveBufferBytes, undefined);
  });

  it('that is to dial listens nowhere and dials once, when it hears where', async () => {
    const { source, ways } = bench({ transport: 'tcp-active' });
    assert.equal(await source.listen('0.0.0.0', 31_000), 31_000);
    assert.deepEqual(ways, []);
    source.connect('192.0.2.1', 6_000);
    source.connect('192.0.2.2', 6_000);
    assert.deepEqual(ways, ['dial 192.0.2.1:6000']);
  });

  it('that listens never dials', async () => {
    const { source, ways } = bench();
    await source.listen('0.0.0.0', 0);
    source.connect('192.0.2.1', 6_000);
    assert.equal(ways.length, 1);
  });

  it('passes on that its port is taken', async () => {
    const { source } = bench({}, new Error('EADDRINUSE'));
    await assert.rejects(source.listen('0.0.0.0', 1), /EADDRINUSE/);
  });

  it('closes a receiver that comes after its end', async () => {
    const { source, receivers } = bench();
    const listening = source.listen('0.0.0.0', 0);
    source.close();
    await listening;
    assert.equal(receivers[0]?.closed, true);
  });

  it('is up with its first picture, and its viewers see it', async () => {
    const { source, events, send } = bench();
    await source.listen('0.0.0.0', 0);
    const accepted = send(clipPackets(30));
    assert.ok(accepted.every(Boolean));
    assert.deepEqual(events, ['up h264 pcma']);
    const pipe = new FakePipe();
    source.stream.join('grant', pipe, 0);
    assert.ok(pipe.tags.some((tag) => tag.startsWith('key@')));
    assert.deepEqual(source.stats.tracks?.video, 'h264');
    assert.equal(source.stats.viewers, 1);
    assert.equal(source.stats.packetsIn, accepted.length);
    assert.equal(source.stats.packetsLost, 0);
  });

  it('counts packets of another SSRC, of strangers, malformed ones and lost framings, and takes none of them', async () => {
    const { source, listener, send } = bench();
    await source.listen('0.0.0.0', 0);
    assert.deepEqual(send([rtpBytes({ sequence: 1, ssrc: 9 }), Buffer.from('no RTP')]), [false, false]);
    listener().onStranger();
    listener().onResyncs(3);
    assert.equal(source.stats.foreignSsrcPackets, 2);
    assert.equal(source.malformedPackets, 1);
    assert.equal(source.resyncs, 3);
    assert.equal(source.stats.packetsIn, 0);
  });

  it('takes another SSRC once the device answered with it', async () => {
    const { source, send } = bench();
    await source.listen('0.0.0.0', 0);
    const packet = rtpBytes({ sequence: 1, ssrc: 77 });
    assert.deepEqual(send([packet]), [false]);
    source.acceptSsrc(77);
    assert.deepEqual(send([packet]), [true]);
  });

  it('awaits its own SSRC until the first packet of it, whoever sent before (Q20)', async () => {
    const { source, listener, send, clock } = bench();
    await source.listen('0.0.0.0', 0);
    const own = rtpBytes({ sequence: 1, ssrc: SSRC });
    for (let sequence = 1; sequence <= 60; sequence += 1) {
      send([rtpBytes({ sequence, ssrc: 77 })]);
      await clock.advance(40);
    }
    assert.ok(source.stats.packetsIn > 0, 'alone, the old stream is taken for the camera');
    assert.deepEqual(
      [own, rtpBytes({ sequence: 61, ssrc: 77 }), Buffer.from('no RTP')].map((packet) =>
        listener().isAwaited(packet),
      ),
      [true, false, false],
    );
    assert.deepEqual(send([own, rtpBytes({ sequence: 61, ssrc: 77 })]), [true, false]);
    assert.equal(listener().isAwaited(own), false);
  });

  describe('ends', () => {
    it('with no-rtp when nothing of it comes in time; strangers do not count', async () => {
      const running = bench();
      await running.source.listen('0.0.0.0', 0);
      await pass(running, 10_000);
      running.send([rtpBytes({ sequence: 1, ssrc: 9 })]);
      assert.deepEqual(running.events, []);
      await pass(running, 1);
      assert.deepEqual(running.events, ['end no-rtp']);
      assert.equal(running.receivers[0]?.closed, true);
    });

    it('with no-track when packets come that nobody can decode', async () => {
      const running = bench();
      await running.source.listen('0.0.0.0', 0);
      running.send([rtpBytes({ sequence: 1, ssrc: SSRC })]);
      await pass(running, 10_000);
      assert.deepEqual(running.events, []);
      await pass(running, 1);
      assert.deepEqual(running.events, ['end no-track']);
    });

    it('with rtp-timeout when it falls silent; each packet begins the wait anew', async () => {
      const running = bench();
      await running.source.listen('0.0.0.0', 0);
      const packets = clipPackets(30);
      running.send(packets.slice(0, -1));
      await pass(running, 15_000);
      running.send(packets.slice(-1));
      await pass(running, 15_000);
      assert.deepEqual(running.events, ['up h264 pcma']);
      await pass(running, 1);
      assert.deepEqual(running.events.slice(1), ['end rtp-timeout']);
    });

    it('with transport when its connection is gone, and still shows the picture that nothing has ended', async () => {
      const { source, events, listener, send } = bench({ transport: 'tcp-passive' });
      await source.listen('0.0.0.0', 0);
      const withoutMarkers = clipPackets(40).map((packet) => {
        packet[1] = (packet[1] ?? 0) & 0x7f;
        return packet;
      });
      send(withoutMarkers);
      const pipe = new FakePipe();
      source.stream.join('grant', pipe, 0);
      const pictures = (): number => pipe.tags.filter((tag) => /^(key|picture)@/.test(tag)).length;
      const before = pictures();
      listener().onGone();
      assert.equal(pictures(), before + 1);
      assert.equal(pipe.ended, true);
      assert.deepEqual(events.slice(1), ['end transport']);
    });

    it('once, whatever comes behind', async () => {
      const running = bench();
      await running.source.listen('0.0.0.0', 0);
      running.send(clipPackets(3));
      running.listener().onGone();
      running.listener().onGone();
      await pass(running, 60_000);
      assert.equal(running.events.filter((event) => event.startsWith('end')).length, 1);
      assert.ok(running.send(clipPackets(1)).every((taken) => !taken));
      running.source.close();
      running.source.connect('192.0.2.1', 1);
    });

    it('without a word when it is closed', async () => {
      const { source, events, receivers } = bench();
      await source.listen('0.0.0.0', 0);
      source.close();
      assert.deepEqual(events, []);
      assert.equal(receivers[0]?.closed, true);
    });

    it('alone when its bytes trip a fault of ours', async () => {
      const { source, events, send } = bench();
      await source.listen('0.0.0.0', 0);
      source.stream.onTag = () => {
        throw new Error('a fault');
      };
      assert.equal(send(clipPackets(30)).includes(false), true);
      assert.deepEqual(events.slice(0, 1), ['fault Error: a fault']);
      assert.equal(events.at(-1), 'end transport');
    });
  });

  it('cuts viewers that take nothing when it is looked at', async () => {
    const running = bench();
    await running.source.listen('0.0.0.0', 0);
    running.send(clipPackets(2));
    const pipe = new FakePipe();
    running.source.stream.join('grant', pipe, 0);
    pipe.waitingBytes = 50_000_000;
    running.send(clipPackets(40).slice(clipPackets(2).length));
    await pass(running, 11_000);
    running.send(clipPackets(42).slice(clipPackets(40).length));
    await pass(running, 250);
    running.send(clipPackets(44).slice(clipPackets(42).length));
    await pass(running, 11_000);
    assert.equal(pipe.destroyed, true);
  });
});
